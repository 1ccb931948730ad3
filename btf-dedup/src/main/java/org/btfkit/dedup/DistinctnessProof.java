package org.btfkit.dedup;

import java.util.Arrays;
import java.util.BitSet;
import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Proves that no comparison can take two canonical types for one: the third condition of {@link UnitwiseDedup}.
 *
 * <p>Only those of the same shape are ever compared. Each such pair is walked as {@link StructEquivalence} does it, but
 * in doubt for equality: a type that declarations were resolved to may be any of its name, and a pair that has been met
 * is equal. If a difference is found even so, every comparison finds one.
 *
 * <p>There is one doubt more. {@link IdenticalTypes} does not look at what arrays consist of, so where a comparison
 * meets a type again in the place of another, arrays may pass for each other, and what refers to them. So arrays of the
 * same length are equal here, too. If nothing else tells two types apart, there must be a way to a difference on which
 * each type is referred to but once, in its unit or at least in what is compared: a comparison follows each reference
 * once, so it meets such a type but once.
 *
 * <p>Cost: as many pairs as canonical types have the same shape, mostly a step or two for each.
 */
final class DistinctnessProof {
    /** Steps for all pairs; kernels need less than a million. */
    private static final long MAX_STEPS = 1L << 25;

    /** How deep a difference is looked for where arrays are in doubt. */
    private static final int MAX_DEPTH = 8;

    /** Of a type that refers to more than so many, in turn, all of its unit is looked at. */
    private static final int MAX_REACH = 1 << 8;

    private final TypeGraph graph;
    private final int[] words;
    private final int[] newIds;
    private final int[] canonicalOf;
    private final BitSet declared;
    private final int[] starts;
    private final IntList pending = new IntList();
    private final PairSet seen = new PairSet();

    /** What the comparison that is looked at may come to. */
    private final IntList reach = new IntList();

    private long left = MAX_STEPS;

    /**
     * Prepares the proof.
     *
     * @param newIds by id: the id in the result
     * @param canonicalOf by id in the result: the canonical type
     * @param declared the ids in the result of types that also stand for declarations
     * @param starts where units begin
     */
    DistinctnessProof(TypeGraph graph, int[] newIds, int[] canonicalOf, BitSet declared, int[] starts) {
        this.graph = graph;
        this.words = graph.words;
        this.newIds = newIds;
        this.canonicalOf = canonicalOf;
        this.declared = declared;
        this.starts = starts;
    }

    /** Tries to prove it. */
    boolean holds(TypeHasher hasher) {
        long[] bySignature = new long[canonicalOf.length];
        int count = 0;
        for (int newId = 1; newId < canonicalOf.length; newId++) {
            int at = graph.at(canonicalOf[newId]);
            int role = KindRole.of(words[at + 1]);
            if (role == KindRole.COMPOSITE) {
                bySignature[count++] = NameHashes.pair(hasher.composite(words, at), newId);
            } else if (role == KindRole.TYPEDEF) {
                bySignature[count++] = NameHashes.pair(hasher.typedef(words, at), newId);
            }
        }
        Arrays.sort(bySignature, 0, count);
        for (int i = 1; i < count; i++) {
            for (int j = i - 1; j >= 0 && bySignature[j] >> 32 == bySignature[i] >> 32; j--) {
                if (!areApart((int) bySignature[j], (int) bySignature[i])) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean areApart(int oneId, int otherId) {
        return !mayEqual(oneId, otherId)
                || areToldApart(canonicalOf[oneId], canonicalOf[otherId])
                        && areToldApart(canonicalOf[otherId], canonicalOf[oneId]);
    }

    /**
     * Tells whether two types, given by their ids in the result, may be taken for equal; arrays of the same length are.
     */
    private boolean mayEqual(int oneId, int otherId) {
        seen.clear();
        pending.size = 0;
        pending.add(canonicalOf[oneId]);
        pending.add(canonicalOf[otherId]);
        while (!pending.isEmpty()) {
            int other = newIds[pending.pop()];
            int one = newIds[pending.pop()];
            if (--left < 0) {
                return true;
            }
            if (one == other || !seen.add(NameHashes.pair(one, other))) {
                continue;
            }
            if (one == 0 || other == 0 || !compare(one, other)) {
                return false;
            }
        }
        return true;
    }

    private boolean compare(int one, int other) {
        int oneAt = graph.at(canonicalOf[one]);
        int otherAt = graph.at(canonicalOf[other]);
        if (words[oneAt] != words[otherAt]) {
            return false;
        }
        int info = words[oneAt + 1];
        int otherInfo = words[otherAt + 1];
        if (declared.get(one) || declared.get(other)) {
            return declaredKind(info) == declaredKind(otherInfo);
        }
        if (info != otherInfo) {
            return false;
        }
        boolean isLike = switch (KindRole.of(info)) {
            case KindRole.COMPOSITE -> graph.sameShape(oneAt, otherAt);
            case KindRole.TYPEDEF, KindRole.REFERENCE -> true;
            case KindRole.ARRAY -> graph.compatibleArrays(oneAt, otherAt);
            case KindRole.PROTOTYPE -> graph.compatiblePrototypes(oneAt, otherAt);
            default -> false; // different canonical types that refer to nothing
        };
        if (isLike && KindRole.of(info) != KindRole.ARRAY) {
            int count = TypeGraph.referenceCount(info);
            int at = graph.firstReference(oneAt);
            for (int i = 0; i < count; i++, at += TypeGraph.referenceStep(info)) {
                pending.add(words[at]);
                pending.add(words[at + otherAt - oneAt]);
            }
        }
        return isLike;
    }

    private static int declaredKind(int info) {
        return switch (KindRole.of(info)) {
            case KindRole.FORWARD -> KindRole.declaredKind(info);
            case KindRole.ENUM -> BtfKind.ENUM.number();
            default -> Words.kind(info);
        };
    }

    private boolean areToldApart(int candId, int canonId) {
        findReach(canonId);
        return differ(candId, canonId, MAX_DEPTH);
    }

    /** Lists what a comparison may come to: what a type refers to, or all of its unit where that does not end. */
    private void findReach(int root) {
        reach.size = 0;
        seen.clear();
        reach.add(root);
        seen.add(root);
        for (int next = 0; next < reach.size; next++) {
            int id = reach.items[next];
            int info = graph.info(id);
            if (reach.size > MAX_REACH || KindRole.of(info) == KindRole.FORWARD) {
                reachUnit(root);
                return;
            }
            int at = graph.firstReference(graph.at(id));
            for (int i = TypeGraph.referenceCount(info); i > 0; i--, at += TypeGraph.referenceStep(info)) {
                if (words[at] != 0 && seen.add(words[at])) {
                    reach.add(words[at]);
                }
            }
        }
    }

    private void reachUnit(int root) {
        int found = Arrays.binarySearch(starts, root);
        int unit = found < 0 ? -found - 2 : found;
        int end = unit + 1 < starts.length ? starts[unit + 1] : graph.typeCount;
        reach.size = 0;
        for (int id = starts[unit]; id < end; id++) {
            reach.add(id);
        }
    }

    /**
     * Tells whether a comparison that comes to two types for the first time finds a difference: at once, or in types
     * that may be equal, but that it then comes to for the first time, as nothing else refers to them.
     *
     * @param candId a canonical type
     * @param canonId another type, which is not referred to again
     */
    private boolean differ(int candId, int canonId, int depth) {
        int candAt = graph.at(candId);
        int canonAt = graph.at(canonId);
        int info = words[canonAt + 1];
        if (depth == 0 || info != words[candAt + 1] || declared.get(newIds[candId]) || declared.get(newIds[canonId])) {
            return false;
        }
        int at = graph.firstReference(canonAt);
        for (int i = 0; i < TypeGraph.referenceCount(info); i++, at += TypeGraph.referenceStep(info)) {
            int canon = words[at];
            int cand = words[at + candAt - canonAt];
            if (newIds[canon] == newIds[cand]) {
                continue;
            }
            if (!mayEqual(newIds[cand], newIds[canon])
                    || isReferredToOnce(canon) && differ(canonicalOf[newIds[cand]], canon, depth - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether of what a comparison may come to there is but one reference to a type. */
    private boolean isReferredToOnce(int typeId) {
        int count = 0;
        for (int i = 0; i < reach.size; i++) {
            int info = graph.info(reach.items[i]);
            int at = graph.firstReference(graph.at(reach.items[i]));
            for (int j = TypeGraph.referenceCount(info); j > 0; j--, at += TypeGraph.referenceStep(info)) {
                if (words[at] == typeId) {
                    count++;
                }
            }
        }
        left -= reach.size;
        return count == 1;
    }

    /** A set of 64-bit numbers that is emptied often. */
    private static final class PairSet {
        private long[] slots = new long[1 << 6];
        private int size;

        void clear() {
            if (size > 0) {
                Arrays.fill(slots, 0);
                size = 0;
            }
        }

        /** Adds a number other than 0; false if it is there already. */
        boolean add(long number) {
            int mask = slots.length - 1;
            int slot = (int) (NameHashes.mix(0, number) >>> 32) & mask;
            while (slots[slot] != 0) {
                if (slots[slot] == number) {
                    return false;
                }
                slot = slot + 1 & mask;
            }
            slots[slot] = number;
            if (++size > slots.length / 2) {
                grow();
            }
            return true;
        }

        private void grow() {
            long[] old = slots;
            slots = new long[old.length * 2];
            size = 0;
            for (long number : old) {
                if (number != 0) {
                    add(number);
                }
            }
        }
    }
}
