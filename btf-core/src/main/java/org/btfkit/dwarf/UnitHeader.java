package org.btfkit.dwarf;

/**
 * The header of a unit (DWARF 5, section 7.5.1).
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param offset where the unit begins in its section, in bytes
 * @param length how many bytes it has, the header included
 * @param headerLength how many bytes the header has; the first entry follows
 * @param version 2 to 5
 * @param unitType {@code DW_UT_}; {@link #DW_UT_COMPILE} before version 5, which does not say
 * @param addressSize size of an address in bytes, 4 or 8
 * @param offsetSize size of an offset in bytes: 4 in 32-bit DWARF, 8 in 64-bit DWARF
 * @param abbreviations offset of the unit's abbreviations in {@code .debug_abbrev}
 */
public record UnitHeader(
        long offset,
        int length,
        int headerLength,
        int version,
        int unitType,
        int addressSize,
        int offsetSize,
        long abbreviations) {
    /** A compilation unit, or before version 5 a partial one. */
    public static final int DW_UT_COMPILE = 1;

    /** A type unit. */
    public static final int DW_UT_TYPE = 2;

    /** A partial unit, as dwz makes it. */
    public static final int DW_UT_PARTIAL = 3;

    /** A unit of which the entries are in a .dwo file. */
    public static final int DW_UT_SKELETON = 4;

    /**
     * Returns where the unit ends.
     *
     * @return offset in its section of what follows
     */
    public long end() {
        return offset + length;
    }
}
