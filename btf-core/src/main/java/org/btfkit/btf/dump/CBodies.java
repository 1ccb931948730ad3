package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;

/**
 * Writes structs, unions and enums with what is between their braces.
 *
 * <p>BTF gives the offset of each member, C only their order: gaps are filled by {@link CPadding}, and a struct whose
 * members or size do not keep to their alignment is marked as packed.
 */
class CBodies {
    static final byte[] STRUCT = bytes("struct");
    static final byte[] UNION = bytes("union");
    private static final byte[] ENUM = bytes("enum");
    private static final byte[] LONG = bytes("long: ");
    private static final byte[] INT = bytes("int: ");
    private static final byte[] SHORT = bytes("short: ");
    private static final byte[] CHAR = bytes("char: ");
    private static final byte[] OPEN = bytes(" {");
    private static final byte[] COLON = bytes(": ");
    private static final byte[] EQUALS = bytes(" = ");
    private static final byte[] SIGNED_WIDE = bytes("LL");
    private static final byte[] UNSIGNED_WIDE = bytes("ULL");
    private static final byte[] PACKED = bytes(" __attribute__((packed))");
    private static final byte[] BYTE_MODE = bytes(" __attribute__((mode(byte)))");
    private static final byte[] WORD_MODE = bytes(" __attribute__((mode(word)))");
    private static final int MAX_INDENT = 13;

    final JoinedTypes types;
    final DumpOutput out;
    final DumpLimits limits;
    final CNames names;
    final TypeSizes sizes;
    private final CPadding padding;

    /** The struct whose gap is filled, and how deep its members are indented. */
    private int paddedId;

    private int paddingLevel;

    private final CDeclarators declarators;

    CBodies(JoinedTypes types, DumpOutput out, DumpLimits limits, CNames names, TypeSizes sizes) {
        this.types = types;
        this.out = out;
        this.limits = limits;
        this.names = names;
        this.sizes = sizes;
        this.padding = new CPadding(sizes.pointerSize(), this::putPadding);
        this.declarators = new CDeclarators(types, out, limits, names, this);
    }

    /** Writes the declarations of members, and of whatever else has a type and a name. */
    CDeclarators declarators() {
        return declarators;
    }

    /** Begins a line. */
    static void putLine(DumpOutput out, int level) {
        out.put('\n');
        for (int i = Math.min(level, MAX_INDENT); i > 0; i--) {
            out.put('\t');
        }
    }

    /** Puts {@code struct name} or {@code union name}, without its members. */
    void putCompositeHead(int typeId, boolean isUnion) {
        putHead(typeId, isUnion ? UNION : STRUCT);
    }

    /** Puts {@code enum name}, without its values. */
    void putEnumHead(int typeId) {
        putHead(typeId, ENUM);
    }

    /** Puts what a FWD says: {@code struct name} or {@code union name}. */
    void putForward(int typeId) {
        out.put(types.kflag(typeId) ? UNION : STRUCT);
        out.put(' ');
        names.putTag(typeId);
    }

    private void putHead(int typeId, byte[] keyword) {
        out.put(keyword);
        if (types.nameOff(typeId) != 0) {
            out.put(' ');
            names.putTag(typeId);
        }
    }

    /** Puts a struct or union with its members. */
    void putComposite(int typeId, BtfKind kind, int level) {
        boolean isStruct = kind == BtfKind.STRUCT;
        boolean packed = isStruct && isPacked(typeId);
        putCompositeHead(typeId, !isStruct);
        out.put(OPEN);
        long end = putMembers(typeId, kind, packed, level + 1);
        long size = Words.unsigned(types.sizeOrType(typeId));
        // Asked for even where it is not needed: known for each type, it never has to be found through many of them.
        int align = sizes.alignOr0(typeId);
        if (isStruct && end < size * 8) {
            paddedId = typeId;
            paddingLevel = level + 1;
            padding.fill(end, size * 8, align, false);
        }
        if (size != 0 || types.vlen(typeId) != 0) {
            putLine(out, level);
        }
        out.put('}');
        if (packed) {
            out.put(PACKED);
        }
    }

    private void putPadding(int width, long bits) {
        limits.step(paddedId);
        putLine(out, paddingLevel);
        out.put(
                switch (width) {
                    case 8 -> CHAR;
                    case 16 -> SHORT;
                    default -> width == sizes.pointerSize() * 8 ? LONG : INT;
                });
        out.putUnsigned(bits);
        out.put(';');
    }

    /** Returns the first bit after the last member. */
    private long putMembers(int typeId, BtfKind kind, boolean packed, int level) {
        int[] words = types.words();
        boolean kflag = types.kflag(typeId);
        boolean afterBitfield = false;
        long end = 0;
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            int memberId = words[at + 1];
            long offset = Words.unsigned(Words.offsetBits(words[at + 2], kflag));
            int bits = Words.bitfieldSize(words[at + 2], kflag);
            if (end < offset) {
                int align = packed ? 1 : sizes.alignOr0(memberId);
                paddedId = typeId;
                paddingLevel = level;
                padding.fill(end, offset, align, afterBitfield && bits != 0);
            }
            limits.step(typeId);
            putLine(out, level);
            declarators.declare(memberId, words[at], level);
            afterBitfield = bits != 0;
            if (afterBitfield) {
                out.put(COLON);
                out.putUnsigned(bits);
                end = offset + bits;
            } else {
                end = offset + Math.max(0, sizes.sizeOrMinus1(memberId)) * 8;
            }
            out.put(';');
        }
        return end;
    }

    /** Whether the members are placed otherwise than a compiler would by itself. */
    boolean isPacked(int typeId) {
        int[] words = types.words();
        boolean kflag = types.kflag(typeId);
        int largest = 1;
        int at = types.elementsAt(typeId, BtfKind.STRUCT);
        for (int i = types.vlen(typeId); i > 0; i--, at += BtfKind.STRUCT.elementWords()) {
            int align = sizes.alignOr0(words[at + 1]);
            boolean isBitfield = Words.bitfieldSize(words[at + 2], kflag) != 0;
            if (align != 0 && !isBitfield && Integer.remainderUnsigned(words[at + 2], 8 * align) != 0) {
                return true;
            }
            largest = Math.max(largest, align);
        }
        return Integer.remainderUnsigned(types.sizeOrType(typeId), largest) != 0;
    }

    /** Puts an enum with its values; without any it is a forward declaration. */
    void putEnum(int typeId, BtfKind kind, int level) {
        putEnumHead(typeId);
        if (types.vlen(typeId) == 0) {
            return;
        }
        out.put(OPEN);
        boolean fitsInt = putValues(typeId, kind, level + 1, types.kflag(typeId));
        putLine(out, level);
        out.put('}');
        int size = types.sizeOrType(typeId);
        if (size == 1) {
            out.put(BYTE_MODE);
        } else if (size == 8 && sizes.pointerSize() == 8 && fitsInt) {
            // Nothing about its values tells the compiler to use 8 bytes.
            out.put(WORD_MODE);
        }
    }

    /** Returns whether all values are of 32 bits. */
    boolean putValues(int typeId, BtfKind kind, int level, boolean isSigned) {
        int[] words = types.words();
        boolean isWide = kind == BtfKind.ENUM64;
        boolean fitsInt = true;
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            limits.step(typeId);
            putLine(out, level);
            names.putEnumerator(words[at]);
            out.put(EQUALS);
            int low = words[at + 1];
            int high = isWide ? words[at + 2] : isSigned ? low >> 31 : 0;
            long value = Words.enum64Value(low, high);
            if (isSigned) {
                out.putSigned(value);
            } else {
                out.putUnsigned(value);
            }
            if (isWide) {
                out.put(isSigned ? SIGNED_WIDE : UNSIGNED_WIDE);
                fitsInt &= high == 0;
            }
            out.put(',');
        }
        return fitsInt;
    }
}
