package org.btfkit;

/**
 * The input cannot be used: it is malformed or it needs something this library does not support.
 *
 * <p>The message is one line meant for the person who gave the input. Mistakes of the caller are
 * {@link IllegalArgumentException}s instead, failures of the file system {@link java.io.IOException}s.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public class BtfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line: what was found where, and what was expected
     */
    public BtfException(String message) {
        super(message);
    }

    /**
     * Creates an exception with the failure below it.
     *
     * @param message one line: what was found where, and what was expected
     * @param cause the failure that was met, or null
     */
    public BtfException(String message, Throwable cause) {
        super(message, cause);
    }
}
