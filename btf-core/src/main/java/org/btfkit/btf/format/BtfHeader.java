package org.btfkit.btf.format;

import java.nio.ByteOrder;
import org.btfkit.BtfUnsupportedException;

/**
 * The BTF header as it was read ({@code struct btf_header} of the kernel's uapi header).
 *
 * <p>All offsets are in bytes from the end of the header, all lengths in bytes.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param order byte order of the data, given by the byte order of the magic 0xeB9F
 * @param version format version; 1 is the only one there is
 * @param flags header flags; none are defined
 * @param headerLength length of the header itself: 24, or 32 with the layout fields, or longer
 * @param typeOff offset of the type section
 * @param typeLen length of the type section
 * @param strOff offset of the string section
 * @param strLen length of the string section
 * @param layoutOff offset of the layout section, 0 if the header is too short to have the field; of a header that ends
 *     within the field, as much as it has
 * @param layoutLen length of the layout section, 0 if there is none
 * @param hasUnknownData whether the header has bytes that are not zero past the fields that headers of its length have,
 *     which are those for a layout from 32 bytes on; such BTF can be read but not rewritten, since nobody can tell what
 *     the bytes say
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
        int layoutLen,
        boolean hasUnknownData) {

    /** The first two bytes of all BTF data, read in its own byte order. */
    public static final int MAGIC = 0xeB9F;

    /** The format version of new BTF. */
    private static final int VERSION = 1;

    /** Where {@code hdr_len} is, in bytes from the start of the header. */
    public static final int HDR_LEN_OFFSET = 4;

    /** Where {@code str_off} is, in bytes from the start of the header. */
    public static final int STR_OFF_OFFSET = 16;

    /** Where {@code str_len} is, in bytes from the start of the header. */
    public static final int STR_LEN_OFFSET = 20;

    /** Length in bytes of the header before the layout fields were added. */
    public static final int SHORT_LENGTH = 24;

    /** Length in bytes of the header with the layout fields. */
    public static final int LONG_LENGTH = 32;

    /**
     * Returns the header of new BTF with empty sections.
     *
     * @param order byte order
     * @param headerLength length of the header in bytes: 32 as libbpf writes it today, or 24 for older readers
     * @return the header
     * @throws IllegalArgumentException if the length is another
     */
    public static BtfHeader of(ByteOrder order, int headerLength) {
        if (headerLength != SHORT_LENGTH && headerLength != LONG_LENGTH) {
            throw new IllegalArgumentException(
                    "hdr_len " + headerLength + ", expected " + SHORT_LENGTH + " or " + LONG_LENGTH);
        }
        return new BtfHeader(order, VERSION, 0, headerLength, 0, 0, 0, 0, 0, 0, false);
    }

    /**
     * Returns this header in another byte order.
     *
     * @param newOrder the order
     * @return a header that differs in nothing else
     */
    public BtfHeader withOrder(ByteOrder newOrder) {
        return new BtfHeader(
                newOrder,
                version,
                flags,
                headerLength,
                typeOff,
                typeLen,
                strOff,
                strLen,
                layoutOff,
                layoutLen,
                hasUnknownData);
    }

    /**
     * Returns this header with another length.
     *
     * @param newLength length in bytes, 24 or 32
     * @return a header that differs in nothing else
     * @throws IllegalArgumentException if the length is another, or too short for the layout fields that are in use
     */
    public BtfHeader withHeaderLength(int newLength) {
        BtfHeader like = of(order, newLength);
        if (newLength < LONG_LENGTH && layoutLen != 0) {
            throw new IllegalArgumentException(
                    "hdr_len " + newLength + " has no room for the layout section, expected " + LONG_LENGTH);
        }
        return new BtfHeader(
                order,
                version,
                flags,
                like.headerLength,
                typeOff,
                typeLen,
                strOff,
                strLen,
                newLength < LONG_LENGTH ? 0 : layoutOff,
                layoutLen,
                hasUnknownData);
    }

    /**
     * Returns this header for sections that follow each other without gaps: types, layout, strings.
     *
     * @param newTypeLen length of the type section in bytes
     * @param newLayoutLen length of the layout section in bytes, 0 if there is none
     * @param newStrLen length of the string section in bytes
     * @return a header that differs in offsets and lengths only
     */
    public BtfHeader withSections(int newTypeLen, int newLayoutLen, int newStrLen) {
        int newStrOff = newTypeLen + newLayoutLen;
        return new BtfHeader(
                order,
                version,
                flags,
                headerLength,
                0,
                newTypeLen,
                newStrOff,
                newStrLen,
                newLayoutLen == 0 ? 0 : newTypeLen,
                newLayoutLen,
                hasUnknownData);
    }

    /**
     * Refuses to rewrite BTF whose header says more than is known here, as libbpf does.
     *
     * @param source where the BTF came from, for the message
     * @throws BtfUnsupportedException if the header has unknown data
     */
    public void requireRewritable(String source) {
        if (hasUnknownData) {
            throw new BtfUnsupportedException(source + ": header of " + headerLength
                    + " bytes has unknown data that is not zero, expected zeros; it can be read but not rewritten");
        }
    }

    /**
     * Refuses sections that do not fit behind this header.
     *
     * @param newLayoutLen length of the layout section in bytes, 0 if there is none
     * @param sectionBytes length of all sections, with what is between them
     * @throws IllegalArgumentException if the header is too short for the layout fields, or the whole too long for an
     *     array
     */
    public void requireFit(int newLayoutLen, long sectionBytes) {
        if (newLayoutLen != 0 && headerLength < LONG_LENGTH) {
            throw new IllegalArgumentException(
                    "hdr_len " + headerLength + " has no room for the layout section, expected " + LONG_LENGTH);
        }
        long total = headerLength + sectionBytes;
        if (total > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("BTF data of " + total + " bytes, expected less than 2 GiB");
        }
    }
}
