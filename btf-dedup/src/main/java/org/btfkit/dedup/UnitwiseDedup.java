package org.btfkit.dedup;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Merges types by what they are called and look like, on all threads, and proves afterwards that comparing them one by
 * one as {@link StructDedup} does would have had the same result.
 *
 * <p><b>Problem.</b> Most of the time of a deduplication goes into comparing graphs. That can neither be done side by
 * side, as each comparison builds on what was learned before, nor be replaced by a hash of all that a type refers to,
 * as this goes in circles and declarations equal what they declare. But kernels are simple: nearly each name means one
 * thing. There, structs are equal if their own words are and what they refer to has the same names. This guess is made
 * in one pass over the words ({@link NameHashes}); names of which it then turns out that they mean several things are
 * looked at again ({@link VariantSplit}).
 *
 * <p><b>Passes</b>, n being the number of types and w that of words:
 *
 * <ol>
 *   <li>primitive types, as usual: O(n);
 *   <li>hashes of structs, unions and typedefs, and bounds of units: O(w), on all threads;
 *   <li>variants of names: O(n) for each round;
 *   <li>unambiguous forward declarations, as usual: O(n);
 *   <li>reference types: a part of the units on each thread, then those of the later parts that remain are merged into
 *       those of the first, then what comes after all units: O(w);
 *   <li>the proof: O(w), on all threads.
 * </ol>
 *
 * <p><b>Why the result is the same.</b> Say that types are <em>alike</em> if they are mapped to one type in the end.
 * The proof looks at the result of all passes for three conditions, whatever way it came about:
 *
 * <ol>
 *   <li>a struct, union or typedef has the words of the one it is mapped to, and the types they refer to at the same
 *       place are alike; declarations that are alike have the same words, and enumerations that are, the same kind
 *       ({@link CongruenceProof});
 *   <li>types of one unit that are alike pass {@link IdenticalTypes};
 *   <li>no comparison can take two structs, unions or typedefs for equal that are not alike
 *       ({@link DistinctnessProof}).
 * </ol>
 *
 * <p>Now let {@link StructDedup} treat the same types, and as long as all that it has mapped to each other is alike,
 * take its next comparison. If the two are alike, then by 1 so are all pairs that the walk comes to, as it goes on from
 * a declaration only to what that was mapped to; and no such pair is a contradiction: their words agree by 1, and where
 * one meets a second counterpart, that is of the same unit, as units do not refer to each other, and alike the first,
 * so 2 lets it pass. So the comparison finds them equal, and what is learned of it are types that are alike. If the two
 * are not alike, it finds a difference by 3. So all that is ever mapped to each other is alike, and a struct, union or
 * typedef becomes canonical if and only if it is the first of those alike it: the ones treated here are mapped to
 * those. The order of candidates, which {@link CandidateTable} keeps, decides nothing, as only one of them ever fits.
 *
 * <p>The other passes are the usual ones. A declaration of which the struct is the only one of its name is resolved to
 * it at the latest by {@link ForwardResolver}, and by 1 and 3 there is no other that a comparison could resolve
 * otherwise. Reference types are equal if their words are, once what they refer to has been replaced; so the one that
 * remains is the first that is come to. Within a unit that does not depend on other units, and units are treated in
 * their order.
 *
 * <p><b>Where it does not hold</b>, as where a declared name means several things, or types are not in units, the proof
 * fails, and the usual passes start over.
 *
 * <p>Memory: 4 bytes for each type beside what deduplication takes anyway, which the proof needs no more.
 */
final class UnitwiseDedup {
    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final TypeHasher hasher;
    private final Workers workers;
    private final DedupListener listener;

    /** The id after the last struct, union or typedef, and after all that those and types before it refer to. */
    private int unitsEnd;

    /** Where units begin. */
    private int[] starts;

    /** Where the parts begin that are treated side by side, and the end of units. */
    private int[] cuts;

    /**
     * Prepares to merge.
     *
     * @param graph types without a base
     * @param canonicals of which nothing is known yet
     */
    UnitwiseDedup(TypeGraph graph, Canonicals canonicals, TypeHasher hasher, Workers workers, DedupListener listener) {
        this.listener = listener;
        this.graph = graph;
        this.canonicals = canonicals;
        this.hasher = hasher;
        this.workers = workers;
    }

    /**
     * Merges all types.
     *
     * @return their numbers in the result; null if this is not a way to treat them, and what is in the map means
     *     nothing
     */
    Compaction run() {
        try {
            report(
                    DedupPass.PRIMITIVE_TYPES,
                    () -> new PrimitiveDedup(graph, canonicals, new CandidateTable(), hasher).run(1, graph.typeCount));
            report(DedupPass.STRUCT_TYPES, () -> new VariantSplit(graph, canonicals, workers).run(hash(), unitsEnd));
            report(DedupPass.RESOLVE_FORWARDS, () -> new ForwardResolver(graph, canonicals, new UniqueNames()).run());
            report(DedupPass.REFERENCE_TYPES, this::mergeReferences);
            listener.progress(DedupPass.COMPACTION, 0, graph.typeCount - 1);
            Compaction compaction = new Compaction(graph, canonicals);
            return isProven(compaction.number(workers)) ? compaction : null;
        } catch (NotByUnits e) {
            return null;
        }
    }

    private void report(DedupPass pass, Runnable work) {
        listener.progress(pass, 0, graph.typeCount - 1);
        work.run();
        listener.progress(pass, graph.typeCount - 1, graph.typeCount - 1);
    }

    /** Maps structs, unions and typedefs to the first of their hash, and finds where units begin. */
    private HashClasses hash() {
        NameHashes hashes = new NameHashes(graph, canonicals);
        unitsEnd = lastOfUnits() + 1;
        int parts = workers.parts(unitsEnd - 1);
        HashClasses[] classes = new HashClasses[parts];
        List<UnitBounds> bounds = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            classes[i] = new HashClasses();
            bounds.add(new UnitBounds(graph));
        }
        workers.run(1, unitsEnd, (index, from, to) -> hashes.run(from, to, classes[index], bounds.get(index)));
        int reach = bounds.stream().mapToInt(UnitBounds::reach).max().orElse(0);
        while (reach >= unitsEnd) {
            UnitBounds more = new UnitBounds(graph);
            hashes.run(unitsEnd, reach + 1, classes[0], more);
            bounds.add(more);
            unitsEnd = reach + 1;
            reach = more.reach();
        }
        for (int i = 1; i < parts; i++) {
            classes[0].putAll(classes[i], canonicals.map);
        }
        starts = UnitBounds.join(bounds);
        cuts = UnitBounds.cut(starts, unitsEnd, parts);
        if (cuts.length <= Math.min(parts, 2)) {
            throw new NotByUnits();
        }
        return classes[0];
    }

    private int lastOfUnits() {
        int id = graph.typeCount - 1;
        while (id > 0 && graph.role(id) != KindRole.COMPOSITE && graph.role(id) != KindRole.TYPEDEF) {
            id--;
        }
        return id;
    }

    private void mergeReferences() {
        int parts = cuts.length - 1;
        CandidateTable[] tables = new CandidateTable[parts];
        workers.run(parts, i -> {
            tables[i] = new CandidateTable();
            new ReferenceDedup(graph, canonicals, tables[i], hasher, cuts[i], cuts[i + 1]).run(cuts[i], cuts[i + 1]);
        });
        ReferenceDedup all = new ReferenceDedup(graph, canonicals, tables[0], hasher);
        for (int i = 1; i < parts; i++) {
            all.adopt(tables[i]);
        }
        all.run(unitsEnd, graph.typeCount);
    }

    private boolean isProven(int[] newIds) {
        int count = 1;
        for (int id = 1; id < graph.typeCount; id++) {
            if (canonicals.map[id] == id) {
                count++;
            }
        }
        int[] canonicalOf = new int[count];
        for (int id = 1; id < graph.typeCount; id++) {
            if (canonicals.map[id] == id) {
                canonicalOf[newIds[id]] = id;
            }
        }
        int parts = cuts.length - 1;
        CongruenceProof[] proofs = new CongruenceProof[parts];
        boolean[] holds = new boolean[parts];
        workers.run(parts, i -> {
            proofs[i] = new CongruenceProof(graph, canonicals, newIds, canonicalOf);
            holds[i] = proofs[i].holds(cuts[i], cuts[i + 1], starts);
        });
        BitSet declared = new BitSet(count);
        int[] declarations = new int[count];
        for (int i = 0; i < parts; i++) {
            if (!holds[i] || !proofs[i].addDeclared(declared, declarations)) {
                return false;
            }
        }
        return new DistinctnessProof(graph, newIds, canonicalOf, declared, starts).holds(hasher);
    }
}
