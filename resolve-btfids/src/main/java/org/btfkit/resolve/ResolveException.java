package org.btfkit.resolve;

import org.btfkit.BtfException;

/** An object cannot be resolved safely; nothing was written. The message says why and what to do. */
public final class ResolveException extends BtfException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line: the file, what was found, what was expected, what to do
     */
    public ResolveException(String message) {
        super(message);
    }
}
