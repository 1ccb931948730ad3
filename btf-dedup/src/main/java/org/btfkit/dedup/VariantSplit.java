package org.btfkit.dedup;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.btfkit.btf.flat.IntList;

/**
 * Tells types apart that {@link NameHashes} takes to be the same, because what they refer to has the same names.
 *
 * <p>Most names of a kernel mean one thing. Of the few that do not, it is looked at each type that refers to them,
 * which of the things of that name it means in its unit: one that differs in this from others is a type of its own, so
 * that its own name may mean several things now, and so on until nothing changes. Declarations of such names are taken
 * to be something else again, neither of those.
 *
 * <p>Cost: a pass over the ids and a look at each type concerned, for each round.
 */
final class VariantSplit {
    /** More rounds than kernels need; types may be chained so that each round tells one of them apart. */
    private static final int MAX_ROUNDS = 32;

    private static final int MAX_DEPTH = 256;

    /** References followed for all types together; kernels need some ten thousand. */
    private static final long MAX_STEPS = 1L << 28;

    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final int[] words;
    private int end;
    private final Workers workers;

    /** Names of structs and unions, by hash, and the first canonical type of that name. */
    private final HashClasses names = new HashClasses();

    /** Names of several meanings. */
    private final HashClasses ambiguous = new HashClasses();

    /** By type whose name-only hash several have: the words of them that lead to ambiguous names. */
    private final Map<Integer, int[]> variable = new HashMap<>();

    private long steps;

    /** What the walk has met so far of ambiguous names, as a hash, and whether it has met any. */
    private long variant;

    private boolean isVariable;

    /** Prepares to tell types apart. */
    VariantSplit(TypeGraph graph, Canonicals canonicals, Workers workers) {
        this.workers = workers;
        this.graph = graph;
        this.canonicals = canonicals;
        this.words = graph.words;
    }

    /**
     * Maps types that differ in what they refer to from the one they are mapped to, each to the first of its like.
     *
     * @param classes the types that others are mapped to
     * @param endId the id after the last struct, union or typedef
     * @throws NotByUnits if that takes too long
     */
    void run(HashClasses classes, int endId) {
        end = endId;
        classes.forEach(id -> {
            if (canonicals.map[id] == id) {
                addName(id);
            }
        });
        if (ambiguous.count() == 0) {
            return;
        }
        int[] origins = canonicals.map.clone();
        int[] instances = {};
        int known = 0;
        int split = 0;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (ambiguous.count() > known) {
                known = ambiguous.count();
                instances = instances(classes, origins);
            }
            int classCount = split(instances, origins);
            if (classCount == split && ambiguous.count() == known) {
                return;
            }
            split = classCount;
        }
        throw new NotByUnits();
    }

    /** Takes note of the name of a canonical type. */
    private void addName(int id) {
        int at = graph.at(id);
        if (words[at] != 0 && KindRole.of(words[at + 1]) == KindRole.COMPOSITE) {
            long name = name(at);
            if (names.put(name, id) != id) {
                ambiguous.put(name, id);
            }
        }
    }

    /** Structs and unions share one name space, as in {@link UniqueNames}. */
    private long name(int at) {
        return NameHashes.mix(0, words[at]);
    }

    /** Returns the types that refer to ambiguous names. */
    private int[] instances(HashClasses classes, int[] origins) {
        BitSet concerned = new BitSet(end);
        classes.forEach(id -> {
            int[] references = origins[id] == id ? variableReferences(id) : new int[0];
            if (references.length > 0) {
                concerned.set(id);
                variable.put(id, references);
            }
        });
        IntList[] found = new IntList[workers.parts(end - 1)];
        workers.run(1, end, (index, from, to) -> {
            IntList instances = new IntList();
            for (int id = from; id < to; id++) {
                int origin = origins[id];
                if (origin > 0 && concerned.get(origins[origin])) {
                    instances.add(id);
                }
            }
            found[index] = instances;
        });
        return Arrays.stream(found)
                .flatMapToInt(part -> Arrays.stream(part.toArray()))
                .toArray();
    }

    /** Makes a class of all that were one and mean the same; returns how many there are. */
    private int split(int[] instances, int[] origins) {
        HashClasses classes = new HashClasses();
        int[] canonical = new int[instances.length];
        for (int i = 0; i < instances.length; i++) {
            int origin = origins[origins[instances[i]]];
            variant = origin;
            for (int reference : variable.get(origin)) {
                walk(words[graph.at(instances[i]) + reference], 0);
            }
            canonical[i] = classes.put(NameHashes.mix(0, variant), instances[i]);
        }
        for (int i = 0; i < instances.length; i++) {
            canonicals.map[instances[i]] = canonical[i];
            if (canonical[i] == instances[i]) {
                addName(instances[i]);
            }
        }
        return classes.count();
    }

    /** Lists the references of a struct, union or typedef on which there are ambiguous names. */
    private int[] variableReferences(int id) {
        int at = graph.at(id);
        int info = words[at + 1];
        int reference = graph.firstReference(at);
        IntList found = new IntList();
        for (int i = 0; i < TypeGraph.referenceCount(info); i++) {
            isVariable = false;
            walk(words[reference + i * TypeGraph.referenceStep(info)], 0);
            if (isVariable) {
                found.add(reference + i * TypeGraph.referenceStep(info) - at);
            }
        }
        return found.toArray();
    }

    private void references(int at, int depth) {
        int info = words[at + 1];
        int reference = graph.firstReference(at);
        int step = TypeGraph.referenceStep(info);
        for (int i = TypeGraph.referenceCount(info); i > 0; i--, reference += step) {
            walk(words[reference], depth);
        }
    }

    private void walk(int id, int depth) {
        if (id == 0) {
            return;
        }
        if (depth == MAX_DEPTH || ++steps > MAX_STEPS) {
            throw new NotByUnits();
        }
        int at = graph.at(id);
        int info = words[at + 1];
        switch (KindRole.of(info)) {
            case KindRole.COMPOSITE -> {
                if (words[at] == 0) {
                    references(at, depth + 1);
                } else {
                    meet(at, canonicals.resolve(id));
                }
            }
            case KindRole.FORWARD -> meet(at, -1);
            case KindRole.TYPEDEF, KindRole.REFERENCE, KindRole.ARRAY, KindRole.PROTOTYPE -> references(at, depth + 1);
            default -> {
                // Has no names that could mean several things; enumerations are merged already.
            }
        }
    }

    private void meet(int at, int meaning) {
        if (ambiguous.has(name(at))) {
            isVariable = true;
            variant = NameHashes.mix(variant, meaning + 2L);
        }
    }
}
