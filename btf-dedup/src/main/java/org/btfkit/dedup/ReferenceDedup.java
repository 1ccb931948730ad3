package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Merges the types that are left: pointers and modifiers, arrays, functions, prototypes, tags.
 *
 * <p>All they refer to is either canonical by now or one of them. So each is treated after what it refers to, its
 * references are replaced by canonical ones, and then two are equal if their words are. In C only structs, unions and
 * typedefs close a circle; types that refer to each other in a circle without one are an error, as in libbpf.
 *
 * <p>Cost: one step per reference and one look-up per type. Chains are followed on a stack of its own.
 */
final class ReferenceDedup {
    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final int[] words;
    private final int[] map;
    private final CandidateTable table;
    private final TypeHasher hasher;

    /** Types on the way, and for each the position of the reference that is followed. */
    private final IntList path = new IntList(1 << 10);

    private final IntList positions = new IntList(1 << 10);

    /** The ids whose types may be entered. */
    private final int firstId;

    private final int endId;

    /** The words of a type with its references replaced. */
    private int[] resolved = new int[256];

    ReferenceDedup(TypeGraph graph, Canonicals canonicals, CandidateTable table, TypeHasher hasher) {
        this(graph, canonicals, table, hasher, graph.firstOwn, graph.typeCount);
    }

    /** As above, but an open type that is referred to and not from an id to before another is {@link NotByUnits}. */
    ReferenceDedup(
            TypeGraph graph, Canonicals canonicals, CandidateTable table, TypeHasher hasher, int firstId, int endId) {
        this.firstId = firstId;
        this.endId = endId;
        this.graph = graph;
        this.canonicals = canonicals;
        this.words = graph.words;
        this.map = canonicals.map;
        this.table = table;
        this.hasher = hasher;
    }

    /**
     * Treats the types from an id to before another.
     *
     * @throws BtfException if types refer to each other in a circle
     */
    void run(int from, int to) {
        for (int id = from; id < to; id++) {
            if (map[id] == 0 && !mergeAtOnce(id)) {
                enter(id);
                while (!path.isEmpty()) {
                    advance();
                }
            }
        }
    }

    /** Merges the canonical types that another table has from other ids, in the order they became canonical there. */
    void adopt(CandidateTable others) {
        for (int entry = 0; entry < others.entries(); entry++) {
            merge(others.typeId(entry));
        }
    }

    /**
     * Merges a type with one reference, and nothing after the third word, that is not open: most types are like that.
     */
    private boolean mergeAtOnce(int id) {
        int at = graph.at(id);
        int nameOff = words[at];
        int info = words[at + 1];
        int referred = words[at + 2];
        if (KindRole.of(info) != KindRole.REFERENCE || map[referred] <= 0 && referred != 0) {
            return false;
        }
        int canonical = canonicals.resolve(referred);
        int signature = hasher.reference(nameOff, info, canonical);
        int entry = table.first(signature);
        while (entry >= 0) {
            int candidate = table.typeId(entry);
            int candidateAt = graph.at(candidate);
            if (words[candidateAt + 1] == info && words[candidateAt] == nameOff) {
                int target = words[candidateAt + 2];
                if (target == canonical || candidate >= graph.firstOwn && canonicals.resolve(target) == canonical) {
                    break;
                }
            }
            entry = table.next(entry);
        }
        conclude(id, entry, signature);
        return true;
    }

    private void enter(int id) {
        map[id] = Canonicals.IN_PROGRESS;
        path.add(id);
        positions.add(firstReference(id));
    }

    /** Goes on with the type on top: to the next one it refers to that is open, or to its end. */
    private void advance() {
        int id = path.items[path.size - 1];
        int position = positions.items[positions.size - 1];
        int step = referenceStep(id);
        int end = referenceEnd(id);
        for (; position < end; position += step) {
            int referred = words[position];
            if (map[referred] <= 0 && referred != 0) {
                if (map[referred] == Canonicals.IN_PROGRESS) {
                    throw graph.fault(
                            id,
                            "refers to " + graph.describe(referred) + ", which refers back to it; expected"
                                    + " a struct, union or typedef in every circle");
                }
                if (referred < firstId || referred >= endId) {
                    throw new NotByUnits();
                }
                positions.items[positions.size - 1] = position + step;
                enter(referred);
                return;
            }
        }
        path.pop();
        positions.pop();
        merge(id);
    }

    private int firstReference(int id) {
        int at = graph.at(id);
        return KindRole.of(words[at + 1]) == KindRole.ARRAY ? at + TypeGraph.HEADER_WORDS : at + 2;
    }

    private int referenceStep(int id) {
        return KindRole.of(graph.info(id)) == KindRole.PROTOTYPE ? BtfKind.FUNC_PROTO.elementWords() : 1;
    }

    private int referenceEnd(int id) {
        int at = graph.at(id);
        int info = words[at + 1];
        return switch (KindRole.of(info)) {
            case KindRole.ARRAY -> at + TypeGraph.HEADER_WORDS + BtfKind.ARRAY.fixedTypeIds();
            case KindRole.PROTOTYPE ->
                at + TypeGraph.HEADER_WORDS + Words.vlen(info) * BtfKind.FUNC_PROTO.elementWords();
            default -> at + TypeGraph.HEADER_WORDS;
        };
    }

    private void merge(int id) {
        int at = graph.at(id);
        int length = graph.end(id) - at;
        if (length > resolved.length) {
            resolved = new int[length * 2];
        }
        System.arraycopy(words, at, resolved, 0, length);
        int step = referenceStep(id);
        int end = referenceEnd(id);
        for (int i = firstReference(id); i < end; i += step) {
            resolved[i - at] = canonicals.resolve(words[i]);
        }
        int signature = hasher.words(resolved, 0, length);
        int entry = table.first(signature);
        while (entry >= 0 && !isEqual(length, table.typeId(entry))) {
            entry = table.next(entry);
        }
        conclude(id, entry, signature);
    }

    /** Merges a type into that of an entry, or makes it canonical if there is none. */
    private void conclude(int id, int entry, int signature) {
        if (entry >= 0) {
            map[id] = table.typeId(entry);
        } else {
            map[id] = id;
            table.add(signature, id);
        }
    }

    /** Compares the resolved words with those of a candidate. References of base types stay as they are. */
    private boolean isEqual(int length, int candidate) {
        int at = graph.at(candidate);
        if (graph.end(candidate) - at != length || words[at + 1] != resolved[1]) {
            return false;
        }
        int reference = firstReference(candidate);
        int step = referenceStep(candidate);
        int end = referenceEnd(candidate);
        boolean isOwn = candidate >= graph.firstOwn;
        for (int i = at; i < at + length; i++) {
            int word = words[i];
            if (i == reference && i < end) {
                reference += step;
                if (isOwn) {
                    word = canonicals.resolve(word);
                }
            }
            if (word != resolved[i - at]) {
                return false;
            }
        }
        return true;
    }
}
