package org.btfkit.compare;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/** Where a member stands, in whichever of the two ways its struct says that it is a bitfield. */
final class Bitfields {
    private Bitfields() {}

    /**
     * Reads the place of a member.
     *
     * @param memberId its type
     * @param offset its third word
     * @param kflag the kind flag of its struct or union
     * @return {@link #offsetBits} and {@link #bits} in one
     */
    static long place(JoinedTypes types, int memberId, int offset, boolean kflag) {
        int offsetBits = Words.offsetBits(offset, kflag);
        if (kflag) {
            return pack(offsetBits, Words.bitfieldSize(offset, true));
        }
        int id = memberId;
        for (int depth = 0; depth < Limits.MAX_RESOLVE_DEPTH; depth++) {
            if (!KindSet.TYPEDEFS_AND_MODIFIERS.hasInfo(types.info(id))) {
                break;
            }
            id = types.sizeOrType(id);
        }
        if (types.kind(id) == BtfKind.INT && types.flat().isBitfield(id)) {
            int data = types.intData(id);
            return pack(offsetBits + Words.intOffsetBits(data), Words.intBits(data));
        }
        return pack(offsetBits, 0);
    }

    private static long pack(int offsetBits, int bits) {
        return (long) bits << Integer.SIZE | Words.unsigned(offsetBits);
    }

    /** Offset in bits from the start of the struct, unsigned. */
    static int offsetBits(long place) {
        return (int) place;
    }

    /** Size in bits if the member is a bitfield, else 0. */
    static int bits(long place) {
        return (int) (place >>> Integer.SIZE);
    }
}
