package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Compares two structs, unions or typedefs with all that can be reached from them.
 *
 * <p>Problem: types refer to each other in circles, and one compilation unit knows only by a forward declaration what
 * another one has in full. With
 *
 * <pre>
 * unit 1:  struct list { struct list *next; struct item *item; };  struct item;
 * unit 2:  struct list { struct list *next; struct item *item; };  struct item { int i; };
 * </pre>
 *
 * the two {@code list}s are equal if the types their members point to are; of which one is {@code list} again, and the
 * other one is {@code item} on this side and a declaration of it on that.
 *
 * <p>So both graphs are walked side by side, under a hypothesis that grows on the way: each type of the graph that is
 * canonical ({@code canon}) stands for exactly one of the other ({@code cand}). A type met again is equal if it stands
 * for the same type as before, else the graphs differ; but see {@link IdenticalTypes}. Types compared must agree in
 * everything but references, and a forward declaration agrees with a struct or union of its name. If the walk ends
 * without contradiction, the hypothesis is true, and {@link #merge} learns from it: forward declarations are mapped to
 * what they declare, and structs and unions within the graph to their canonical ones where those are known.
 *
 * <p>Forward declarations that have been resolved are followed in the canonical graph only. The other graph is one
 * unit's, so each of its types is one type; following from there into a second unit's would break that.
 *
 * <p>Against a base nothing of which may change, graphs that would be equal if a declaration of the base were resolved
 * are different. Only the declaration is mapped, so that others meet its struct; {@link #changesBase} tells.
 *
 * <p>Cost of a comparison: one step per reference in the canonical graph as far as not known to be equal before. The
 * walk is depth first, in the order of members, on a stack of its own. It is libbpf's {@code btf_dedup_is_equiv}.
 */
final class StructEquivalence {
    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final int[] words;
    private final int[] offsets;
    private final int[] map;
    private final StepBudget budget;
    private final IdenticalTypes identical;

    /** By canonical id: the type it stands for, 0 if it was not met. */
    private final int[] hypothesis;

    /** The ids that the hypothesis says something about. */
    private final IntList met = new IntList(1 << 10);

    /** Those among them that can be learned from. */
    private final IntList mergeable = new IntList(1 << 10);

    /** References to be compared: position of the next, distance to its counterpart, step, how many. */
    private final IntList pending = new IntList(1 << 10);

    private boolean changesBase;
    private long steps;

    StructEquivalence(TypeGraph graph, Canonicals canonicals) {
        this.graph = graph;
        this.canonicals = canonicals;
        this.words = graph.words;
        this.offsets = graph.offsets;
        this.map = canonicals.map;
        this.budget = new StepBudget(graph);
        this.identical = new IdenticalTypes(graph, budget);
        this.hypothesis = new int[graph.typeCount];
    }

    /** Tells whether the last comparison holds only if a forward declaration of the base is resolved. */
    boolean changesBase() {
        return changesBase;
    }

    /**
     * Compares two graphs.
     *
     * @param candId a struct, union or typedef
     * @param canonId a canonical one of the same shape
     * @return whether they are equivalent
     * @throws BtfException if they refer to a type of a kind that cannot be referred to there
     */
    boolean test(int candId, int canonId) {
        reset();
        boolean equal = visit(candId, canonId);
        steps = 1;
        while (equal && pending.size > 0) {
            int[] frames = pending.items;
            int top = pending.size - 4;
            int at = frames[top];
            int shift = frames[top + 1];
            if (--frames[top + 3] == 0) {
                pending.size = top;
            } else {
                frames[top] = at + frames[top + 2];
            }
            equal = visit(words[at], words[at + shift]);
            steps++;
        }
        budget.take(steps, candId);
        return equal;
    }

    private void reset() {
        for (int i = 0; i < met.size; i++) {
            hypothesis[met.items[i]] = 0;
        }
        met.size = 0;
        mergeable.size = 0;
        pending.size = 0;
        changesBase = false;
    }

    /**
     * Compares two types and what they refer to alone; what they refer to among others is left pending. False if they
     * differ.
     */
    private boolean visit(int firstCandId, int firstCanonId) {
        int candId = firstCandId;
        int canonId = firstCanonId;
        while (true) {
            int merged = map[candId];
            if (candId == canonId || merged != 0 && merged == map[canonId]) {
                return true;
            }
            int supposed = hypothesis[canonId];
            if (supposed == 0) {
                int resolvedCanon = canonicals.resolve(canonId);
                if (canonicals.resolve(candId) == resolvedCanon) {
                    return true;
                }
                if (candId == 0 || canonId == 0) {
                    return false;
                }
                if (resolvedCanon != canonId && isResolvedForward(canonId, resolvedCanon)) {
                    canonId = resolvedCanon;
                    supposed = hypothesis[canonId];
                }
            }
            if (supposed != 0) {
                return supposed == candId || isKnown(candId, canonId) || identical.test(supposed, candId);
            }
            int candAt = offsets[candId - 1];
            int canonAt = offsets[canonId - 1];
            if (words[candAt] != words[canonAt]) {
                return false;
            }
            hypothesis[canonId] = candId;
            met.add(canonId);
            int info = words[candAt + 1];
            if (info != words[canonAt + 1]) {
                return compareUnlike(candId, info, canonId, words[canonAt + 1]);
            }
            if (!KindRole.isChain(info)) {
                return compare(candId, candAt, canonId, canonAt);
            }
            candId = words[candAt + 2];
            canonId = words[canonAt + 2];
            steps++;
        }
    }

    private boolean isKnown(int candId, int canonId) {
        return canonicals.resolve(candId) == canonicals.resolve(canonId);
    }

    private boolean isResolvedForward(int id, int resolved) {
        return KindRole.of(graph.info(id)) == KindRole.FORWARD && KindRole.of(graph.info(resolved)) != KindRole.FORWARD;
    }

    /** Compares two types of one name whose info words differ. */
    private boolean compareUnlike(int candId, int candInfo, int canonId, int canonInfo) {
        if (Words.kind(candInfo) == Words.kind(canonInfo)) {
            return KindRole.of(candInfo) == KindRole.ENUM && graph.compatibleEnums(candId, canonId);
        }
        return isDeclaration(canonId, candInfo, canonInfo);
    }

    /** Tells whether of two types of one name and different kinds one is a forward declaration of the other. */
    private boolean isDeclaration(int canonId, int candInfo, int canonInfo) {
        mergeable.add(canonId);
        if (KindRole.of(candInfo) == KindRole.FORWARD) {
            return KindRole.declaredKind(candInfo) == Words.kind(canonInfo);
        }
        if (KindRole.of(canonInfo) != KindRole.FORWARD || KindRole.declaredKind(canonInfo) != Words.kind(candInfo)) {
            return false;
        }
        changesBase |= canonId < graph.firstOwn;
        return true;
    }

    /** Compares two types of one name and info word. */
    private boolean compare(int candId, int candAt, int canonId, int canonAt) {
        int info = words[candAt + 1];
        int shift = canonAt - candAt;
        return switch (KindRole.of(info)) {
            case KindRole.COMPOSITE -> {
                // What is known already stays as it is.
                if (map[candId] == 0) {
                    mergeable.add(canonId);
                }
                yield graph.sameShape(candAt, canonAt)
                        && follow(
                                candAt + TypeGraph.HEADER_WORDS + BtfKind.STRUCT.elementTypeWord(),
                                shift,
                                BtfKind.STRUCT.elementWords(),
                                Words.vlen(info));
            }
            // The index type comes first.
            case KindRole.ARRAY ->
                graph.compatibleArrays(candAt, canonAt) && follow(candAt + TypeGraph.HEADER_WORDS + 1, shift, -1, 2);
            // The result, in the third word, is as far before the first parameter's type as that before the next.
            case KindRole.PROTOTYPE ->
                graph.compatiblePrototypes(candAt, canonAt)
                        && follow(candAt + 2, shift, BtfKind.FUNC_PROTO.elementWords(), Words.vlen(info) + 1);
            case KindRole.FORWARD -> {
                mergeable.add(canonId);
                yield graph.sameWords(candId, canonId);
            }
            case KindRole.INT, KindRole.FLOAT -> graph.sameWords(candId, canonId);
            case KindRole.ENUM -> graph.compatibleEnums(candId, canonId);
            default -> throw graph.fault(candId, "referred to by a struct, union or typedef, or by what they refer to");
        };
    }

    private boolean follow(int at, int shift, int step, int count) {
        if (count > 0) {
            pending.add(at);
            pending.add(shift);
            pending.add(step);
            pending.add(count);
        }
        return true;
    }

    /** Learns from the hypothesis of a comparison that found no difference. */
    void merge() {
        for (int i = 0; i < mergeable.size; i++) {
            int canonId = mergeable.items[i];
            int target = canonicals.resolve(hypothesis[canonId]);
            int canonical = canonicals.resolve(canonId);
            boolean targetForward = graph.role(target) == KindRole.FORWARD;
            boolean canonicalForward = graph.role(canonical) == KindRole.FORWARD;
            if (canonicalForward && !targetForward) {
                map[canonical] = target;
            }
            if (changesBase || canonicalForward) {
                continue;
            }
            // Later passes resolve a declaration on to what its struct is then known to be, so that may still be open.
            if (targetForward) {
                map[target] = canonical;
            } else if (graph.role(target) == KindRole.COMPOSITE
                    && canonicals.isMapped(canonical)
                    && !canonicals.isMapped(target)) {
                map[target] = canonical;
            }
        }
    }
}
