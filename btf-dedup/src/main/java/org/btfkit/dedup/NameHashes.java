package org.btfkit.dedup;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Hashes types by their words and the names of what they refer to.
 *
 * <p>A struct or union that is referred to counts by its kind and name alone, a declaration like what it declares.
 * Anything else, such as a pointer, a typedef or a struct without a name, counts by its words and what it refers to in
 * turn. So there are no circles, and a hash needs a look at little more than the type itself:
 *
 * <pre>
 * [1] STRUCT 'list' size=16         words of [1] + hash of [2] + hash of [4]
 *       'next' type: [2]
 *       'item' type: [4]
 * [2] PTR [1]                       PTR + "struct list"
 * [3] FWD 'item'                    "struct item"
 * [4] PTR [3]                       PTR + "struct item"
 * </pre>
 *
 * <p>Threads may hash different ranges at the same time, as what one finds in the table is what it would have computed.
 *
 * <p>Cost: one pass over the words.
 */
final class NameHashes {
    /** How far to go on to what comes later; further, and circles without a named struct, are not followed. */
    private static final int MAX_DEPTH = 256;

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int VOID = 1;

    /** What every hash begins with, so that small numbers do not cancel each other out. */
    static final long START = 0x2545F4914F6CDD1DL;

    private final Canonicals canonicals;
    private final int[] words;
    private final int[] offsets;

    /** By id: what a type counts where it is referred to, 0 if not known yet. */
    private final int[] referred;

    NameHashes(TypeGraph graph, Canonicals canonicals) {
        this.canonicals = canonicals;
        this.words = graph.words;
        this.offsets = graph.offsets;
        this.referred = new int[graph.typeCount];
    }

    /**
     * Hashes structs, unions and typedefs from an id to before another, and maps each to the first of its hash.
     * Enumerations are merged already.
     *
     * @throws NotByUnits if there are types that do not make sense
     */
    void run(int from, int to, HashClasses classes, UnitBounds bounds) {
        int[] map = canonicals.map;
        for (int id = from; id < to; id++) {
            bounds.begin(id);
            int at = offsets[id - 1];
            int info = words[at + 1];
            switch (KindRole.of(info)) {
                case KindRole.COMPOSITE -> {
                    long hash = composite(at, id, bounds, 0);
                    map[id] = classes.put(hash, id);
                    referred[id] = words[at] == 0 ? fold(hash) : named(Words.kind(info), words[at]);
                }
                case KindRole.TYPEDEF -> {
                    bounds.refer(id, words[at + 2]);
                    long hash = mix(start(at, info), of(words[at + 2], 0));
                    map[id] = classes.put(hash, id);
                    referred[id] = fold(hash);
                }
                case KindRole.REFERENCE -> {
                    bounds.refer(id, words[at + 2]);
                    referred[id] = fold(mix(start(at, info), of(words[at + 2], 0)));
                }
                case KindRole.ARRAY, KindRole.PROTOTYPE -> {
                    takeBounds(id, at, info, bounds);
                    of(id, 0);
                }
                case KindRole.DECL_TAG -> bounds.refer(id, words[at + 2]);
                case KindRole.SINGULAR, KindRole.UNKNOWN -> {
                    // Not referred to by others that are of interest here.
                }
                default -> of(id, 0);
            }
        }
    }

    private void takeBounds(int id, int at, int info, UnitBounds bounds) {
        if (KindRole.of(info) == KindRole.ARRAY) {
            bounds.refer(id, words[at + TypeGraph.HEADER_WORDS]);
            bounds.refer(id, words[at + TypeGraph.HEADER_WORDS + 1]);
            return;
        }
        int step = BtfKind.FUNC_PROTO.elementWords();
        int end = at + 2 + (Words.vlen(info) + 1) * step;
        for (int i = at + 2; i < end; i += step) {
            bounds.refer(id, words[i]);
        }
    }

    /** Returns the hash of a struct or union. */
    private long composite(int at, int id, UnitBounds bounds, int depth) {
        int info = words[at + 1];
        long hash = mix(start(at, info), words[at + 2]);
        int step = BtfKind.STRUCT.elementWords();
        int end = at + TypeGraph.HEADER_WORDS + Words.vlen(info) * step;
        for (int i = at + TypeGraph.HEADER_WORDS; i < end; i += step) {
            int type = words[i + 1];
            if (bounds != null && (type < bounds.current || type > id)) {
                bounds.cross(id, type);
            }
            hash = mix(mix(hash, pair(words[i], words[i + 2])), of(type, depth));
        }
        return hash;
    }

    /** Returns what a type counts where it is referred to. */
    private int of(int id, int depth) {
        if (id == 0) {
            return VOID;
        }
        int known = referred[id];
        if (known == 0) {
            known = compute(id, depth);
            referred[id] = known;
        }
        return known;
    }

    private int compute(int id, int depth) {
        if (depth == MAX_DEPTH) {
            throw new NotByUnits();
        }
        int at = offsets[id - 1];
        int info = words[at + 1];
        return switch (KindRole.of(info)) {
            case KindRole.FLOAT -> fold(mix(start(at, info), words[at + 2]));
            case KindRole.INT -> fold(mix(start(at, info), pair(words[at + 2], words[at + TypeGraph.HEADER_WORDS])));
            case KindRole.FORWARD -> named(KindRole.declaredKind(info), words[at]);
            case KindRole.ENUM -> fold(mix(START, canonicals.resolve(id)));
            case KindRole.COMPOSITE ->
                words[at] == 0 ? fold(composite(at, id, null, depth + 1)) : named(Words.kind(info), words[at]);
            case KindRole.TYPEDEF, KindRole.REFERENCE -> fold(mix(start(at, info), of(words[at + 2], depth + 1)));
            case KindRole.ARRAY -> fold(array(at, depth + 1));
            case KindRole.PROTOTYPE -> fold(prototype(at, info, depth + 1));
            default -> throw new NotByUnits();
        };
    }

    private long array(int at, int depth) {
        int fixed = at + TypeGraph.HEADER_WORDS;
        long hash = mix(start(at, words[at + 1]), pair(words[at + 2], words[fixed + 2]));
        return mix(mix(hash, of(words[fixed], depth)), of(words[fixed + 1], depth));
    }

    private long prototype(int at, int info, int depth) {
        long hash = mix(start(at, info), of(words[at + 2], depth));
        int step = BtfKind.FUNC_PROTO.elementWords();
        int end = at + TypeGraph.HEADER_WORDS + Words.vlen(info) * step;
        for (int i = at + TypeGraph.HEADER_WORDS; i < end; i += step) {
            hash = mix(mix(hash, words[i]), of(words[i + 1], depth));
        }
        return hash;
    }

    private long start(int at, int info) {
        return mix(START, pair(words[at], info));
    }

    private static int named(int kind, int nameOff) {
        return fold(mix(START, pair(kind, nameOff)));
    }

    static long pair(int high, int low) {
        return (long) high << 32 | low & 0xffffffffL;
    }

    static long mix(long hash, long value) {
        long product = (hash ^ value) * MULTIPLIER;
        return product ^ product >>> 29;
    }

    /** Shortens a hash; never 0. */
    private static int fold(long hash) {
        return (int) (hash * MULTIPLIER >>> 32) | 1;
    }
}
