package org.btfkit.btf.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * The structs and unions around one, with the members by which they hang together: for drawing.
 *
 * <p>The nodes are found breadth first, along members that are of a struct or point to one; members of structs without
 * a name count as those of the struct around them. Types that half the kernel uses, such as {@code list_head}, would
 * hide everything else: those with more users than {@link Options#commonHolders} are not gone into, and neither is what
 * is farther away than {@link Options#depth}.
 *
 * <p>Costs two passes over all types, and one over the members of the nodes. Immutable; safe for use by several
 * threads.
 *
 * @param nodes the types; the first is where the graph begins, the others follow by distance
 * @param isCut whether there are more types within the depth than {@link Options#maxNodes}
 */
public record StructGraph(List<Node> nodes, boolean isCut) {
    private static final KindSet LOOKED_THROUGH = KindSet.TYPEDEFS_AND_MODIFIERS.with(BtfKind.ARRAY, BtfKind.PTR);

    /**
     * How much to show.
     *
     * @param depth how many members lead from the first node to the farthest, 0 or more
     * @param commonHolders types that more structs than this have in them are not gone into
     * @param maxNodes how many nodes there may be, at least 1
     */
    public record Options(int depth, int commonHolders, int maxNodes) {
        /** Two members deep, without what more than 50 structs contain, and not more than fits on a screen. */
        public static final Options DEFAULT = new Options(2, 50, 40);

        /**
         * {@return these options with another depth}
         *
         * @param newDepth how many members deep, at least 1
         */
        public Options withDepth(int newDepth) {
            return new Options(newDepth, commonHolders, maxNodes);
        }

        /**
         * {@return these options with another bound for common types}
         *
         * @param newCommonHolders how many structs may contain a type that is shown
         */
        public Options withCommonHolders(int newCommonHolders) {
            return new Options(depth, newCommonHolders, maxNodes);
        }

        /**
         * {@return these options with another number of nodes}
         *
         * @param newMaxNodes how many nodes there may be, at least 1
         */
        public Options withMaxNodes(int newMaxNodes) {
            return new Options(depth, commonHolders, newMaxNodes);
        }
    }

    /**
     * A struct or union.
     *
     * @param typeId its type id
     * @param name its name; that of a typedef if it has none of its own; empty if it has neither
     * @param distance how many members lead to it
     * @param links its members that lead to structs, in order
     */
    public record Node(int typeId, String name, int distance, List<Link> links) {}

    /**
     * A member that leads to a struct or union.
     *
     * @param path its name, with those of members of structs without a name before it
     * @param offsetBits where it begins, in bits from the start of the node
     * @param targetId id of the struct or union
     * @param targetName name of that, as in {@link Node}
     * @param isPointer whether it points there, rather than being it
     * @param target index of the node that it leads to, -1 if that is not shown
     */
    public record Link(String path, long offsetBits, int targetId, String targetName, boolean isPointer, int target) {}

    /**
     * Collects the graph around a type.
     *
     * @param btf the BTF
     * @param typeId type id of a struct or union, or of a typedef of one
     * @param options how much to show
     * @return the graph
     * @throws BtfException if the type is something else
     */
    public static StructGraph of(Btf btf, int typeId, Options options) {
        return new Walk(btf, options).from(typeId);
    }

    /** A node that is found, and whose members are still to be looked at. */
    private record Place(int typeId, String name, int distance) {}

    private static final class Walk {
        private final Btf btf;
        private final FlatTypes types;
        private final References references;
        private final Options options;
        private final List<Place> places = new ArrayList<>();
        private final Map<Integer, Integer> indexes = new HashMap<>();
        private boolean isCut;

        Walk(Btf btf, Options options) {
            this.btf = btf;
            this.types = FlatAccess.of(btf);
            this.references = References.of(btf);
            this.options = options;
        }

        StructGraph from(int typeId) {
            Link root = follow(typeId, "", 0);
            if (root == null || root.isPointer) {
                throw new BtfException(
                        btf.source() + ": " + types.describe(typeId) + ": expected a struct, union, or typedef of one");
            }
            add(new Place(root.targetId, root.targetName, 0));
            List<List<Link>> links = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                List<Link> found = new ArrayList<>();
                members(places.get(i).typeId, "", 0, 0, found);
                for (Link link : found) {
                    if (places.get(i).distance < options.depth) {
                        visit(link, places.get(i).distance + 1);
                    }
                }
                links.add(found);
            }
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                Place place = places.get(i);
                List<Link> shown = links.get(i).stream().map(this::withTarget).toList();
                nodes.add(new Node(place.typeId, place.name, place.distance, shown));
            }
            return new StructGraph(List.copyOf(nodes), isCut);
        }

        private Link withTarget(Link link) {
            int target = indexes.getOrDefault(link.targetId, -1);
            return new Link(link.path, link.offsetBits, link.targetId, link.targetName, link.isPointer, target);
        }

        private void visit(Link link, int distance) {
            if (indexes.containsKey(link.targetId)
                    || types.vlen(link.targetId) == 0
                    || holders(link.targetId, 0) > options.commonHolders) {
                return;
            }
            if (places.size() == options.maxNodes) {
                isCut = true;
            } else {
                add(new Place(link.targetId, link.targetName, distance));
            }
        }

        private void add(Place place) {
            indexes.put(place.typeId, places.size());
            places.add(place);
        }

        /** How many structs and unions have a type in them, behind typedefs, qualifiers and arrays. */
        private int holders(int typeId, int depth) {
            int holders = 0;
            for (int user : references.to(typeId)) {
                BtfKind kind = types.kind(user);
                if (KindSet.COMPOSITES.has(kind)) {
                    holders++;
                } else if (kind != BtfKind.PTR && LOOKED_THROUGH.has(kind) && depth < TypeQueries.MAX_DEPTH) {
                    holders += holders(user, depth + 1);
                }
            }
            return holders;
        }

        private void members(int compositeId, String prefix, long start, int depth, List<Link> found) {
            for (int i = 0; i < types.vlen(compositeId); i++) {
                String name = types.memberName(compositeId, i);
                long offset = start + types.memberOffsetBits(compositeId, i);
                Link link = follow(types.memberType(compositeId, i), prefix + name, offset);
                if (link == null) {
                    continue;
                }
                if (link.targetName.isEmpty() && !link.isPointer) {
                    if (depth < TypeSizes.MAX_NESTING) {
                        members(link.targetId, name.isEmpty() ? prefix : prefix + name + ".", offset, depth + 1, found);
                    }
                } else {
                    found.add(link);
                }
            }
        }

        /** Goes through pointers, typedefs and the like to a struct or union; null if there is none at the end. */
        private Link follow(int typeId, String path, long offset) {
            int at = typeId;
            boolean isPointer = false;
            String name = "";
            for (int depth = 0; depth <= TypeQueries.MAX_DEPTH; depth++) {
                BtfKind kind = types.kind(at);
                if (KindSet.COMPOSITES.has(kind)) {
                    return new Link(path, offset, at, types.nameOff(at) == 0 ? name : types.name(at), isPointer, -1);
                }
                if (!LOOKED_THROUGH.has(kind)) {
                    return null;
                }
                name = kind == BtfKind.TYPEDEF ? types.name(at) : name;
                isPointer |= kind == BtfKind.PTR;
                at = kind == BtfKind.ARRAY ? types.elementType(at) : types.sizeOrType(at);
            }
            return null;
        }
    }
}
