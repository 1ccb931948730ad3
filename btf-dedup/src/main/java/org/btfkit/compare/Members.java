package org.btfkit.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * The members of a struct or union as who writes {@code a.b.c} sees them: those of members without a name beside the
 * others, and those of members whose type has no name by their path.
 *
 * <p>Cost: linear in the members listed, of which there are at most {@value #MAX_MEMBERS}: types without a name could
 * be nested to give as many as one likes.
 */
final class Members {
    private static final int MAX_MEMBERS = 1 << 20;

    private final Variants side;
    private final JoinedTypes types;
    private final int rootId;
    private final List<Member> found = new ArrayList<>();
    private final Map<String, Integer> times = new HashMap<>();

    /**
     * A member.
     *
     * @param typeId its type
     * @param reference what that is, as a number; of a type without a name that is listed itself, 0
     * @param isTwin whether it is a member of a group, as the kernel's {@code struct_group} makes them, and so listed
     *     without the group's name as well
     */
    record Member(String path, int typeId, long offsetBits, int bits, int reference, boolean isTwin) {}

    private Members(Variants side, int rootId) {
        this.side = side;
        this.types = side.signatures.types();
        this.rootId = rootId;
    }

    /**
     * Lists members in the order of their declaration.
     *
     * @param compositeId id of a STRUCT or UNION
     * @return each with a path of its own: one that is there more than once, which C does not allow, has its number
     *     behind it
     */
    static List<Member> of(Variants side, int compositeId) {
        Members members = new Members(side, compositeId);
        members.add(compositeId, "", 0, 0, false);
        return members.found;
    }

    private void add(int compositeId, String prefix, long offsetBits, int depth, boolean isTwin) {
        if (depth > Limits.MAX_NESTING) {
            throw TypeFaults.tooDeep(types.flat(), rootId);
        }
        FlatTypes flat = types.flat();
        boolean kflag = types.kflag(compositeId);
        for (int i = 0; i < types.vlen(compositeId); i++) {
            String name = flat.memberName(compositeId, i);
            int typeId = flat.memberType(compositeId, i);
            long place = Bitfields.place(types, typeId, flat.memberOffset(compositeId, i), kflag);
            long offset = offsetBits + Words.unsigned(Bitfields.offsetBits(place));
            int innerId = nameless(typeId);
            boolean isOpen = innerId != 0 && Bitfields.bits(place) == 0;
            boolean isArray = isOpen && types.kind(withoutModifiers(typeId)) == BtfKind.ARRAY;
            if (!isOpen || !name.isEmpty() || isArray) {
                int reference = isOpen ? 0 : side.signatures.reference(typeId);
                put(new Member(unique(prefix + name), typeId, offset, Bitfields.bits(place), reference, isTwin));
            }
            if (isArray) {
                add(innerId, prefix + name + "[].", 0, depth + 1, isTwin);
            } else if (isOpen) {
                boolean isGroup = !name.isEmpty() && isGroup(compositeId, innerId);
                add(innerId, name.isEmpty() ? prefix : prefix + name + ".", offset, depth + 1, isTwin || isGroup);
            }
        }
    }

    /** Whether a union has a struct as one of its members without name too: as {@code struct_group} writes it. */
    private boolean isGroup(int compositeId, int structId) {
        if (types.kind(compositeId) != BtfKind.UNION) {
            return false;
        }
        FlatTypes flat = types.flat();
        for (int i = 0; i < types.vlen(compositeId); i++) {
            int typeId = flat.memberType(compositeId, i);
            if (flat.memberNameOff(compositeId, i) == 0
                    && types.kind(typeId) == BtfKind.STRUCT
                    && side.signatures.reference(typeId) == side.signatures.reference(structId)) {
                return true;
            }
        }
        return false;
    }

    private void put(Member member) {
        if (found.size() == MAX_MEMBERS) {
            throw new BtfException(side.btf.source() + ": " + types.describe(rootId) + ": more than " + MAX_MEMBERS
                    + " members, with those of members without a name");
        }
        found.add(member);
    }

    private String unique(String path) {
        int time = times.merge(path, 1, Integer::sum);
        return time == 1 ? path : path + "#" + time;
    }

    private int withoutModifiers(int typeId) {
        int id = typeId;
        for (int steps = 0; steps < Limits.MAX_NESTING && types.flat().is(id, KindSet.MODIFIERS); steps++) {
            id = types.sizeOrType(id);
        }
        return id;
    }

    /** The struct or union without a name that a member has within it, perhaps several times; 0 if it has none. */
    private int nameless(int typeId) {
        int id = typeId;
        for (int steps = 0; steps < Limits.MAX_NESTING; steps++) {
            BtfKind kind = types.kind(id);
            if (kind == BtfKind.ARRAY) {
                id = types.elementType(id);
            } else if (KindSet.MODIFIERS.has(kind)) {
                id = types.sizeOrType(id);
            } else {
                boolean isNameless = KindSet.COMPOSITES.has(kind) && types.nameOff(id) == 0;
                return isNameless && types.vlen(id) > 0 ? id : 0;
            }
        }
        return 0;
    }

    /** The place of a member, with its type in words. */
    static Place place(Variants side, Member member) {
        String type = side.text.type(member.typeId);
        long size = side.sizes.sizeOrMinus1(member.typeId);
        return new Place(member.path, member.offsetBits, member.bits, size, type);
    }
}
