package org.btfkit;

/**
 * The input is well formed as far as it was read, but uses something that is not supported.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
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
