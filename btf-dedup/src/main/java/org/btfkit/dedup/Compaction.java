package org.btfkit.dedup;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Numbers the canonical types anew, in the order they had, and makes the words of the result.
 *
 * <p>Cost: one pass over the ids, on all threads, and one over the words of the canonical types.
 */
final class Compaction {
    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final int[] newIds;

    Compaction(TypeGraph graph, Canonicals canonicals) {
        this.graph = graph;
        this.canonicals = canonicals;
        this.newIds = new int[graph.typeCount];
    }

    /**
     * Numbers the types.
     *
     * @return by old id, the base's included: the id of the type in the result
     */
    int[] number(Workers workers) {
        int[] map = canonicals.map;
        for (int id = 1; id < graph.firstOwn; id++) {
            newIds[id] = id;
        }
        int next = graph.firstOwn;
        for (int id = graph.firstOwn; id < graph.typeCount; id++) {
            if (map[id] == id) {
                newIds[id] = next++;
            }
        }
        workers.run(1, graph.typeCount, (index, from, to) -> {
            for (int id = from; id < to; id++) {
                if (map[id] != id) {
                    newIds[id] = newIds[canonicals.resolve(id)];
                }
            }
        });
        return newIds;
    }

    /** Returns what {@link #number} has returned. */
    int[] newIds() {
        return newIds;
    }

    /** Returns the words of the canonical own types, with names and references as they are in the result. */
    int[] words(StringDedup strings) {
        int[] map = canonicals.map;
        int length = 0;
        for (int id = graph.firstOwn; id < graph.typeCount; id++) {
            if (map[id] == id) {
                length += graph.end(id) - graph.at(id);
            }
        }
        int[] result = new int[length];
        int at = 0;
        for (int id = graph.firstOwn; id < graph.typeCount; id++) {
            if (map[id] == id) {
                int count = graph.end(id) - graph.at(id);
                System.arraycopy(graph.words, graph.at(id), result, at, count);
                remap(result, at, strings);
                at += count;
            }
        }
        return result;
    }

    /** Replaces the names and references of a type. */
    private void remap(int[] words, int at, StringDedup strings) {
        int info = words[at + Words.INFO];
        BtfKind kind = BtfKind.of(Words.kind(info));
        words[at + Words.NAME] = strings.finalOffset(words[at + Words.NAME]);
        if (kind.refersToType()) {
            words[at + Words.SIZE_OR_TYPE] = newIds[words[at + Words.SIZE_OR_TYPE]];
        } else if (kind == BtfKind.FWD) {
            words[at + Words.SIZE_OR_TYPE] = 0; // means nothing, though gcc 12 writes something there
        }
        int elements = at + TypeGraph.HEADER_WORDS + kind.fixedWords();
        for (int i = 0; i < kind.fixedTypeIds(); i++) {
            words[at + TypeGraph.HEADER_WORDS + i] = newIds[words[at + TypeGraph.HEADER_WORDS + i]];
        }
        int step = kind.elementWords();
        int end = elements + Words.vlen(info) * step;
        if (kind.elementNameWord() >= 0) {
            for (int i = elements + kind.elementNameWord(); i < end; i += step) {
                words[i] = strings.finalOffset(words[i]);
            }
        }
        if (kind.elementTypeWord() >= 0) {
            for (int i = elements + kind.elementTypeWord(); i < end; i += step) {
                words[i] = newIds[words[i]];
            }
        }
    }
}
