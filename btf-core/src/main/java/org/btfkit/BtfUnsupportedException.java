package org.btfkit;

/** The input is well formed as far as it was read, but uses something that is not supported. */
public final class BtfUnsupportedException extends BtfException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line: what was found where, and what is supported
     */
    public BtfUnsupportedException(String message) {
        super(message);
    }
}
