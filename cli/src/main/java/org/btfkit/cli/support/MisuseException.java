package org.btfkit.cli.support;

/** The arguments of a command make no sense. */
public final class MisuseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String command;

    /**
     * Says what is wrong.
     *
     * @param command the command, as its help calls it
     * @param what what is wrong, in one line
     */
    public MisuseException(String command, String what) {
        super(what);
        this.command = command;
    }

    /**
     * Returns the line for the user.
     *
     * @return the command, what is wrong, and where to read more
     */
    public String line() {
        return command + ": " + Failure.oneLine(getMessage()) + " (see " + command + " --help)";
    }
}
