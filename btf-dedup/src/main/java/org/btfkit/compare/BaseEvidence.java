package org.btfkit.compare;

import java.util.BitSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeSizes;

/**
 * What in split BTF speaks for the base that it was loaded on, and against it.
 *
 * <p>Ids and string offsets of another base mean something here, too, and a module of three types may fit any kernel.
 * What would not fit if it were left to chance is counted: names that are whole strings of the base, functions whose
 * prototypes are prototypes, and members whose types, all of the base, fill their place to the byte.
 *
 * <p>A member whose type is larger than its place contradicts the base, however well the names fit.
 *
 * <p>One pass over the own types, and one over the base.
 *
 * @param names how many different strings of the base are names here
 * @param prototypes how many functions have a prototype of the base
 * @param members how many members of structs have a type of the base that ends where the next one begins, or the struct
 * @param exponent all that would fit by chance in one of 10 to the power of this many bases, or fewer
 * @param misfit what contradicts the base, as in {@code type [9] STRUCT 's': member 'a' would ...}; null if nothing
 *     does
 */
public record BaseEvidence(int names, int prototypes, int members, int exponent, String misfit) {
    /** From this on it is taken for certain: no machine has that many kernels. */
    private static final int CERTAIN = 6;

    /** How often a member that is left to chance fills its place: most types are as large as some others. */
    private static final double MEMBER_BY_CHANCE = 0.5;

    /** {@return whether the base is the right one as far as anyone can tell from the types} */
    public boolean isCertain() {
        return misfit == null && exponent >= CERTAIN;
    }

    /**
     * Weighs split BTF.
     *
     * @param btf the BTF
     * @return what was found; nothing if it has no base
     */
    static BaseEvidence of(Btf btf) {
        return btf.base() == null ? new BaseEvidence(0, 0, 0, 0, null) : new Scales(btf).weigh();
    }

    private static final class Scales {
        private final Btf btf;
        private final FlatTypes types;
        private final TypeSizes sizes;
        private final BitSet names = new BitSet();
        private int prototypes;
        private int members;
        private String misfit;

        Scales(Btf btf) {
            this.btf = btf;
            this.types = FlatAccess.of(btf);
            this.sizes = new TypeSizes(btf);
        }

        BaseEvidence weigh() {
            for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
                BtfKind kind = btf.kind(id);
                if (kind == null) {
                    continue;
                }
                int count = kind.nameCount(btf.vlen(id));
                for (int i = 0; i < count; i++) {
                    int nameOff = btf.word(id, kind.nameWord(i));
                    if (nameOff > 0 && nameOff < btf.base().stringEnd()) {
                        names.set(nameOff);
                    }
                }
                if (kind == BtfKind.FUNC && isOfBase(btf.sizeOrType(id))) {
                    prototypes++;
                } else if (kind == BtfKind.STRUCT && misfit == null) {
                    weighStruct(id);
                }
            }
            double exponent = names.cardinality() * -Math.log10(shareOfStarts())
                    + prototypes * -Math.log10(shareOfPrototypes())
                    + members * -Math.log10(MEMBER_BY_CHANCE);
            return new BaseEvidence(names.cardinality(), prototypes, members, (int) exponent, misfit);
        }

        private boolean isOfBase(int typeId) {
            return typeId > 0 && typeId < btf.firstTypeId();
        }

        private void weighStruct(int structId) {
            int count = btf.vlen(structId);
            long structBits = types.sizeBytes(structId) * Byte.SIZE;
            for (int i = 0; i < count; i++) {
                int memberId = types.memberType(structId, i);
                long size = isOfBase(memberId) ? sizes.sizeOrMinus1(memberId) : -1;
                if (size <= 0 || types.bitfieldSize(structId, i) != 0) {
                    continue;
                }
                long start = types.memberOffsetBits(structId, i);
                long next = i + 1 < count ? types.memberOffsetBits(structId, i + 1) : structBits;
                long room = (next > start ? Math.min(next, structBits) : structBits) - start;
                if (size * Byte.SIZE > room) {
                    String name = types.memberName(structId, i);
                    misfit = btf.describe(structId) + ": member '" + name + "' has " + room / Byte.SIZE
                            + " bytes of room, and " + btf.describe(memberId) + " of the base would take " + size;
                    return;
                }
                members += size * Byte.SIZE == room ? 1 : 0;
            }
        }

        /** How much of the base's strings are first bytes, besides the empty one. */
        private double shareOfStarts() {
            byte[] own = FlatAccess.of(btf.base()).strings().own();
            int starts = 1;
            for (byte character : own) {
                starts += character == 0 ? 1 : 0;
            }
            return Math.min(1.0, (double) starts / Math.max(1, own.length));
        }

        private double shareOfPrototypes() {
            int found = 1;
            for (int id = 1; id < btf.firstTypeId(); id++) {
                found += btf.kind(id) == BtfKind.FUNC_PROTO ? 1 : 0;
            }
            return Math.min(1.0, (double) found / btf.firstTypeId());
        }
    }
}
