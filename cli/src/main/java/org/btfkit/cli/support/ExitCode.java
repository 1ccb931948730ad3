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
}
