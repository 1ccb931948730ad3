package org.btfkit.cli.support;

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
     * @param status the exit status
     */
    public static void end(int status) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }
}
