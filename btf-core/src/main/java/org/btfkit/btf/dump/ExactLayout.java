package org.btfkit.btf.dump;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;

/**
 * Decides how each struct and union is written so that every compiler lays it out as the BTF says.
 *
 * <p><b>Problem.</b> Where a member comes to lie is up to the compiler, the machine and the flags: an 8-byte integer is
 * aligned to 4 bytes on i386 and to 8 elsewhere, an unnamed bitfield of type long aligns the whole struct on Arm and
 * nothing elsewhere, and BTF does not say for which machine it is.
 *
 * <p><b>Rule.</b> Leave the compiler nothing to decide. Every gap is written out, at the end as well, with bitfields
 * that are no wider than the alignment that the members have anyway. Then each member begins where the one before ends,
 * and a compiler puts it there whatever alignment it gives the type, as long as the offset is a multiple of the
 * greatest one that it might give, and the size is one of the greatest of all. Where that does not hold, the struct is
 * packed, which makes all alignments 1, and gets an alignment back that its members allow. With
 *
 * <pre>
 * STRUCT 's' size=12:  'a' u32 at bit 0, 'b' u64 at bit 32
 * </pre>
 *
 * the u64 is not at a multiple of 8 bytes; on i386 that is how it is, elsewhere it was packed:
 *
 * <pre>
 * struct s { u32 a; u64 b; } __attribute__((packed, aligned(4)));     pointers of 4 bytes
 * struct s { u32 a; u64 b; } __attribute__((packed));                 pointers of 8 bytes
 * </pre>
 *
 * <p>The rule holds for bitfields as well if none crosses a boundary of its type. Members that overlap, which C does
 * not have, go into a union of packed structs that begin with a gap.
 *
 * <p><b>Cost.</b> Each struct and union is looked at once; members are listed again when they are written.
 */
final class ExactLayout {
    /** More lines of padding than that are not worth an unpacked struct. */
    private static final int MAX_PADDING = 16;

    private static final int MAX_ALIGN = 16;

    /** Widths of bitfields that fill gaps, in bits. */
    private static final int[] WIDTHS = {64, 32, 16, 8};

    /** For a struct that contains itself, which is not written. */
    private static final Plan WITHIN_ITSELF = new Plan(true, 0, 1, false, false, false);

    private final JoinedTypes types;
    private final TypeSizes sizes;
    private final Plan[] plans;

    /**
     * How a struct or union is written.
     *
     * @param isPacked whether it gets the attribute packed
     * @param align the alignment that it gets by an attribute, 0 for none
     * @param greatest the greatest alignment that a compiler may give it then
     * @param isOverlaid whether its members are written one over the other
     * @param isPadded whether a union needs a member to be as large as it is
     * @param isExact whether it can be written at all: members do not end behind the struct
     */
    record Plan(boolean isPacked, int align, int greatest, boolean isOverlaid, boolean isPadded, boolean isExact) {}

    ExactLayout(JoinedTypes types, TypeSizes sizes) {
        this.types = types;
        this.sizes = sizes;
        this.plans = new Plan[types.typeCount()];
    }

    Plan plan(int typeId) {
        if (plans[typeId] == null) {
            plans[typeId] = WITHIN_ITSELF;
            plans[typeId] = make(typeId);
        }
        return plans[typeId];
    }

    private Plan make(int typeId) {
        boolean isUnion = types.kind(typeId) == BtfKind.UNION;
        long size = Words.unsigned(types.sizeOrType(typeId));
        int greatest = 1;
        boolean fits = true;
        boolean isOverlaid = false;
        long end = 0;
        List<ExactMember> members = members(typeId);
        for (ExactMember member : members) {
            int align = member.bits() != 0 ? ExactScalars.align((int) member.size()) : greatestAlign(member.typeId());
            greatest = Math.max(greatest, align);
            long unit = 8L * align;
            fits &= member.bits() == 0
                    ? member.offset() % unit == 0
                    : member.offset() / unit == (member.offset() + member.bits() - 1) / unit;
            isOverlaid |= isUnion ? member.offset() != 0 : member.offset() < end;
            end = Math.max(end, member.end());
        }
        boolean isExact = end <= size * 8;
        long natural = (end + 7) / 8;
        int allowed = allowedAlign(typeId, size);
        if (isOverlaid) {
            return new Plan(true, 0, 1, true, false, isExact);
        }
        if (!isUnion) {
            boolean isPacked = !fits || size % greatest != 0 || paddings(members, size, greatest) > MAX_PADDING;
            return isPacked
                    ? new Plan(true, allowed > 1 ? allowed : 0, allowed, false, false, isExact)
                    : new Plan(false, 0, greatest, false, false, isExact);
        }
        if (natural == size && fits && size % greatest == 0) {
            return new Plan(false, 0, greatest, false, false, isExact);
        }
        return unionPlan(natural, size, fits ? greatest : 1, allowed, isExact);
    }

    /** A union that is smaller or larger than its members make it. */
    private static Plan unionPlan(long natural, long size, int greatest, int allowed, boolean isExact) {
        boolean isPacked = size % greatest != 0;
        int least = isPacked ? allowed : greatest;
        if (natural == size) {
            return new Plan(true, allowed > 1 ? allowed : 0, allowed, false, false, isExact);
        }
        // Alignment makes it larger where it was that before; a struct of bitfields does in any case.
        for (int align = least; natural != 0 && align <= size; align *= 2) {
            if ((natural + align - 1) / align * align == size) {
                return new Plan(isPacked, align, align, false, false, isExact);
            }
        }
        return new Plan(isPacked, isPacked && allowed > 1 ? allowed : 0, least, false, true, isExact);
    }

    /** The alignment in bytes that offsets and size of a packed struct or union allow, as its machine aligns. */
    private int allowedAlign(int typeId, long size) {
        int align = Math.max(1, Integer.lowestOneBit(sizes.alignOr0(typeId)));
        return size % align == 0 ? align : 1;
    }

    private int greatestAlign(int typeId) {
        int id = typeId;
        while (true) {
            switch (types.kind(id)) {
                case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> id = types.sizeOrType(id);
                case ARRAY -> id = types.elementType(id);
                case INT, FLOAT, ENUM, ENUM64 -> {
                    return ExactScalars.align(types.sizeOrType(id));
                }
                case PTR -> {
                    return sizes.pointerSize();
                }
                case STRUCT, UNION -> {
                    return plan(id).greatest();
                }
                case VOID, FWD, FUNC, FUNC_PROTO, VAR, DATASEC, DECL_TAG -> {
                    return MAX_ALIGN;
                }
            }
        }
    }

    private static int paddings(List<ExactMember> members, long size, int align) {
        int[] count = {0};
        long at = 0;
        for (ExactMember member : members) {
            pad(at, member.offset(), align * 8, false, (width, bits) -> count[0]++);
            at = member.end();
        }
        pad(at, size * 8, align * 8, false, (width, bits) -> count[0]++);
        return count[0];
    }

    /**
     * Fills a gap with bitfields.
     *
     * @param from first bit
     * @param to first bit after it
     * @param widest greatest width of a bitfield's type
     * @param isPacked whether bitfields may be anywhere, or else none crosses a boundary of its type
     */
    static void pad(long from, long to, int widest, boolean isPacked, CPadding.Padding padding) {
        long at = from;
        while (at < to) {
            long bits = Math.min(8 - at % 8, to - at);
            int width = 8;
            if (bits == 8) {
                for (int wider : WIDTHS) {
                    if (wider <= widest && at + wider <= to && (isPacked || at % wider == 0)) {
                        width = wider;
                        bits = wider;
                        break;
                    }
                }
            }
            padding.put(width, bits);
            at += bits;
        }
    }

    /** The members to write, by offset; those that have no name or no size, and hold no place, are not among them. */
    List<ExactMember> members(int typeId) {
        BtfKind kind = types.kind(typeId);
        int[] words = types.words();
        boolean kflag = types.kflag(typeId);
        int vlen = types.vlen(typeId);
        List<ExactMember> members = new ArrayList<>(vlen);
        boolean isSorted = true;
        int at = types.elementsAt(typeId, kind);
        for (int i = 0; i < vlen; i++, at += kind.elementWords()) {
            long offset = Words.unsigned(Words.offsetBits(words[at + 2], kflag));
            int bits = Words.bitfieldSize(words[at + 2], kflag);
            ExactMember member = member(words[at], words[at + 1], offset, bits, kflag);
            if (member != null) {
                isSorted &= members.isEmpty() || members.get(members.size() - 1).offset() <= member.offset();
                members.add(member);
            }
        }
        if (!isSorted && kind == BtfKind.STRUCT) {
            members.sort(Comparator.comparingLong(ExactMember::offset));
        }
        return members;
    }

    private ExactMember member(int nameOff, int typeId, long offset, int bits, boolean kflag) {
        long size = sizes.sizeOrMinus1(typeId);
        if (size < 0) {
            return null;
        }
        int id = resolve(typeId);
        BtfKind kind = types.kind(id);
        if (nameOff == 0) {
            boolean isInPlace = bits == 0 && KindSet.COMPOSITES.has(kind) && (size != 0 || types.vlen(id) != 0);
            return isInPlace ? new ExactMember(0, id, offset, 0, size) : null;
        }
        if (kind == BtfKind.INT && !kflag) {
            // As compilers wrote bitfields before there was a flag for them: an INT with fewer bits than bytes.
            if (isOldBitfield(types, id)) {
                int data = types.intData(id);
                return new ExactMember(
                        nameOff, typeId, offset + (Words.intOffsetBits(data)), Words.intBits(data), size);
            }
        }
        return new ExactMember(nameOff, typeId, offset, bits, size);
    }

    /** Whether an INT has fewer bits than its bytes, for no other reason than to be a bitfield. */
    static boolean isOldBitfield(JoinedTypes types, int intId) {
        int data = types.intData(intId);
        int bits = Words.intBits(data);
        boolean isBool = (Words.intEncoding(data) & Words.INT_BOOL) != 0;
        boolean isShifted = Words.intOffsetBits(data) != 0;
        return bits != 0 && (isShifted || !isBool && bits < Words.unsigned(types.sizeOrType(intId)) * 8);
    }

    /** What a type is behind typedefs and modifiers. */
    int resolve(int typeId) {
        int id = typeId;
        while (true) {
            switch (types.kind(id)) {
                case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> id = types.sizeOrType(id);
                default -> {
                    return id;
                }
            }
        }
    }
}
