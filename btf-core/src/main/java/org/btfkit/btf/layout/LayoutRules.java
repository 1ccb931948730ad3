package org.btfkit.btf.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.layout.StructLayout.Member;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;

/**
 * Finds out what BTF does not say: alignments, storage units of bitfields, holes, and which structs are packed.
 *
 * <p>Layouts are made once per type. {@link #isPacked} and {@link #lookInto} remember: a struct may turn out to be
 * packed only by the place where it is used, so that what is printed first can decide. pahole's results depend on the
 * order in the same way.
 */
final class LayoutRules {
    private static final KindSet SCALARS = KindSet.ENUMS.with(BtfKind.INT, BtfKind.FLOAT);

    private final TypeSizes sizes;
    private final Btf btf;
    private final FlatTypes types;
    private final int cacheLineBytes;
    private final FlexibleArrays flexibleArrays;
    private final Map<Integer, StructLayout> layouts = new HashMap<>();
    private final Map<Integer, Integer> alignments = new HashMap<>();
    private final Set<Integer> lookedInto = new HashSet<>();
    private final Set<Integer> packed = new HashSet<>();

    LayoutRules(TypeSizes sizes, int cacheLineBytes) {
        if (cacheLineBytes <= 0 || Integer.bitCount(cacheLineBytes) != 1) {
            throw new IllegalArgumentException("cache line of " + cacheLineBytes + " bytes, expected a power of two");
        }
        this.sizes = sizes;
        this.btf = sizes.btf();
        this.types = FlatAccess.of(btf);
        this.cacheLineBytes = cacheLineBytes;
        this.flexibleArrays = new FlexibleArrays(btf);
    }

    TypeSizes sizes() {
        return sizes;
    }

    int cacheLineBytes() {
        return cacheLineBytes;
    }

    FlexibleArrays flexibleArrays() {
        return flexibleArrays;
    }

    /** Whether a type is a struct, or was declared to be one. */
    boolean isStruct(int typeId) {
        BtfKind kind = btf.kind(typeId);
        return kind == BtfKind.STRUCT || kind == BtfKind.FWD && !btf.kflag(typeId);
    }

    /** Whether a type is a union, or was declared to be one. */
    boolean isUnion(int typeId) {
        BtfKind kind = btf.kind(typeId);
        return kind == BtfKind.UNION || kind == BtfKind.FWD && btf.kflag(typeId);
    }

    private boolean isComposite(int typeId) {
        return types.is(typeId, KindSet.COMPOSITES);
    }

    /** The layout of a struct or union; of a forward declaration, that of one without members. */
    StructLayout layout(int typeId) {
        StructLayout layout = layouts.get(typeId);
        if (layout == null) {
            if (!isStruct(typeId) && !isUnion(typeId)) {
                throw new IllegalArgumentException(types.describe(typeId) + " is neither struct nor union");
            }
            layout = make(typeId);
            layouts.put(typeId, layout);
        }
        return layout;
    }

    private StructLayout make(int typeId) {
        boolean isComposite = isComposite(typeId);
        int natural = naturalAlignment(typeId);
        long size = isComposite ? Integer.toUnsignedLong(btf.sizeOrType(typeId)) : 0;
        List<Member> members = new ArrayList<>();
        long end = 0;
        for (int i = 0; isComposite && i < btf.vlen(typeId); i++) {
            Member member = member(typeId, i, end);
            members.add(member);
            if (member.sizeBytes() != 0) {
                end = endOf(member);
            }
        }
        int forced = forcedAlignment(size, natural, end);
        Holes holes = new Holes(size);
        if (!isUnion(typeId)) {
            holes.find(members);
        }
        return new StructLayout(
                typeId,
                isUnion(typeId),
                btf.name(typeId),
                size,
                List.copyOf(members),
                holes.beforeBytes,
                holes.beforeBits,
                holes.paddingBytes,
                holes.paddingBits,
                natural,
                forced);
    }

    /** The first byte behind a member; of a bitfield, behind its own bits, as others may use the rest of its unit. */
    private static long endOf(Member member) {
        return member.isBitfield()
                ? (member.offsetBits() + member.bitfieldSize() + 7) / 8
                : member.offsetBytes() + member.sizeBytes();
    }

    private Member member(int structId, int index, long previousEnd) {
        int declared = types.memberType(structId, index);
        long offsetBits = types.memberOffsetBits(structId, index);
        int bits = types.bitfieldSize(structId, index);
        int typeId = TypeQueries.resolve(btf, declared);
        BtfKind kind = btf.kind(typeId);
        if (!types.kflag(structId) && kind == BtfKind.INT && types.isBitfield(typeId)) {
            // Without kflag a bitfield's own INT tells its bits, and where they begin.
            bits = Words.intBits(types.intData(typeId));
            offsetBits += Words.intOffsetBits(types.intData(typeId));
        }
        long size = sizeOf(typeId);
        long offset = offsetBits / 8;
        if (bits != 0 && SCALARS.has(kind) && size != 0) {
            // The compiler has a bitfield in an aligned unit of its type, however the struct is packed.
            offset = offsetBits / (8 * size) * size;
        }
        int forced = forcedAlignment(offset, naturalAlignment(typeId), previousEnd);
        return new Member(types.memberName(structId, index), declared, offsetBits, offset, size, bits, 0, 0, forced);
    }

    /** The size of a type that is no typedef or modifier; 0 for what has none. */
    private long sizeOf(int typeId) {
        BtfKind kind = btf.kind(typeId);
        if (kind == null) {
            return 0;
        }
        return switch (kind) {
            case VOID, FWD, FUNC, FUNC_PROTO -> 0;
            case ENUM -> btf.sizeOrType(typeId) == 0 ? 4 : sizes.sizeOf(typeId);
            default -> sizes.sizeOf(typeId);
        };
    }

    /**
     * The alignment that a type has by what is in it, in bytes: never less than 1. Other than
     * {@link TypeSizes#alignOf}, this takes no struct as packed.
     */
    int naturalAlignment(int typeId) {
        return naturalAlignment(typeId, 0);
    }

    private int naturalAlignment(int typeId, int nesting) {
        BtfKind kind = btf.kind(typeId);
        if (kind == BtfKind.ARRAY) {
            if (nesting > TypeSizes.MAX_NESTING) {
                throw TypeFaults.tooDeep(types, typeId);
            }
            return naturalAlignment(TypeQueries.resolve(btf, types.elementType(typeId)), nesting + 1);
        }
        if (kind == BtfKind.PTR) {
            return sizes.pointerSize();
        }
        if (!isComposite(typeId)) {
            return (int) Math.max(1, Math.min(sizeOf(typeId), 1 << 16));
        }
        Integer known = alignments.get(typeId);
        if (known != null) {
            return known;
        }
        if (nesting > TypeSizes.MAX_NESTING) {
            throw TypeFaults.tooDeep(types, typeId);
        }
        int largest = 1;
        for (int i = 0; i < btf.vlen(typeId); i++) {
            int memberId = TypeQueries.resolve(btf, types.memberType(typeId, i));
            largest = Math.max(largest, naturalAlignment(memberId, nesting + 1));
        }
        alignments.put(typeId, largest);
        return largest;
    }

    /**
     * The alignment that explains why something begins at an offset (or why a struct ends there), when all before it
     * ends at another: the smallest power of two that is larger than the gap. 0 if the natural alignment is enough, or
     * there is no explanation. A cache line is taken for it if that fits as well, as the likelier intention.
     */
    private int forcedAlignment(long offset, int natural, long previousEnd) {
        long gap = offset - previousEnd;
        if (gap <= 0 || gap >= 1 << 30 || offset % 2 != 0) {
            return 0;
        }
        int alignment = (int) Long.highestOneBit(gap) << 1;
        if (alignment <= natural) {
            return 0;
        }
        return alignment < cacheLineBytes && offset % cacheLineBytes == 0 ? cacheLineBytes : alignment;
    }

    /** Whether a struct that was looked into, or is used in one that was, must have been declared packed. */
    boolean isPacked(int typeId) {
        return packed.contains(typeId);
    }

    /** Finds out whether a struct is packed, and which structs in it are; a union shows the latter only. */
    void lookInto(int typeId) {
        if (!lookedInto.add(typeId)) {
            return;
        }
        StructLayout layout = layout(typeId);
        if (layout.isUnion()) {
            markPacked(layout, (member, alignment) -> layout.sizeBytes() % alignment != 0);
        } else if (layout.paddingBytes() != 0 || layout.holes() != 0) {
            markPacked(layout, (member, alignment) -> member.offsetBytes() % alignment != 0);
        } else if (mustBePacked(layout)) {
            packed.add(typeId);
        }
    }

    /** Decides for a member whose type is a struct of some natural alignment. */
    private interface Misfit {
        boolean test(Member member, int alignment);
    }

    private void markPacked(StructLayout layout, Misfit misfit) {
        for (Member member : layout.members()) {
            int typeId = TypeQueries.resolve(btf, member.typeId());
            if (isStruct(typeId) && misfit.test(member, naturalAlignment(typeId))) {
                packed.add(typeId);
                lookedInto.add(typeId);
            }
        }
    }

    /** Without holes, a struct is packed if a member or the end is not where its alignment would put it. */
    private boolean mustBePacked(StructLayout layout) {
        int largest = 1;
        for (Member member : layout.members()) {
            int alignment = naturalAlignment(TypeQueries.resolve(btf, member.typeId()));
            if (member.offsetBytes() % alignment != 0) {
                return true;
            }
            largest = Math.max(largest, alignment);
        }
        return layout.sizeBytes() % largest != 0;
    }
}
