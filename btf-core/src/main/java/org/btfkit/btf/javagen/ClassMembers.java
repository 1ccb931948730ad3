package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * The members of one class: those of its struct or union, and in their places those of members without a name, whose
 * members are its own in C.
 */
final class ClassMembers {
    /** Methods that each class has. */
    private static final List<String> METHODS = List.of("sizeof", "asSlice", "allocate");

    /** A class file has room for about twice as many. */
    private static final int MAX_MEMBERS = 3000;

    private final Shapes shapes;
    private final FlatTypes types;
    private final JavaNames names;
    private final boolean isCaseInsensitive;
    private final Set<String> methods = new HashSet<>(METHODS);
    private final Set<String> nested;
    private final List<Member> all = new ArrayList<>();
    private final Group root;

    /** Something in a struct or union. */
    sealed interface Item permits Member, Group {}

    /**
     * A struct or union: that of the class, or one without a name in it.
     *
     * @param offsetBits where it begins in the struct of the class
     */
    record Group(int typeId, long offsetBits, List<Item> items) implements Item {}

    /**
     * A member that has a name.
     *
     * @param cName its name in C
     * @param name its name in Java
     * @param declaredId the type that it is declared to have
     * @param offsetBits where it begins in the struct of the class
     * @param bits its width if it is a bit field, else 0
     * @param nestedClass the class of its type within this class, if the type has no name; else null
     */
    record Member(String cName, String name, int declaredId, long offsetBits, int bits, Shape shape, String nestedClass)
            implements Item {
        long offsetBytes() {
            return offsetBits / Byte.SIZE;
        }
    }

    /**
     * Collects members.
     *
     * @param compositeId the struct or union
     * @param enclosing names of the class and of those around it
     * @throws BtfException if a member has no size, or ends past its struct, or there are too many
     */
    ClassMembers(Shapes shapes, JavaNames names, int compositeId, Set<String> enclosing, boolean isCaseInsensitive) {
        this.shapes = shapes;
        this.types = shapes.types();
        this.names = names;
        this.isCaseInsensitive = isCaseInsensitive;
        this.nested = new HashSet<>();
        enclosing.forEach(name -> nested.add(folded(name)));
        this.root = group(compositeId, 0);
    }

    Group root() {
        return root;
    }

    /** All that have a name, in their order. */
    List<Member> all() {
        return all;
    }

    private Group group(int typeId, long offsetBits) {
        List<Item> items = new ArrayList<>();
        Group group = new Group(typeId, offsetBits, items);
        for (int i = 0; i < types.vlen(typeId); i++) {
            int memberId = types.memberType(typeId, i);
            long at = offsetBits + types.memberOffsetBits(typeId, i);
            int plainId = shapes.resolve(memberId);
            if (types.memberNameOff(typeId, i) != 0) {
                Member member = member(typeId, i, at);
                items.add(member);
                all.add(member);
            } else if (types.is(plainId, KindSet.COMPOSITES)) {
                requireWithin(typeId, i, at - offsetBits, types.sizeBytes(plainId) * Byte.SIZE);
                items.add(group(plainId, at));
            }
        }
        if (all.size() > MAX_MEMBERS) {
            throw TypeFaults.at(
                    types,
                    typeId,
                    all.size() + " members, expected no more than " + MAX_MEMBERS + " for a class of Java");
        }
        return group;
    }

    private Member member(int typeId, int index, long offsetBits) {
        int memberId = types.memberType(typeId, index);
        String cName = types.memberName(typeId, index);
        Shape shape = shapes.of(memberId);
        int bits = types.bitfieldSize(typeId, index);
        long at = offsetBits;
        int plainId = shape.isArray() ? 0 : shape.typeId();
        if (bits == 0 && plainId != 0 && types.kind(plainId) == BtfKind.INT && types.isBitfield(plainId)) {
            bits = Words.intBits(types.intData(plainId));
            at += Words.intOffsetBits(types.intData(plainId));
        }
        boolean isNumber = switch (shape.sort()) {
            case NUMBER, ENUM, BOOL -> true;
            case REAL, GROUP, BYTES -> false;
        };
        if (bits != 0 && (!isNumber || shape.isArray() || bits > Long.SIZE)) {
            throw TypeFaults.at(
                    types,
                    typeId,
                    "member '" + cName + "': bit field of " + bits + " bits of " + types.describeTarget(memberId)
                            + ", expected one of an integer or enum");
        }
        if (bits == 0 && at % Byte.SIZE != 0) {
            throw TypeFaults.at(
                    types,
                    typeId,
                    "member '" + cName + "': at bit " + at % Byte.SIZE + " of a byte but no bit field, expected bit 0");
        }
        long length = bits != 0 ? bits : shape.totalBytes() * Byte.SIZE;
        requireWithin(typeId, index, types.memberOffsetBits(typeId, index), length);
        boolean isNameless = shape.sort() == Shape.Sort.GROUP || types.is(shape.typeId(), KindSet.ENUMS);
        String name = unique(methods, JavaNames.identifier(cName));
        String own = isNameless && names.of(shape.typeId()) == null ? unique(nested, "$" + name) : null;
        return new Member(cName, name, memberId, at, bits, shape, own);
    }

    private void requireWithin(int typeId, int index, long offsetBits, long lengthBits) {
        long end = (offsetBits + lengthBits + Byte.SIZE - 1) / Byte.SIZE;
        if (end > types.sizeBytes(typeId)) {
            throw TypeFaults.at(
                    types,
                    typeId,
                    "member " + index + " '" + types.memberName(typeId, index) + "' ends at byte " + end
                            + ", expected it within the " + types.sizeBytes(typeId) + " bytes");
        }
    }

    private String unique(Set<String> taken, String wanted) {
        String name = wanted;
        while (!taken.add(taken == nested ? folded(name) : name)) {
            name += "_";
        }
        return name;
    }

    private String folded(String name) {
        return isCaseInsensitive ? name.toLowerCase(Locale.ROOT) : name;
    }
}
