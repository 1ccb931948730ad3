package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.StringTable;

/**
 * A base prepared for the deduplication of any number of BTFs that are split on it.
 *
 * <p>A split type that equals one of the base is mapped to it, so all types and strings of the base have to be found by
 * content. For a kernel that takes longer than the deduplication of most modules; here it is done once. The index does
 * not change after that, and any number of threads may use it at the same time.
 *
 * <pre>{@code
 * BaseIndex vmlinux = BaseIndex.of(base);
 * for (Btf module : modules) {
 *     Btf small = new Deduplicator().dedup(module, vmlinux).btf();
 * }
 * }</pre>
 *
 * <p>The base is taken as it is and need not be deduplicated: of equal base types one wins by the rule that
 * {@code CandidateTable} describes.
 */
public final class BaseIndex {
    private final Btf base;
    private final TypeGraph graph;
    private final StringTable strings;
    private final CandidateTable candidates = new CandidateTable();
    private final UniqueNames names = new UniqueNames();

    private BaseIndex(Btf base, TypeHasher hasher) {
        this.base = base;
        this.graph = TypeGraph.of(base);
        this.strings = graph.stringTable();
        for (int id = 1; id < graph.typeCount; id++) {
            add(id, hasher);
            ForwardResolver.addComposite(graph, names, id);
        }
    }

    /**
     * Indexes a base. Costs one pass over its types and strings.
     *
     * @param base the base; may itself be split on another
     * @return the index
     * @throws BtfException if it has a type of a kind that is not known here
     */
    public static BaseIndex of(Btf base) {
        return new BaseIndex(base, TypeHasher.STRONG);
    }

    /** As {@link #of(Btf)}, with a hasher. */
    static BaseIndex of(Btf base, TypeHasher hasher) {
        return new BaseIndex(base, hasher);
    }

    private void add(int id, TypeHasher hasher) {
        int[] words = graph.words;
        int at = graph.at(id);
        switch (KindRole.of(words[at + 1])) {
            case KindRole.SINGULAR -> {
                // Never merged.
            }
            case KindRole.UNKNOWN -> throw graph.fault(id, "in the base, expected a kind that is known");
            case KindRole.ENUM -> PrimitiveDedup.addEnum(graph, candidates, hasher, id);
            case KindRole.COMPOSITE -> candidates.add(hasher.composite(words, at), id);
            case KindRole.TYPEDEF -> candidates.add(hasher.typedef(words, at), id);
            default -> candidates.add(hasher.words(words, at, graph.end(id)), id);
        }
    }

    /**
     * Returns the base.
     *
     * @return the BTF that was indexed
     */
    public Btf base() {
        return base;
    }

    /**
     * Finds a string of the base. Costs a look at a hash table.
     *
     * @param bytes what holds the string to look for
     * @param from index of its first byte
     * @param to index after its last one, where a NUL byte stands
     * @return its offset, or -1 if the base has no such string
     */
    public int findString(byte[] bytes, int from, int to) {
        return strings.find(bytes, from, to, StringTable.hash(bytes, from, to));
    }

    /** The base's types. */
    TypeGraph graph() {
        return graph;
    }

    /** The base's strings; not to be added to. */
    StringTable strings() {
        return strings;
    }

    /** A copy of the base's candidates, to be added to. */
    CandidateTable candidates() {
        return new CandidateTable(candidates);
    }

    /** A copy of the names of the base's structs and unions, to be added to. */
    UniqueNames names() {
        return new UniqueNames(names);
    }
}
