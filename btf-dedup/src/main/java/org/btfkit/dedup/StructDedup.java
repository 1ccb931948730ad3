package org.btfkit.dedup;

/**
 * Merges structs, unions and typedefs.
 *
 * <p>Each that is not known yet is compared, as a graph, with the canonical ones of its shape; the first equivalent one
 * stands for it, else it is canonical itself. Most need no comparison of their own, since they were part of the graph
 * of an earlier one, see {@link StructEquivalence#merge}.
 */
final class StructDedup {
    private final TypeGraph graph;
    private final int[] map;
    private final CandidateTable table;
    private final TypeHasher hasher;
    private final StructEquivalence equivalence;

    StructDedup(TypeGraph graph, Canonicals canonicals, CandidateTable table, TypeHasher hasher) {
        this.graph = graph;
        this.map = canonicals.map;
        this.table = table;
        this.hasher = hasher;
        this.equivalence = new StructEquivalence(graph, canonicals);
    }

    /** Treats the types from an id to before another. */
    void run(int from, int to) {
        for (int id = from; id < to; id++) {
            if (map[id] != 0) {
                continue;
            }
            int at = graph.at(id);
            int role = KindRole.of(graph.words[at + 1]);
            if (role == KindRole.COMPOSITE) {
                merge(id, hasher.composite(graph.words, at), true);
            } else if (role == KindRole.TYPEDEF) {
                merge(id, hasher.typedef(graph.words, at), false);
            }
        }
    }

    private void merge(int id, int signature, boolean isComposite) {
        int equivalent = id;
        for (int entry = table.first(signature); entry >= 0; entry = table.next(entry)) {
            int candidate = table.typeId(entry);
            // Equivalence alone would let a forward declaration through that has the signature by accident.
            if (hasShape(id, candidate, isComposite) && isEquivalent(id, candidate)) {
                equivalent = candidate;
                break;
            }
        }
        map[id] = equivalent;
        if (equivalent == id) {
            table.add(signature, id);
        }
    }

    private boolean hasShape(int id, int candidate, boolean isComposite) {
        int at = graph.at(id);
        int candidateAt = graph.at(candidate);
        if (isComposite) {
            return graph.sameShape(at, candidateAt);
        }
        int[] words = graph.words;
        return words[at] == words[candidateAt] && words[at + 1] == words[candidateAt + 1];
    }

    private boolean isEquivalent(int id, int candidate) {
        if (!equivalence.test(id, candidate)) {
            return false;
        }
        equivalence.merge();
        return !equivalence.changesBase();
    }
}
