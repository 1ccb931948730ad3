package org.btfkit.dedup;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Compares two types of one compilation unit by their structure, down to a limited depth.
 *
 * <p>Compilers now and then emit a type twice within one unit, for example an array type once per member. The
 * comparison of {@link StructEquivalence}, which expects one type here for one type there, would take that for a
 * difference; so where it meets one it asks here whether the two are the same by their looks. Nothing remembers which
 * types have been met, so the depth is limited, as in libbpf's {@code btf_dedup_identical_types}: a struct, union,
 * prototype or array is one level, a chain of pointers and modifiers none. What is not decided within the limit is a
 * difference. So is a chain longer than there are types: it runs in a circle.
 */
final class IdenticalTypes {
    private static final int MAX_DEPTH = 16;

    private final TypeGraph graph;
    private final StepBudget budget;
    private final int[] words;

    IdenticalTypes(TypeGraph graph, StepBudget budget) {
        this.graph = graph;
        this.budget = budget;
        this.words = graph.words;
    }

    /** Tells whether two types look the same. */
    boolean test(int oneId, int otherId) {
        return test(oneId, otherId, MAX_DEPTH);
    }

    private boolean test(int oneId, int otherId, int depth) {
        if (depth == 0) {
            return false;
        }
        int one = oneId;
        int other = otherId;
        int steps = 0;
        while (KindRole.isChain(graph.info(one)) && sameLink(one, other) && steps < graph.typeCount) {
            one = words[graph.at(one) + 2];
            other = words[graph.at(other) + 2];
            steps++;
        }
        budget.take(steps + 1L, one);
        int info = graph.info(one);
        return Words.kind(info) == Words.kind(graph.info(other)) && testEnd(KindRole.of(info), one, other, depth);
    }

    /** Tells whether a type with one reference differs from another one at most in that. */
    private boolean sameLink(int one, int other) {
        return graph.info(one) == graph.info(other) && words[graph.at(one)] == words[graph.at(other)];
    }

    private boolean testEnd(int role, int one, int other, int depth) {
        return switch (role) {
            // Only void has no role and can be referred to.
            case KindRole.UNKNOWN -> true;
            case KindRole.INT, KindRole.FLOAT, KindRole.FORWARD -> graph.sameWords(one, other);
            case KindRole.ENUM -> graph.compatibleEnums(one, other);
            // As in libbpf, what arrays consist of is not looked at here: size and count have to do.
            case KindRole.ARRAY -> graph.compatibleArrays(graph.at(one), graph.at(other));
            case KindRole.COMPOSITE ->
                graph.sameShape(graph.at(one), graph.at(other))
                        && testReferences(
                                graph.at(one) + TypeGraph.HEADER_WORDS + BtfKind.STRUCT.elementTypeWord(),
                                graph.at(other) - graph.at(one),
                                BtfKind.STRUCT.elementWords(),
                                Words.vlen(graph.info(one)),
                                depth);
            // The result, in the third word, is as far before the first parameter's type as that before the next.
            case KindRole.PROTOTYPE ->
                graph.compatiblePrototypes(graph.at(one), graph.at(other))
                        && testReferences(
                                graph.at(one) + 2,
                                graph.at(other) - graph.at(one),
                                BtfKind.FUNC_PROTO.elementWords(),
                                Words.vlen(graph.info(one)) + 1,
                                depth);
            default -> false;
        };
    }

    private boolean testReferences(int from, int shift, int step, int count, int depth) {
        int at = from;
        for (int i = 0; i < count; i++, at += step) {
            if (words[at] != words[at + shift] && !test(words[at], words[at + shift], depth - 1)) {
                return false;
            }
        }
        return true;
    }
}
