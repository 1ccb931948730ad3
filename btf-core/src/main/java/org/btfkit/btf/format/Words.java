package org.btfkit.btf.format;

/**
 * Takes the packed words of a type apart, and puts them together.
 *
 * <pre>
 * info    = kflag:1 kind:7 vlen:24                     highest bits first
 * offset  = bits:32                                    of a member without kflag
 *         | bitfield_size:8 bits:24                    with it
 * int     = 0:4 encoding:4 offset:8 0:8 bits:8         the fourth word of an INT
 * enum64  = name_off low:32 high:32
 * </pre>
 *
 * <p>The source is the kernel's {@code include/uapi/linux/btf.h}. No word is checked here; the results are in range by
 * their number of bits.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Words {
    /** How many words every type has: name_off, info, and size or type. */
    public static final int HEADER = 3;

    /** The highest vlen, and the highest offset of a member beside bitfields. */
    public static final int MAX_24 = 0xffffff;

    /** The highest size of a bitfield that can be told. */
    public static final int MAX_BITFIELD_SIZE = 0xff;

    /** The kflag bit of an info word. */
    public static final int KFLAG = 1 << 31;

    /** Which word of a type is the offset of its name. */
    public static final int NAME = 0;

    /** Which word of a type has its kind, kflag and vlen. */
    public static final int INFO = 1;

    /** Which word of a type is its size, or the type that it refers to. */
    public static final int SIZE_OR_TYPE = 2;

    /** Which word of an INT has its encoding, offset and bits. */
    public static final int INT_DATA = HEADER;

    /** Which word of an ARRAY is the type of its elements. */
    public static final int ARRAY_ELEMENT = HEADER;

    /** Which word of an ARRAY is the number of its elements. */
    public static final int ARRAY_COUNT = HEADER + 2;

    /** Which word of a member is its type. */
    public static final int MEMBER_TYPE = 1;

    /** Which word of a member is its offset, with kflag also its size as a bitfield. */
    public static final int MEMBER_OFFSET = 2;

    /** Which word of a parameter is its type. */
    public static final int PARAM_TYPE = 1;

    /** Which word of a value of an ENUM is the value; of an ENUM64 its low half. */
    public static final int ENUM_VALUE = 1;

    /** Which word of a value of an ENUM64 is the high half of the value. */
    public static final int ENUM_VALUE_HIGH = 2;

    /** Encoding of an INT that has a sign. */
    public static final int INT_SIGNED = 1;

    /** Encoding of an INT that is a character. */
    public static final int INT_CHAR = 2;

    /** Encoding of an INT that is a boolean. */
    public static final int INT_BOOL = 4;

    private static final long MASK_32 = 0xffffffffL;

    private Words() {}

    /**
     * Returns the kind bits of an info word.
     *
     * @param info second word of a type
     * @return 0 to 127
     */
    public static int kind(int info) {
        return info >>> 24 & 0x7f;
    }

    /**
     * Returns the vlen bits of an info word.
     *
     * @param info second word of a type
     * @return 0 to 16,777,215
     */
    public static int vlen(int info) {
        return info & MAX_24;
    }

    /**
     * Returns the kind flag of an info word.
     *
     * @param info second word of a type
     * @return whether its highest bit is set
     */
    public static boolean kflag(int info) {
        return info < 0;
    }

    /**
     * Makes an info word.
     *
     * @param kind the kind
     * @param kflag the kind flag
     * @param vlen 0 to 16,777,215
     * @return the word
     */
    public static int info(BtfKind kind, boolean kflag, int vlen) {
        return (kflag ? KFLAG : 0) | kind.number() << 24 | vlen;
    }

    /**
     * Returns where a member begins.
     *
     * @param offset third word of the member
     * @param kflag the kind flag of its struct or union
     * @return offset in bits, unsigned
     */
    public static int offsetBits(int offset, boolean kflag) {
        return kflag ? offset & MAX_24 : offset;
    }

    /**
     * Returns the size of a bitfield.
     *
     * @param offset third word of the member
     * @param kflag the kind flag of its struct or union
     * @return size in bits, 1 to 255, or 0 if the member is no bitfield or, without kflag, its type tells
     */
    public static int bitfieldSize(int offset, boolean kflag) {
        return kflag ? offset >>> 24 : 0;
    }

    /**
     * Makes the third word of a member whose struct has kflag.
     *
     * @param offsetBits where it begins, 0 to 16,777,215
     * @param bitfieldSize its size in bits, 0 to 255; 0 if it is no bitfield
     * @return the word
     */
    public static int offset(int offsetBits, int bitfieldSize) {
        return bitfieldSize << 24 | offsetBits;
    }

    /**
     * Returns the encoding of an INT, with bits that have no meaning.
     *
     * @param data fourth word of the type
     * @return 0 to 255, of {@link #INT_SIGNED}, {@link #INT_CHAR} and {@link #INT_BOOL}
     */
    public static int intEncoding(int data) {
        return data >>> 24;
    }

    /**
     * Returns where the value of an INT begins within its bytes.
     *
     * @param data fourth word of the type
     * @return offset in bits, 0 to 255
     */
    public static int intOffsetBits(int data) {
        return data >>> 16 & 0xff;
    }

    /**
     * Returns how many bits the value of an INT has.
     *
     * @param data fourth word of the type
     * @return 0 to 255
     */
    public static int intBits(int data) {
        return data & 0xff;
    }

    /**
     * Makes the fourth word of an INT.
     *
     * @param encoding 0 to 15
     * @param offsetBits where the value begins, 0 to 255
     * @param bits how many bits it has, 0 to 255
     * @return the word
     */
    public static int intData(int encoding, int offsetBits, int bits) {
        return encoding << 24 | offsetBits << 16 | bits;
    }

    /**
     * Returns the value of an enumerator of an ENUM.
     *
     * @param word second word of the enumerator
     * @param isSigned the kind flag of the ENUM
     * @return the value
     */
    public static long enumValue(int word, boolean isSigned) {
        return isSigned ? word : unsigned(word);
    }

    /**
     * Returns the value of an enumerator of an ENUM64.
     *
     * @param low second word of the enumerator
     * @param high its third word
     * @return the value; to be taken as unsigned if the ENUM64 has no kflag
     */
    public static long enum64Value(int low, int high) {
        return (long) high << 32 | unsigned(low);
    }

    /**
     * Returns a size, count or offset.
     *
     * @param word the word
     * @return its value, 0 to 4,294,967,295
     */
    public static long unsigned(int word) {
        return word & MASK_32;
    }
}
