package org.btfkit.btf.file;

import org.btfkit.BtfException;

/** BTF is split, and its base is missing or another one; the message says which one it needs. */
public final class BtfBaseException extends BtfException {
    private static final long serialVersionUID = 1L;

    BtfBaseException(String message) {
        super(message);
    }
}
