package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.compare.SameTypes;
import org.btfkit.dedup.DedupOptions;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.transform.Distiller;
import org.btfkit.transform.NameSorter;

/**
 * Brings BTF into the form that kernels and modules carry: edited for kfuncs, deduplicated, on a distilled base if that
 * is asked for, own types sorted by name.
 *
 * <p>BTF that is in this form already stays as it is, to the byte. That needs care in two places:
 *
 * <ul>
 *   <li>deduplication puts strings in the order in which types first use them, and sorting then changes the order of
 *       the types. So strings would change places each time; but if neither a type nor the set of strings changes,
 *       nothing has to;
 *   <li>BTF on a distilled base cannot always be put back onto the full base: of two types of one name there, a
 *       distilled base does not say which one it was. But if its types are edited and sorted, and the base still has
 *       all that it needs, there is no need to. (Only a tool that deduplicates edits and sorts.)
 * </ul>
 */
final class BtfTransform {
    private static final BtfKind[] COMPOSITES = {BtfKind.STRUCT, BtfKind.UNION, BtfKind.FWD};

    private final Btf stored;
    private final BtfPool pool;
    private final IdsSection ids;
    private final boolean distills;
    private final KernelRules.Form form;
    private final ResolveListener listener;

    /**
     * What came out.
     *
     * @param btf the BTF
     * @param full the BTF on the full base, before it was distilled and sorted
     */
    record Result(Btf btf, Btf full) {}

    /**
     * Prepares a transformation.
     *
     * @param stored the BTF as it was found, to be kept if it is in its final form; null to keep none
     * @param ids the ids that the BTF is to serve, null if there are none
     * @param distills whether to distill the base, if there is one
     * @param form what to do; something
     */
    BtfTransform(
            Btf stored,
            BtfPool pool,
            IdsSection ids,
            boolean distills,
            KernelRules.Form form,
            ResolveListener listener) {
        this.stored = stored;
        this.pool = pool;
        this.ids = ids;
        this.distills = distills;
        this.form = form;
        this.listener = listener;
    }

    /**
     * Transforms BTF.
     *
     * @param input the BTF that was found, put on the base that it is to have
     * @param kfuncs the kfuncs, with ids of {@code input}
     */
    Result run(Btf input, List<Kfunc> kfuncs) {
        Btf full = form == KernelRules.Form.SORTED
                ? KfuncEdits.dropImplicit(input, kfuncs)
                : dedup(KfuncEdits.apply(input, kfuncs));
        Btf unsorted = distills && full.base() != null
                ? Distiller.distill(full, namedByIds(full)).split()
                : full;
        Btf sorted = NameSorter.sort(unsorted).btf();
        return new Result(SameTypes.test(sorted, stored) ? stored : sorted, full);
    }

    /**
     * Tells whether BTF on a distilled base is in its final form, for any base that has the types of the distilled one.
     *
     * @param given the base to be on, or null if that is not known
     * @param kfuncs the kfuncs, with ids of the BTF that was found
     */
    boolean isFinalOn(Btf given, List<Kfunc> kfuncs) {
        if (KfuncEdits.apply(stored, kfuncs) != stored || !isSorted(stored)) {
            return false;
        }
        Btf distilled = stored.base();
        for (int id = 1; given != null && id < distilled.typeCount(); id++) {
            if (!has(given, distilled, id)) {
                return false;
            }
        }
        for (int i = 0; given != null && ids != null && i < ids.symbols().size(); i++) {
            IdSymbol symbol = ids.symbols().get(i);
            int id = stored.find(symbol.kind().btfKind, symbol.name()) == 0 ? findComposite(given, symbol) : 0;
            if (id != 0 && twinOf(given, id) == 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSorted(Btf btf) {
        int[] idMap = NameSorter.sort(btf).idMap();
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            if (idMap[id] != id) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether a base has a type that one of a distilled base may be: distilling makes ENUM of ENUM64. */
    private static boolean has(Btf given, Btf distilled, int typeId) {
        BtfKind kind = distilled.kind(typeId);
        String name = distilled.name(typeId);
        if (kind == null || name.isEmpty()) {
            return false;
        }
        return hasOfSize(given, kind, name, distilled, typeId)
                || kind == BtfKind.ENUM && hasOfSize(given, BtfKind.ENUM64, name, distilled, typeId);
    }

    private static boolean hasOfSize(Btf given, BtfKind kind, String name, Btf distilled, int typeId) {
        for (int id : given.findAll(kind, name)) {
            boolean same = kind == BtfKind.FWD
                    ? given.kflag(id) == distilled.kflag(typeId)
                    : given.sizeOrType(id) == distilled.sizeOrType(typeId);
            if (same && (kind != BtfKind.INT || given.word(id, Words.HEADER) == distilled.word(typeId, Words.HEADER))) {
                return true;
            }
        }
        return false;
    }

    private Btf dedup(Btf btf) {
        if (btf.base() == null) {
            return new Deduplicator().dedup(btf).btf();
        }
        // The own types of a module are too few for threads to pay, and objects are worked on in parallel.
        return new Deduplicator(DedupOptions.DEFAULT.withThreads(1))
                .dedup(btf, pool.index(btf.base()))
                .btf();
    }

    /** The structs and unions of the base that ids name; those that their name and size do not tell apart are left. */
    private int[] namedByIds(Btf full) {
        IntArrayList found = new IntArrayList();
        for (int i = 0; ids != null && i < ids.symbols().size(); i++) {
            IdSymbol symbol = ids.symbols().get(i);
            int id = findComposite(full, symbol);
            if (id != 0 && id < full.firstTypeId() && !found.contains(id)) {
                int twin = twinOf(full.base(), id);
                if (twin == 0) {
                    found.add(id);
                } else {
                    listener.warning(symbol + " cannot join the distilled base: types " + id + " and " + twin
                            + " of the base have that name and size");
                }
            }
        }
        return found.toIntArray();
    }

    private static int findComposite(Btf btf, IdSymbol symbol) {
        boolean isComposite = symbol.kind() == IdKind.STRUCT || symbol.kind() == IdKind.UNION;
        return isComposite ? btf.find(symbol.kind().btfKind, symbol.name()) : 0;
    }

    /** Finds another type that a distilled base could not be told from a struct or union: relocation fails on both. */
    private static int twinOf(Btf base, int typeId) {
        for (BtfKind kind : COMPOSITES) {
            for (int other : base.findAll(kind, base.name(typeId))) {
                if (other != typeId && base.sizeOrType(other) == base.sizeOrType(typeId)) {
                    return other;
                }
            }
        }
        return 0;
    }
}
