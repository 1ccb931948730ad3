package org.btfkit.btf.build;

import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * What libbpf's {@code btf__add_*} functions demand of their arguments. Each {@code broken} method returns the rule
 * that is broken, worded for a message, or null if there is none.
 */
final class BuilderRules {
    private static final int MAX_VLEN = Words.MAX_24;
    private static final int MAX_BITFIELD_OFFSET = Words.MAX_24;
    private static final int MAX_BITFIELD_SIZE = Words.MAX_BITFIELD_SIZE;

    private BuilderRules() {}

    /** Null stands for no name, as NULL does for libbpf. */
    static boolean isNone(String name) {
        return name == null || name.isEmpty();
    }

    /** Refuses to add a type if a rule is broken. */
    static void require(String broken, BtfKind kind, String name) {
        if (broken != null) {
            throw new IllegalArgumentException(kind + (isNone(name) ? "" : " '" + name + "'") + ": " + broken);
        }
    }

    /** Refuses an id that no own type has. */
    static void requireOwn(int typeId, int firstTypeId, int typeCount) {
        if (typeId < firstTypeId || typeId >= typeCount) {
            throw new IllegalArgumentException(
                    "no own " + TypeFaults.describe(typeId) + ", expected " + firstTypeId + " to " + (typeCount - 1));
        }
    }

    /** Some kinds must have a name, some must not. */
    static String brokenName(BtfKind kind, String name) {
        return switch (kind) {
            case INT, FWD, TYPEDEF, FUNC, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG ->
                isNone(name) ? "empty name, expected one" : null;
            case PTR, ARRAY, VOLATILE, CONST, RESTRICT, FUNC_PROTO, VOID ->
                isNone(name) ? null : "name '" + name + "', expected none";
            case STRUCT, UNION, ENUM, ENUM64 -> null;
        };
    }

    static String brokenInt(int sizeBytes, int encoding, int offsetBits, int bits) {
        if (sizeBytes < 1 || sizeBytes > 16 || Integer.bitCount(sizeBytes) != 1) {
            return "size " + sizeBytes + " bytes, expected 1, 2, 4, 8 or 16";
        }
        int known = BtfBuilder.INT_SIGNED | BtfBuilder.INT_CHAR | BtfBuilder.INT_BOOL;
        if ((encoding & ~known) != 0) {
            return "encoding 0x" + Integer.toHexString(encoding) + ", expected bits of 0x" + Integer.toHexString(known);
        }
        if (offsetBits < 0 || bits < 1 || bits > sizeBytes * 8 - offsetBits) {
            return bits + " bits from bit " + offsetBits + ", expected to be within " + sizeBytes + " bytes";
        }
        return null;
    }

    static String brokenFloatSize(int sizeBytes) {
        return switch (sizeBytes) {
            case 2, 4, 8, 12, 16 -> null;
            default -> "size " + sizeBytes + " bytes, expected 2, 4, 8, 12 or 16";
        };
    }

    static String brokenEnumSize(int sizeBytes) {
        boolean isKnown = sizeBytes > 0 && sizeBytes <= 8 && Integer.bitCount(sizeBytes) == 1;
        return isKnown ? null : "size " + sizeBytes + " bytes, expected 1, 2, 4 or 8";
    }

    /** An id may belong to a type that is added later, so that only what can never be one is wrong. */
    static String brokenTypeId(int typeId) {
        return typeId >= 0 ? null : "type id " + typeId + ", expected 0 or more";
    }

    static String brokenComponent(int componentIndex) {
        return componentIndex >= -1 ? null : "component index " + componentIndex + ", expected -1 or more";
    }

    /** There is one more element to come. */
    static String brokenVlen(int vlen) {
        return vlen < MAX_VLEN ? null : "one too many, expected at most " + MAX_VLEN;
    }

    /** A member that is no bitfield. */
    static String brokenMember(boolean isUnion, boolean kflag, int offsetBits) {
        if (offsetBits % 8 != 0) {
            return offset(offsetBits) + ", expected whole bytes, or else a bitfield";
        }
        if (isUnion && offsetBits != 0) {
            return offset(offsetBits) + ", expected 0 in a union";
        }
        return kflag ? brokenBitfieldOffset(offsetBits) : null;
    }

    static String brokenBitfield(boolean isUnion, int offsetBits, int bitfieldSize) {
        if (bitfieldSize < 1 || bitfieldSize > MAX_BITFIELD_SIZE) {
            return "bitfield of " + bitfieldSize + " bits, expected 1 to " + MAX_BITFIELD_SIZE;
        }
        if (isUnion && offsetBits != 0) {
            return offset(offsetBits) + ", expected 0 in a union";
        }
        return brokenBitfieldOffset(offsetBits);
    }

    /** Where there are bitfields, the upper eight bits of every member's offset are a size. */
    static String brokenBitfieldOffset(int offsetBits) {
        boolean fits = offsetBits >= 0 && offsetBits <= MAX_BITFIELD_OFFSET;
        return fits ? null : offset(offsetBits) + ", expected at most " + MAX_BITFIELD_OFFSET + " beside bitfields";
    }

    static String brokenEnumerator(String name, boolean is64, boolean isSigned, long value) {
        if (isNone(name)) {
            return "empty name, expected one";
        }
        boolean fits = is64 || (isSigned ? value == (int) value : value >>> 32 == 0);
        return fits ? null : "value " + value + ", expected 32 bits " + (isSigned ? "with a sign" : "without a sign");
    }

    private static String offset(int offsetBits) {
        return "offset " + Integer.toUnsignedString(offsetBits) + " bits";
    }
}
