package org.btfkit.cli;

/** Exit statuses of the commands. */
final class ExitCode {
    /** Done, possibly with warnings. */
    static final int OK = 0;

    /** An object could not be processed, or is not as it should be. */
    static final int FAILURE = 1;

    /** The command line makes no sense. */
    static final int USAGE = 2;

    private ExitCode() {}
}
