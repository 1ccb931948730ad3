package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfKind;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.dedup.Distiller;
import org.btfkit.dedup.NameSorter;

/**
 * Brings BTF into the form that kernels and modules carry: edited for kfuncs, deduplicated, on a distilled base if that
 * is asked for, own types sorted by name.
 *
 * <p>BTF that is in this form already stays as it is, to the byte. That needs care in one place: deduplication puts
 * strings in the order in which types first use them, and sorting then changes the order of the types. So strings would
 * change places each time; but if neither a type nor the set of strings changes, nothing has to.
 */
final class BtfTransform {
    private final Btf stored;
    private final BtfPool pool;
    private final IdsSection ids;
    private final boolean distills;
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
     * @param stored the BTF as it was found, to be kept if it is in its final form
     * @param ids the ids that the BTF is to serve, null if there are none
     * @param distills whether to distill the base; there is one then
     */
    BtfTransform(Btf stored, BtfPool pool, IdsSection ids, boolean distills, ResolveListener listener) {
        this.stored = stored;
        this.pool = pool;
        this.ids = ids;
        this.distills = distills;
        this.listener = listener;
    }

    /**
     * Transforms BTF.
     *
     * @param input the BTF that was found, put on the base that it is to have
     * @param kfuncs the kfuncs, with ids of {@code input}
     */
    Result run(Btf input, List<Kfunc> kfuncs) {
        Btf full = dedup(KfuncEdits.apply(input, kfuncs));
        Btf unsorted = distills ? Distiller.distill(full, namedByIds(full)).split() : full;
        Btf sorted = NameSorter.sort(unsorted).btf();
        return new Result(isSame(sorted, stored) ? stored : sorted, full);
    }

    private Btf dedup(Btf btf) {
        if (btf.base() == null) {
            return new Deduplicator().dedup(btf).btf();
        }
        // The own types of a module are too few for threads to pay, and objects are worked on in parallel.
        return new Deduplicator()
                .withThreads(1)
                .dedup(btf, pool.index(btf.base()))
                .btf();
    }

    /** The structs and unions of the base that ids name; those that their name and size do not tell apart are left. */
    private int[] namedByIds(Btf full) {
        IntArrayList found = new IntArrayList();
        if (ids == null) {
            return new int[0];
        }
        for (IdSymbol symbol : ids.symbols()) {
            boolean canBeCarried = symbol.kind() == IdKind.STRUCT || symbol.kind() == IdKind.UNION;
            int id = canBeCarried ? full.find(symbol.kind().btfKind, symbol.name()) : 0;
            if (id == 0 || id >= full.firstTypeId() || found.contains(id)) {
                continue;
            }
            int twin = twinOf(full.base(), id);
            if (twin == 0) {
                found.add(id);
            } else {
                listener.warning("WARN: " + symbol + " cannot join the distilled base: types " + id + " and " + twin
                        + " of the base have that name and size");
            }
        }
        return found.toIntArray();
    }

    private static int twinOf(Btf base, int typeId) {
        for (int other : base.findAll(base.kind(typeId), base.name(typeId))) {
            if (other != typeId && base.sizeOrType(other) == base.sizeOrType(typeId)) {
                return other;
            }
        }
        return 0;
    }

    /** Tells whether two BTFs and their bases have the same types in the same order, and use the same strings. */
    static boolean isSame(Btf one, Btf other) {
        if (one == other) {
            return true;
        }
        if (one == null
                || other == null
                || one.typeCount() != other.typeCount()
                || one.wordCount() != other.wordCount()
                || one.stringEnd() != other.stringEnd()
                || !isSame(one.base(), other.base())) {
            return false;
        }
        for (int id = one.firstTypeId(); id < one.typeCount(); id++) {
            if (!isSameType(one, other, id)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSameType(Btf one, Btf other, int typeId) {
        int info = one.info(typeId);
        BtfKind kind = BtfKind.of(Btf.kindOf(info));
        if (info != other.info(typeId) || kind == null) {
            return false;
        }
        int names = kind.nameCount(Btf.vlenOf(info));
        int next = 0;
        for (int word = 0; word < one.wordCount(typeId); word++) {
            boolean isName = next < names && word == kind.nameWord(next);
            int a = one.word(typeId, word);
            int b = other.word(typeId, word);
            if (isName ? !one.string(a).equals(other.string(b)) : a != b) {
                return false;
            }
            next += isName ? 1 : 0;
        }
        return true;
    }
}
