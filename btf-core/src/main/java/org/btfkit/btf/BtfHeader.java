package org.btfkit.btf;

import java.nio.ByteOrder;

/**
 * The BTF header as it was read ({@code struct btf_header} of the kernel's uapi header).
 *
 * <p>All offsets are in bytes from the end of the header, all lengths in bytes.
 *
 * @param order byte order of the data, given by the byte order of the magic 0xeB9F
 * @param version format version; 1 is the only one there is
 * @param flags header flags; none are defined
 * @param headerLength length of the header itself: 24, or 32 with the layout fields, or longer
 * @param typeOff offset of the type section
 * @param typeLen length of the type section
 * @param strOff offset of the string section
 * @param strLen length of the string section
 * @param layoutOff offset of the layout section, 0 if the header is too short to have the field
 * @param layoutLen length of the layout section, 0 if there is none
 */
public record BtfHeader(
        ByteOrder order,
        int version,
        int flags,
        int headerLength,
        int typeOff,
        int typeLen,
        int strOff,
        int strLen,
        int layoutOff,
        int layoutLen) {

    /** The first two bytes of all BTF data, read in its own byte order. */
    public static final int MAGIC = 0xeB9F;

    /** Length in bytes of the header before the layout fields were added. */
    static final int SHORT_LENGTH = 24;

    /** Length in bytes of the header with the layout fields. */
    static final int LONG_LENGTH = 32;
}
