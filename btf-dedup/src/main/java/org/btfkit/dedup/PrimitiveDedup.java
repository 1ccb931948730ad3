package org.btfkit.dedup;

import org.btfkit.btf.format.Words;

/**
 * Merges types that refer to no others: INT, FLOAT, FWD, ENUM and ENUM64; and lets those be that are never merged.
 *
 * <p>All but enumerations are equal if their words are. An enumeration without enumerators is a forward declaration: it
 * becomes the first enumeration of its name, whatever its size; and one that has become canonical is mapped to each
 * full one that passes it in search of its equal, the last of which remains. One signature is shared by all
 * enumerations of a name, of which there are thousands that have none, so full ones are searched by another.
 */
final class PrimitiveDedup {
    private final TypeGraph graph;
    private final int[] map;
    private final CandidateTable table;
    private final TypeHasher hasher;

    PrimitiveDedup(TypeGraph graph, Canonicals canonicals, CandidateTable table, TypeHasher hasher) {
        this.graph = graph;
        this.map = canonicals.map;
        this.table = table;
        this.hasher = hasher;
    }

    /** Treats the types from an id to before another. */
    void run(int from, int to) {
        for (int id = from; id < to; id++) {
            switch (KindRole.of(graph.words[graph.at(id) + 1])) {
                case KindRole.INT, KindRole.FLOAT, KindRole.FORWARD -> mergeEqual(id);
                case KindRole.ENUM -> mergeEnum(id);
                case KindRole.SINGULAR -> map[id] = id;
                default -> {
                    // Treated by later passes.
                }
            }
        }
    }

    private void mergeEqual(int id) {
        int signature = hasher.words(graph.words, graph.at(id), graph.end(id));
        int equal = findEqual(signature, id);
        if (equal >= 0) {
            map[id] = table.typeId(equal);
        } else {
            map[id] = id;
            table.add(signature, id);
        }
    }

    /** Returns the first entry with the same words, or -1. */
    private int findEqual(int signature, int id) {
        int entry = table.first(signature);
        while (entry >= 0 && !graph.sameWords(id, table.typeId(entry))) {
            entry = table.next(entry);
        }
        return entry;
    }

    private void mergeEnum(int id) {
        int at = graph.at(id);
        if (Words.vlen(graph.words[at + 1]) == 0) {
            map[id] = firstOfName(id);
        } else {
            int equal = findEqual(hasher.words(graph.words, at, graph.end(id)), id);
            completeForwards(id, equal);
            map[id] = equal >= 0 ? table.typeId(equal) : id;
        }
        if (map[id] == id) {
            addEnum(graph, table, hasher, id);
        }
    }

    private int firstOfName(int id) {
        int nameOff = graph.words[graph.at(id)];
        for (int entry = table.first(hasher.enumName(nameOff)); entry >= 0; entry = table.next(entry)) {
            if (graph.compatibleEnums(id, table.typeId(entry))) {
                return table.typeId(entry);
            }
        }
        return id;
    }

    /** Maps the canonical forwards of a full enumeration's name to it, as far as they stand before its equal. */
    private void completeForwards(int id, int equal) {
        int nameOff = graph.words[graph.at(id)];
        for (int entry = table.first(hasher.forwardEnum(nameOff)); entry >= 0; entry = table.next(entry)) {
            int forward = table.typeId(entry);
            if (Words.vlen(graph.info(forward)) == 0
                    && graph.compatibleEnums(id, forward)
                    && (equal < 0 || table.precedes(entry, equal))) {
                map[forward] = id;
            }
        }
    }

    /** Makes an enumeration a candidate: under its words, or as a forward, and under its name. */
    static void addEnum(TypeGraph graph, CandidateTable table, TypeHasher hasher, int id) {
        int at = graph.at(id);
        int nameOff = graph.words[at];
        boolean isForward = Words.vlen(graph.words[at + 1]) == 0;
        table.add(isForward ? hasher.forwardEnum(nameOff) : hasher.words(graph.words, at, graph.end(id)), id);
        table.link(hasher.enumName(nameOff), id);
    }
}
