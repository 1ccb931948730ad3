package org.btfkit.btf.format;

import org.btfkit.BtfException;

/**
 * BTF data breaks a rule of the format. Says where: byte offset, and type id if within a type.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public final class BtfFormatException extends BtfException {
    private static final long serialVersionUID = 1L;

    /** The offset in bytes from the start of the BTF data. */
    private final long byteOffset;

    /** The id of the offending type, or 0. */
    private final int typeId;

    /**
     * Creates an exception; the offset is appended to the message.
     *
     * @param source where the data came from, for example {@code vmlinux(.BTF)}
     * @param message what was found and what was expected
     * @param byteOffset offset in bytes from the start of the BTF data
     * @param typeId id of the offending type, 0 if the fault is not within a type
     */
    public BtfFormatException(String source, String message, long byteOffset, int typeId) {
        super(source + ": " + message + ", at 0x" + Long.toHexString(byteOffset));
        this.byteOffset = byteOffset;
        this.typeId = typeId;
    }

    /**
     * Returns where the fault is.
     *
     * @return offset in bytes from the start of the BTF data
     */
    public long byteOffset() {
        return byteOffset;
    }

    /**
     * Returns which type has the fault.
     *
     * @return the type id, or 0 if the fault is not within a type
     */
    public int typeId() {
        return typeId;
    }
}
