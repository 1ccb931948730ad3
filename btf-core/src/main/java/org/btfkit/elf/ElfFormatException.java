package org.btfkit.elf;

import org.btfkit.BtfException;

/**
 * An ELF file breaks a rule of its format.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public final class ElfFormatException extends BtfException {
    private static final long serialVersionUID = 1L;

    /** The offset in bytes from the start of the file. */
    private final long fileOffset;

    /**
     * Creates an exception; the offset is appended to the message.
     *
     * @param source the file
     * @param message what was found and what was expected
     * @param fileOffset offset in bytes from the start of the file
     */
    public ElfFormatException(String source, String message, long fileOffset) {
        super(source + ": " + message + ", at 0x" + Long.toHexString(fileOffset));
        this.fileOffset = fileOffset;
    }

    /**
     * Returns where the fault is.
     *
     * @return offset in bytes from the start of the file
     */
    public long fileOffset() {
        return fileOffset;
    }
}
