package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.flat.IntList;

/**
 * Makes each type and string of a BTF unique.
 *
 * <p><b>Problem.</b> Compilers and pahole describe each compilation unit on its own, so a kernel has four million types
 * of which a hundred thousand are different. Equal ones cannot be found by their words alone: types refer to each other
 * by id, in circles, and where one unit has a struct in full another one may only have declared it:
 *
 * <pre>
 * unit 1                              unit 2
 * [1] STRUCT 'a'  next: [2]           [5] STRUCT 'a'  next: [6]
 * [2] PTR [3]                         [6] PTR [7]
 * [3] FWD 'b'                         [7] STRUCT 'b'  a: [6], n: [8]
 * [4] PTR [1]                         [8] INT 'int'
 * </pre>
 *
 * <p>Here [5] is [1], which makes [3] the same as [7], which makes [6] the same as [2]; five types are left.
 *
 * <p><b>Passes</b>, with libbpf's names, n being the number of types and w that of words:
 *
 * <ol>
 *   <li>strings, {@link StringDedup}: O(w), on all threads;
 *   <li>primitive types, {@link PrimitiveDedup}: O(n);
 *   <li>struct and union types, and typedefs, {@link StructDedup}, comparing graphs by {@link StructEquivalence}: O(w)
 *       where each type equals the first one that has its shape; for k different types of one shape each is compared
 *       with up to k;
 *   <li>unambiguous forward declarations, {@link ForwardResolver}: O(n);
 *   <li>reference types, {@link ReferenceDedup}: O(w);
 *   <li>compaction and remapping, {@link Compaction}: O(n), on all threads.
 * </ol>
 *
 * <p>Most of that cannot be done side by side, as each comparison builds on those before. So the types of many units
 * that stand alone are first merged another way, by what they are called, on all threads, and it is proven that the
 * result is the same: {@link UnitwiseDedup}. Where that fails, nothing but time is lost: up to twice as much.
 *
 * <p>Memory beside the input: 16 bytes per type, 4 per byte of the string section, and a copy of the input's words if
 * strings are not unique yet.
 *
 * <p><b>Result.</b> Byte for byte that of libbpf's {@code btf__dedup}, at any number of threads. Of equal types the one
 * that is canonical first remains, at its place among those that remain. Variables and sections are all kept. The input
 * is not changed.
 *
 * <p>Hostile input ends as well: walks go as deep as memory allows without recursion, and a bound on the number of
 * comparisons, hundreds of times what kernels need, turns what would take hours into a {@link BtfException}.
 *
 * <p>A deduplicator has options and no other state; it may be used by several threads at the same time.
 */
public final class Deduplicator {
    /** The least number of types for which {@link UnitwiseDedup} is worth trying. */
    private static final int UNITWISE_FROM = 1 << 15;

    /** Types between two calls of a listener. */
    private static final int CHUNK = 1 << 16;

    private final DedupOptions options;
    private final TypeHasher hasher;
    private final int unitwiseFrom;

    /** Makes a deduplicator with {@link DedupOptions#DEFAULT}. */
    public Deduplicator() {
        this(DedupOptions.DEFAULT);
    }

    /**
     * Makes a deduplicator.
     *
     * @param options how it works
     */
    public Deduplicator(DedupOptions options) {
        this(options, TypeHasher.STRONG, UNITWISE_FROM);
    }

    private Deduplicator(DedupOptions options, TypeHasher hasher, int unitwiseFrom) {
        this.options = options;
        this.hasher = hasher;
        this.unitwiseFrom = unitwiseFrom;
    }

    /** Returns a deduplicator with another hasher, for tests. */
    Deduplicator withHasher(TypeHasher newHasher) {
        return new Deduplicator(options, newHasher, unitwiseFrom);
    }

    /** Returns a deduplicator that tries {@link UnitwiseDedup} from another number of types on, for tests. */
    Deduplicator withUnitwiseFrom(int types) {
        return new Deduplicator(options, hasher, types);
    }

    /**
     * Deduplicates BTF. If it is split, its base is indexed and stays as it is; for more than one BTF on a base see
     * {@link #dedup(Btf, BaseIndex)}.
     *
     * @param btf the BTF
     * @return the result and what became of each id
     * @throws BtfException if there is a type of a kind that is not known here, a reference that cannot be compared (to
     *     a variable, a section or a tag from within a struct), a circle of types without struct, union or typedef, or
     *     if strings or comparisons exceed their bound
     */
    public DedupResult dedup(Btf btf) {
        return dedup(btf, (BtfExt) null);
    }

    /**
     * Deduplicates BTF along with the {@code .BTF.ext} of the same object: the strings that it uses are kept, and its
     * ids and string offsets follow.
     *
     * @param btf the BTF
     * @param ext the data beside it, or null
     * @return the result and what became of each id
     * @throws BtfException as {@link #dedup(Btf)}, and if {@code ext} uses ids or strings that do not exist
     */
    public DedupResult dedup(Btf btf, BtfExt ext) {
        return run(btf, btf.base() == null ? null : BaseIndex.of(btf.base(), hasher), ext);
    }

    /**
     * Deduplicates split BTF on a base that has been indexed.
     *
     * @param split BTF that is split on the base of the index
     * @param base the index
     * @return the result and what became of each id
     * @throws BtfException as {@link #dedup(Btf)}
     * @throws IllegalArgumentException if the BTF is split on another base or on none
     */
    public DedupResult dedup(Btf split, BaseIndex base) {
        return dedup(split, base, null);
    }

    /**
     * Deduplicates split BTF and its {@code .BTF.ext} on a base that has been indexed.
     *
     * @param split BTF that is split on the base of the index
     * @param base the index
     * @param ext the data beside it, or null
     * @return the result and what became of each id
     * @throws BtfException as {@link #dedup(Btf, BtfExt)}
     * @throws IllegalArgumentException if the BTF is split on another base or on none
     */
    public DedupResult dedup(Btf split, BaseIndex base, BtfExt ext) {
        if (split.base() != base.base()) {
            throw new IllegalArgumentException(
                    split.source() + " is split on " + split.base() + ", the index is of " + base.base());
        }
        return run(split, base, ext);
    }

    private DedupResult run(Btf btf, BaseIndex base, BtfExt ext) {
        Workers workers = new Workers(options.threads(), Math.max(1, Math.min(Workers.MIN_ITEMS, unitwiseFrom)));
        int types = btf.typeCount() - btf.firstTypeId();
        report(DedupPass.STRINGS, 0, types);
        StringDedup strings =
                new StringDedup(btf, base == null ? null : base.strings(), workers, options.keepsStrings());
        strings.run(stringsOf(ext, btf));
        TypeGraph graph = TypeGraph.of(btf, strings.comparableWords(), base == null ? null : base.graph());
        report(DedupPass.STRINGS, types, types);

        Compaction compaction = base == null && types >= unitwiseFrom ? mergeUnitwise(graph, workers) : null;
        if (compaction == null) {
            Canonicals canonicals = new Canonicals(graph);
            mergeTypes(graph, canonicals, base);
            report(DedupPass.COMPACTION, 0, types);
            compaction = new Compaction(graph, canonicals);
            compaction.number(workers);
        }
        int[] idMap = compaction.newIds();
        Btf result = btf.with(compaction.words(strings), strings.strings());
        BtfExt resultExt = ext == null ? null : ext.map(id -> idMap[id], strings::newOffset);
        report(DedupPass.COMPACTION, types, types);
        return new DedupResult(result, resultExt, idMap);
    }

    /** Returns the string offsets that the data beside some BTF uses, in its order. */
    private static int[] stringsOf(BtfExt ext, Btf btf) {
        IntList used = new IntList(1 << 10);
        if (ext != null) {
            ext.validate(btf);
            ext.map(id -> id, off -> {
                used.add(off);
                return off;
            });
        }
        return used.toArray();
    }

    private Compaction mergeUnitwise(TypeGraph graph, Workers workers) {
        return new UnitwiseDedup(graph, new Canonicals(graph), hasher, workers, options.listener()).run();
    }

    private void mergeTypes(TypeGraph graph, Canonicals canonicals, BaseIndex base) {
        int first = graph.firstOwn;
        int types = graph.typeCount - first;
        CandidateTable table = base == null ? new CandidateTable() : base.candidates();
        PrimitiveDedup primitives = new PrimitiveDedup(graph, canonicals, table, hasher);
        inChunks(DedupPass.PRIMITIVE_TYPES, first, types, primitives::run);
        StructDedup structs = new StructDedup(graph, canonicals, table, hasher);
        inChunks(DedupPass.STRUCT_TYPES, first, types, structs::run);
        report(DedupPass.RESOLVE_FORWARDS, 0, types);
        new ForwardResolver(graph, canonicals, base == null ? new UniqueNames() : base.names()).run();
        report(DedupPass.RESOLVE_FORWARDS, types, types);
        ReferenceDedup references = new ReferenceDedup(graph, canonicals, table, hasher);
        inChunks(DedupPass.REFERENCE_TYPES, first, types, references::run);
    }

    /** A pass over types from an id to before another. */
    private interface Pass {
        void run(int from, int to);
    }

    private void inChunks(DedupPass pass, int first, int types, Pass work) {
        report(pass, 0, types);
        for (int done = 0; done < types; ) {
            int next = (int) Math.min((long) done + CHUNK, types);
            work.run(first + done, first + next);
            done = next;
            report(pass, done, types);
        }
    }

    private void report(DedupPass pass, int done, int total) {
        options.listener().progress(pass, done, total);
    }
}
