package org.btfkit.btf.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * A way from a struct or union to one of its members, as C writes it: {@code se.vruntime}, {@code a[3].b}.
 *
 * <p>The grammar:
 *
 * <pre>
 * path    = step { "." step }
 * step    = name { "[" index "]" }
 * index   = decimal number
 * </pre>
 *
 * <p>A name may be that of a member of an anonymous struct or union. Typedefs and modifiers are looked through,
 * pointers are not. An index into an array without a count (a flexible array) may be any; others must be below the
 * count.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class MemberPath {
    /** How many names are given that somebody may have meant who asks for a member that is not there. */
    private static final int NEAREST = 3;

    /**
     * What a path leads to.
     *
     * @param typeId the type of the member as it is declared, with its typedefs and modifiers
     * @param offsetBits where the member begins, in bits from the start of the type that the path starts at
     * @param bitfieldSize the size in bits if the member is a bitfield, else 0
     */
    public record Target(int typeId, long offsetBits, int bitfieldSize) {}

    private record Step(String name, List<Long> indexes) {}

    private final String path;
    private final List<Step> steps;

    private MemberPath(String path, List<Step> steps) {
        this.path = path;
        this.steps = steps;
    }

    /**
     * Parses a path.
     *
     * @param path the path
     * @return the parsed path
     * @throws IllegalArgumentException if it does not follow the grammar
     */
    public static MemberPath parse(String path) {
        List<Step> steps = new ArrayList<>();
        for (String part : path.split("\\.", -1)) {
            int bracket = part.indexOf('[');
            String name = bracket < 0 ? part : part.substring(0, bracket);
            if (name.isEmpty() || name.indexOf(']') >= 0) {
                throw syntax(path);
            }
            steps.add(new Step(name, indexes(path, part.substring(name.length()))));
        }
        return new MemberPath(path, steps);
    }

    private static List<Long> indexes(String path, String text) {
        List<Long> indexes = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf(']', at);
            // Ten digits hold every count that an array can have.
            if (text.charAt(at) != '[' || end <= at + 1 || end > at + 11) {
                throw syntax(path);
            }
            for (int i = at + 1; i < end; i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    throw syntax(path);
                }
            }
            indexes.add(Long.parseLong(text.substring(at + 1, end)));
            at = end + 1;
        }
        return indexes;
    }

    private static IllegalArgumentException syntax(String path) {
        return new IllegalArgumentException("member path '" + path + "', expected such as task_struct.se.vruntime");
    }

    /**
     * Follows a path that begins with the name of a struct, union or typedef: {@code task_struct.se.vruntime}.
     *
     * @param sizes the BTF to look in, and its pointer size
     * @param path the path; a struct is looked for first, then a union, then a typedef
     * @return what it leads to; the type itself, at offset 0, if the path is a name only
     * @throws IllegalArgumentException if the path does not follow the grammar
     * @throws BtfException if there is no such type or member
     */
    public static Target find(TypeSizes sizes, String path) {
        MemberPath whole = parse(path);
        Btf btf = sizes.btf();
        Step first = whole.steps.get(0);
        int root = btf.find(BtfKind.STRUCT, first.name);
        root = root != 0 ? root : btf.find(BtfKind.UNION, first.name);
        root = root != 0 ? root : btf.find(BtfKind.TYPEDEF, first.name);
        if (root == 0) {
            throw new BtfException(btf.source() + ": no struct, union or typedef '" + first.name + "'");
        }
        Target start = whole.index(sizes, new Target(root, 0, 0), first.indexes);
        return whole.follow(sizes, start, 1);
    }

    /**
     * Follows the path.
     *
     * <p>Takes time linear in the number of members of the types on the way, and of the anonymous types in them.
     *
     * @param sizes the BTF to look in, and its pointer size
     * @param typeId the type to start from: a struct or union, perhaps behind typedefs and modifiers
     * @return what it leads to
     * @throws BtfException if there is no such member, or the BTF is damaged
     */
    public Target follow(TypeSizes sizes, int typeId) {
        return follow(sizes, new Target(typeId, 0, 0), 0);
    }

    private Target follow(TypeSizes sizes, Target start, int firstStep) {
        Target at = start;
        for (Step step : steps.subList(firstStep, steps.size())) {
            at = index(sizes, member(sizes.btf(), at, step.name), step.indexes);
        }
        return at;
    }

    private Target index(TypeSizes sizes, Target array, List<Long> indexes) {
        Btf btf = sizes.btf();
        FlatTypes types = FlatAccess.of(btf);
        Target at = array;
        for (long index : indexes) {
            int typeId = TypeQueries.resolve(btf, at.typeId);
            if (btf.kind(typeId) != BtfKind.ARRAY) {
                throw fault(btf, "[" + index + "] of " + btf.describe(typeId) + ", expected an array");
            }
            long count = types.elementCount(typeId);
            if (count != 0 && index >= count) {
                throw fault(btf, "[" + index + "] of " + btf.describe(typeId) + " of " + count + " elements");
            }
            int elementId = types.elementType(typeId);
            // Both factors have 32 bits at most, and so has every offset before.
            long offset = Math.addExact(at.offsetBits, Math.multiplyExact(index, 8 * sizes.sizeOf(elementId)));
            at = new Target(elementId, offset, 0);
        }
        return at;
    }

    /** A struct or union that is looked through, and where it begins. */
    private record Place(int typeId, long offsetBits) {}

    private Target member(Btf btf, Target from, String name) {
        FlatTypes types = FlatAccess.of(btf);
        int rootId = composite(btf, from.typeId, name);
        Deque<Place> pending = new ArrayDeque<>();
        BitSet seen = new BitSet();
        List<String> others = new ArrayList<>();
        pending.add(new Place(rootId, from.offsetBits));
        seen.set(rootId);
        while (!pending.isEmpty()) {
            Place place = pending.remove();
            for (int i = 0; i < types.vlen(place.typeId); i++) {
                String memberName = types.memberName(place.typeId, i);
                int typeId = types.memberType(place.typeId, i);
                long offset = place.offsetBits + types.memberOffsetBits(place.typeId, i);
                if (memberName.isEmpty()) {
                    int innerId = TypeQueries.resolve(btf, typeId);
                    if (isComposite(btf, innerId) && !seen.get(innerId)) {
                        seen.set(innerId);
                        pending.add(new Place(innerId, offset));
                    }
                } else if (memberName.equals(name)) {
                    return types.kflag(place.typeId)
                            ? new Target(typeId, offset, types.bitfieldSize(place.typeId, i))
                            : oldBitfield(btf, typeId, offset);
                }
                others.add(memberName);
            }
        }
        List<String> near = SimilarNames.among(others, name, NEAREST);
        String advice = near.isEmpty() ? "" : "; there is " + String.join(", ", near);
        throw fault(btf, btf.describe(rootId) + " has no member '" + name + "'" + advice);
    }

    /** Without kflag the INT tells whether a member is a bitfield, and where in its bytes. */
    private static Target oldBitfield(Btf btf, int typeId, long offset) {
        FlatTypes types = FlatAccess.of(btf);
        int intId = TypeQueries.resolve(btf, typeId);
        if (types.kind(intId) == BtfKind.INT && types.isBitfield(intId)) {
            int data = types.intData(intId);
            return new Target(typeId, offset + Words.intOffsetBits(data), Words.intBits(data));
        }
        return new Target(typeId, offset, 0);
    }

    private int composite(Btf btf, int typeId, String name) {
        int resolved = TypeQueries.resolve(btf, typeId);
        if (!isComposite(btf, resolved)) {
            String what = FlatAccess.of(btf).describeTarget(resolved);
            throw fault(btf, "member '" + name + "' of " + what + ", expected a struct or union");
        }
        return resolved;
    }

    private static boolean isComposite(Btf btf, int typeId) {
        return KindSet.COMPOSITES.hasInfo(btf.info(typeId));
    }

    private BtfException fault(Btf btf, String what) {
        return new BtfException(btf.source() + ": " + path + ": " + what);
    }

    @Override
    public String toString() {
        return path;
    }
}
