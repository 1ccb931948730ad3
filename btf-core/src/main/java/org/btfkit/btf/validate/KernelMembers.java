package org.btfkit.btf.validate;

import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.Words;

/**
 * Whether a member fits into its struct or union, its type being known ({@code check_member} and
 * {@code check_kflag_member} of each kind in kernel/bpf/btf.c).
 *
 * <p>A bitfield is told by kflag and eight bits of the member's offset word, or, as older compilers have it, by an
 * integer type that is not as wide as its size. {@link KernelMetas} has seen to it that no member begins after the end.
 */
final class KernelMembers {
    private static final int BITS_OF_128 = 128;
    private static final int BITS_OF_ENUM = 32;
    private static final int POINTER_SIZE = 8;

    private final KernelResolver resolver;
    private final FlatTypes types;

    KernelMembers(KernelResolver resolver, FlatTypes types) {
        this.resolver = resolver;
        this.types = types;
    }

    /** Checks one member of a struct or union. */
    void check(int typeId, int member) {
        int memberType = types.memberType(typeId, member);
        int sized = resolver.sizedType(memberType);
        if (sized == 0) {
            throw types.elementFault(
                    typeId, member, 1, "is " + types.describeTarget(memberType) + ", which has no size");
        }
        int word = types.memberOffset(typeId, member);
        boolean kflag = types.kflag(typeId);
        int bitfield = Words.bitfieldSize(word, kflag);
        int offsetBits = Words.offsetBits(word, kflag);
        switch (types.kind(sized)) {
            case INT -> checkInt(typeId, member, types.intData(sized), offsetBits, bitfield, kflag);
            case ENUM, ENUM64 -> checkEnum(typeId, member, sized, offsetBits, bitfield, kflag);
            case FLOAT -> {
                requireNoBitfield(typeId, member, bitfield);
                checkFloat(typeId, member, types.sizeOrType(sized), offsetBits);
            }
            default -> {
                requireNoBitfield(typeId, member, bitfield);
                requireByte(typeId, member, offsetBits);
                requireRoom(typeId, member, bytes(offsetBits), resolver.sizeOf(sized));
            }
        }
    }

    private void checkInt(int typeId, int member, int data, int offsetBits, int bitfield, boolean kflag) {
        int bits = Words.intBits(data);
        long from = Words.unsigned(offsetBits);
        if (kflag) {
            if (!KernelKinds.isRegularInt(data)) {
                throw types.elementFault(
                        typeId, member, 1, "integer of " + bits + " bits in a type with kflag, expected whole bytes");
            }
            if (bitfield == 0) {
                requireByte(typeId, member, offsetBits);
            } else {
                requireBitfieldFits(typeId, member, bitfield, bits);
                bits = bitfield;
            }
        } else {
            from += Words.intOffsetBits(data);
            if (from > 0xffffffffL) {
                throw types.elementFault(typeId, member, 2, "begins at bit " + from + ", 2^32 or more");
            }
        }
        int bitsOfBytes = bits + (int) (from & 7);
        if (bitsOfBytes > BITS_OF_128) {
            throw types.elementFault(
                    typeId, member, 2, bits + " bits from bit " + (from & 7) + " of a byte, expected 128 at most");
        }
        requireRoom(typeId, member, from >>> 3, (bitsOfBytes + 7) / 8);
    }

    private void checkEnum(int typeId, int member, int sized, int offsetBits, int bitfield, boolean kflag) {
        if (!kflag) {
            requireByte(typeId, member, offsetBits);
            requireRoom(typeId, member, bytes(offsetBits), resolver.sizeOf(sized));
            return;
        }
        // With kflag every enumeration counts as 32 bits wide, whatever its size is.
        int bits = BITS_OF_ENUM;
        if (bitfield == 0) {
            requireByte(typeId, member, offsetBits);
        } else {
            requireBitfieldFits(typeId, member, bitfield, BITS_OF_ENUM);
            bits = bitfield;
        }
        requireRoom(typeId, member, bytes(offsetBits), ((offsetBits & 7) + bits + 7) / 8);
    }

    private void checkFloat(int typeId, int member, int size, int offsetBits) {
        int alignment = 8 * Math.min(POINTER_SIZE, size);
        if (Integer.remainderUnsigned(offsetBits, alignment) != 0) {
            throw types.elementFault(
                    typeId,
                    member,
                    2,
                    "offset " + Integer.toUnsignedString(offsetBits) + " of a FLOAT, expected a multiple of "
                            + alignment);
        }
        requireRoom(typeId, member, bytes(offsetBits), size);
    }

    private void requireNoBitfield(int typeId, int member, int bitfield) {
        if (bitfield != 0) {
            throw types.elementFault(
                    typeId, member, 2, "bitfield of " + bitfield + " bits, neither of an INT nor of an ENUM");
        }
    }

    private void requireBitfieldFits(int typeId, int member, int bitfield, int bits) {
        if (bitfield > bits) {
            throw types.elementFault(typeId, member, 2, "bitfield of " + bitfield + " bits, its type has " + bits);
        }
    }

    private void requireByte(int typeId, int member, int offsetBits) {
        if ((offsetBits & 7) != 0) {
            throw types.elementFault(
                    typeId, member, 2, "offset " + Integer.toUnsignedString(offsetBits) + ", expected a multiple of 8");
        }
    }

    private void requireRoom(int typeId, int member, long fromByte, long size) {
        long structSize = types.sizeBytes(typeId);
        if (fromByte + size > structSize) {
            throw types.elementFault(
                    typeId,
                    member,
                    2,
                    "bytes " + fromByte + " to " + (fromByte + size) + " of a type of " + structSize + " bytes");
        }
    }

    private static long bytes(int offsetBits) {
        return Integer.toUnsignedLong(offsetBits) >>> 3;
    }
}
