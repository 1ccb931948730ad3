package org.btfkit.dwarf;

/**
 * Attributes of entries: {@code DW_AT_} of DWARF 5, section 7.5.4, and of GNU.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class DwAt {
    /** Where the next entry of the same parent is. */
    public static final int SIBLING = 0x01;

    /** Where a variable or parameter is. */
    public static final int LOCATION = 0x02;

    /** Name. */
    public static final int NAME = 0x03;

    /** Size in bytes. */
    public static final int BYTE_SIZE = 0x0b;

    /** Where a bit field begins, counted from the highest bit of its storage; up to version 3. */
    public static final int BIT_OFFSET = 0x0c;

    /** Size in bits. */
    public static final int BIT_SIZE = 0x0d;

    /** Lowest address. */
    public static final int LOW_PC = 0x11;

    /** Source language, {@code DW_LANG_}. */
    public static final int LANGUAGE = 0x13;

    /** Value that is known. */
    public static final int CONST_VALUE = 0x1c;

    /** Whether a function is inlined, or was declared so. */
    public static final int INLINE = 0x20;

    /** The compiler. */
    public static final int PRODUCER = 0x25;

    /** Highest index of a dimension. */
    public static final int UPPER_BOUND = 0x2f;

    /** The entry that this one is an instance of. */
    public static final int ABSTRACT_ORIGIN = 0x31;

    /** Set on what the source does not mention. */
    public static final int ARTIFICIAL = 0x34;

    /** Calling convention, {@code DW_CC_}. */
    public static final int CALLING_CONVENTION = 0x36;

    /** Number of elements. */
    public static final int COUNT = 0x37;

    /** Where in its struct a member is. */
    public static final int DATA_MEMBER_LOCATION = 0x38;

    /** Set on what is only declared here. */
    public static final int DECLARATION = 0x3c;

    /** Encoding of a base type, {@code DW_ATE_}. */
    public static final int ENCODING = 0x3e;

    /** Set on what other units see. */
    public static final int EXTERNAL = 0x3f;

    /** The entry that declares what this one defines. */
    public static final int SPECIFICATION = 0x47;

    /** Type. */
    public static final int TYPE = 0x49;

    /** Virtual inheritance. */
    public static final int VIRTUALITY = 0x4c;

    /** Where a bit field begins, counted from the start of its struct. */
    public static final int DATA_BIT_OFFSET = 0x6b;

    /** Where the string offsets of a unit begin. */
    public static final int STR_OFFSETS_BASE = 0x72;

    /** Where the addresses of a unit begin. */
    public static final int ADDR_BASE = 0x73;

    /** Where the offsets of a unit's location lists begin. */
    public static final int LOCLISTS_BASE = 0x8c;

    /** Alignment that the source asks for. */
    public static final int ALIGNMENT = 0x88;

    /** The file that has the entries of a skeleton unit. */
    public static final int DWO_NAME = 0x76;

    /** The same before version 5. */
    public static final int GNU_DWO_NAME = 0x2130;

    /** Where the addresses of a unit begin, before version 5. */
    public static final int GNU_ADDR_BASE = 0x2133;

    /** gcc's annotation of this entry; it may point to another one. */
    public static final int GNU_ANNOTATION = 0x2139;

    private DwAt() {}
}
