package org.btfkit.dwarf;

/**
 * Forms of attributes: {@code DW_FORM_} of DWARF 5, section 7.5.6, and of GNU.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class DwForm {
    /** Address. */
    public static final int ADDR = 0x01;

    /** Block with its length in two bytes. */
    public static final int BLOCK2 = 0x03;

    /** Block with its length in four bytes. */
    public static final int BLOCK4 = 0x04;

    /** Two bytes. */
    public static final int DATA2 = 0x05;

    /** Four bytes. */
    public static final int DATA4 = 0x06;

    /** Eight bytes. */
    public static final int DATA8 = 0x07;

    /** String that stands in the entry. */
    public static final int STRING = 0x08;

    /** Block with its length in LEB128. */
    public static final int BLOCK = 0x09;

    /** Block with its length in one byte. */
    public static final int BLOCK1 = 0x0a;

    /** One byte. */
    public static final int DATA1 = 0x0b;

    /** Flag in one byte. */
    public static final int FLAG = 0x0c;

    /** Signed LEB128. */
    public static final int SDATA = 0x0d;

    /** String in {@code .debug_str}. */
    public static final int STRP = 0x0e;

    /** Unsigned LEB128. */
    public static final int UDATA = 0x0f;

    /** Entry of any unit. */
    public static final int REF_ADDR = 0x10;

    /** Entry of this unit, in one byte. */
    public static final int REF1 = 0x11;

    /** Entry of this unit, in two bytes. */
    public static final int REF2 = 0x12;

    /** Entry of this unit, in four bytes. */
    public static final int REF4 = 0x13;

    /** Entry of this unit, in eight bytes. */
    public static final int REF8 = 0x14;

    /** Entry of this unit, in LEB128. */
    public static final int REF_UDATA = 0x15;

    /** The form stands in the entry. */
    public static final int INDIRECT = 0x16;

    /** Offset in another section. */
    public static final int SEC_OFFSET = 0x17;

    /** Expression. */
    public static final int EXPRLOC = 0x18;

    /** Flag that is set and takes no room. */
    public static final int FLAG_PRESENT = 0x19;

    /** String by its index. */
    public static final int STRX = 0x1a;

    /** Address by its index. */
    public static final int ADDRX = 0x1b;

    /** Entry of an alternate file, in four bytes. */
    public static final int REF_SUP4 = 0x1c;

    /** String of an alternate file. */
    public static final int STRP_SUP = 0x1d;

    /** Sixteen bytes. */
    public static final int DATA16 = 0x1e;

    /** String in {@code .debug_line_str}. */
    public static final int LINE_STRP = 0x1f;

    /** Type unit by its signature. */
    public static final int REF_SIG8 = 0x20;

    /** Constant that stands in the abbreviation. */
    public static final int IMPLICIT_CONST = 0x21;

    /** Location list by its index. */
    public static final int LOCLISTX = 0x22;

    /** Range list by its index. */
    public static final int RNGLISTX = 0x23;

    /** Entry of an alternate file, in eight bytes. */
    public static final int REF_SUP8 = 0x24;

    /** String by its index, in one byte. */
    public static final int STRX1 = 0x25;

    /** String by its index, in two bytes. */
    public static final int STRX2 = 0x26;

    /** String by its index, in three bytes. */
    public static final int STRX3 = 0x27;

    /** String by its index, in four bytes. */
    public static final int STRX4 = 0x28;

    /** Address by its index, in one byte. */
    public static final int ADDRX1 = 0x29;

    /** Address by its index, in two bytes. */
    public static final int ADDRX2 = 0x2a;

    /** Address by its index, in three bytes. */
    public static final int ADDRX3 = 0x2b;

    /** Address by its index, in four bytes. */
    public static final int ADDRX4 = 0x2c;

    /** Address by its index, before version 5. */
    public static final int GNU_ADDR_INDEX = 0x1f01;

    /** String by its index, before version 5. */
    public static final int GNU_STR_INDEX = 0x1f02;

    /** Entry of an alternate file, before version 5. */
    public static final int GNU_REF_ALT = 0x1f20;

    /** String of an alternate file, before version 5. */
    public static final int GNU_STRP_ALT = 0x1f21;

    private DwForm() {}

    /** Tells whether a form refers to an alternate file, as dwz makes it. */
    static boolean isAlternate(int form) {
        return switch (form) {
            case REF_SUP4, REF_SUP8, STRP_SUP, GNU_REF_ALT, GNU_STRP_ALT -> true;
            default -> false;
        };
    }
}
