package org.btfkit.cli.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Exit statuses of the commands. */
public final class ExitCode {
    /** Done, possibly with warnings. */
    public static final int OK = 0;

    /** An object could not be processed, or is not as it should be. */
    public static final int FAILURE = 1;

    /** The command line makes no sense. */
    public static final int USAGE = 2;

    /** Of commands that answer a question, such as whether two files differ: it cannot be answered. */
    public static final int NO_ANSWER = 2;

    /** Bits of a file's mode that say what it is; and what they are of a pipe and of a socket. */
    private static final int TYPE = 0xf000;

    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xc000;

    private ExitCode() {}

    /** Does nothing, for the class to be loaded where that is recorded. */
    public static void prepare() {
        // a run that is recorded must not end this way
    }

    /**
     * Ends the JVM. What {@link System#exit} does first costs some milliseconds from JDK 21 on, and nothing waits for
     * it here: files that a run makes are whole when it returns. A run that is told to end before that, by a signal,
     * still ends in order.
     *
     * <p>Whoever asked for an answer and did not get all of it is told so: what was printed to a disk that is full, or
     * to no file at all, is a failure. A reader who has gone away has read what he wanted.
     *
     * @param status the exit status
     */
    public static void end(int status) {
        boolean isLost = System.out.checkError() && !isRead();
        if (isLost) {
            System.err.println("ERROR: cannot write to standard output");
        }
        System.err.flush();
        Runtime.getRuntime().halt(isLost ? Math.max(status, FAILURE) : status);
    }

    /** Whether standard output is a pipe or a socket, which fail only where there is no reader any more. */
    private static boolean isRead() {
        try {
            int type = (int) Files.getAttribute(Path.of("/proc/self/fd/1"), "unix:mode") & TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException e) {
            return false; // it is closed
        }
    }
}
