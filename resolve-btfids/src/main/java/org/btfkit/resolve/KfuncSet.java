package org.btfkit.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.elf.ElfFile;

/**
 * A set of functions with flags in the {@code .BTF_ids} of a kernel or module: what it registers for BPF programs.
 *
 * <p>Kernels before 6.9 do not say which sets are of kfuncs; there all sets with flags are.
 *
 * <p>Immutable; safe for use by several threads.
 *
 * @param name its name; empty where no symbol tells
 * @param offset where it begins, in bytes from the start of {@code .BTF_ids}
 * @param isOfKfuncs whether it is marked to be of kfuncs
 * @param state {@link SetReport.State#UNRESOLVED} if no slot holds an id yet: then symbols name the functions.
 *     {@link SetReport.State#RESOLVED} if ids do. {@link SetReport.State#UNKNOWN} if ids and symbols are of different
 *     functions, so that nobody can say whose the flags are: then there are no entries
 * @param entries the functions in the order of their slots
 */
public record KfuncSet(String name, int offset, boolean isOfKfuncs, SetReport.State state, List<Entry> entries) {
    private static final int BTF_SET8_KFUNCS = 1;

    /**
     * A function of a set.
     *
     * @param name its name; empty if its slot holds 0 in a set that is resolved, as for one that is not built in
     * @param funcId id of its FUNC, 0 if there is none
     * @param flags its {@code KF_*} flags, see {@link KfuncFlag}
     */
    public record Entry(String name, int funcId, int flags) {}

    /** {@return whether it can be said whose the flags are: if not, there are no entries} */
    public boolean isKnown() {
        return state != SetReport.State.UNKNOWN;
    }

    /** {@return what is to be said of a set that is not known: where it is, and what does not fit} */
    public String unknownText() {
        return IdsSection.NAME + ": set8 '" + name + "' has ids of other functions than its symbols name";
    }

    /**
     * Reads the sets of kfuncs of an object: those that are marked so, or all with flags if none is.
     *
     * @param elf the object
     * @param btf the BTF that its ids are of
     * @return the sets by offset; none if the object has no {@code .BTF_ids}
     * @throws IOException if reading fails
     * @throws BtfException as {@link #of}
     */
    public static List<KfuncSet> ofKfuncs(ElfFile elf, Btf btf) throws IOException {
        List<KfuncSet> all = of(elf, btf);
        List<KfuncSet> marked = all.stream().filter(KfuncSet::isOfKfuncs).toList();
        return marked.isEmpty() ? all : marked;
    }

    /**
     * Reads the sets with flags of an object. Costs one pass over its symbols.
     *
     * <p>Symbols may name other slots than those that their functions are on by now, as those of all shipped kernels
     * do; together they still have to name what the ids of the set are.
     *
     * @param elf the object
     * @param btf the BTF that its ids are of
     * @return the sets by offset; none if the object has no {@code .BTF_ids}
     * @throws IOException if reading fails
     * @throws BtfException if the section is damaged, or nothing tells which of its words are sets
     */
    public static List<KfuncSet> of(ElfFile elf, Btf btf) throws IOException {
        IdsSection ids = IdsSection.collect(elf);
        if (ids == null) {
            return List.of();
        }
        boolean hasSymbols = !ids.isEmpty();
        List<IdSet> sets = hasSymbols ? ids.sets() : IdsLayout.find(ids, btf);
        if (sets == null) {
            throw new BtfException(elf + ": " + IdsSection.NAME + ": no symbols tell which of its words are sets, and"
                    + " its words can be read in several ways");
        }
        List<KfuncSet> result = new ArrayList<>();
        for (IdSet set : sets) {
            if (set.hasPairs) {
                result.add(read(ids, set, btf, hasSymbols));
            }
        }
        return result;
    }

    private static KfuncSet read(IdsSection ids, IdSet set, Btf btf, boolean hasSymbols) {
        List<Entry> entries = new ArrayList<>();
        Set<String> found = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        boolean isFresh = hasSymbols && ids.isFresh(set);
        int missing = 0;
        for (int entry = 0; entry < set.count; entry++) {
            IdSymbol symbol = set.symbols[entry];
            int funcId = ids.word(set.slot(entry));
            if (symbol != null) {
                named.add(symbol.name());
            }
            if (isFresh) {
                String name = symbol == null ? "" : symbol.name();
                entries.add(new Entry(name, symbol == null ? 0 : btf.find(BtfKind.FUNC, name), ids.flags(set, entry)));
                continue;
            }
            boolean isFunc = funcId > 0 && funcId < btf.typeCount() && btf.kind(funcId) == BtfKind.FUNC;
            missing += funcId == 0 ? 1 : 0;
            if (isFunc) {
                found.add(btf.name(funcId));
            }
            entries.add(new Entry(isFunc ? btf.name(funcId) : "", isFunc ? funcId : 0, ids.flags(set, entry)));
        }
        boolean isShown = isFresh || found.size() + missing == set.count && (!hasSymbols || named.containsAll(found));
        SetReport.State state =
                isFresh ? SetReport.State.UNRESOLVED : isShown ? SetReport.State.RESOLVED : SetReport.State.UNKNOWN;
        return new KfuncSet(
                set.name, set.offset, isMarked(ids, set), state, isShown ? List.copyOf(entries) : List.of());
    }

    /** Tells whether a set of pairs is marked to be of kfuncs. */
    static boolean isMarked(IdsSection ids, IdSet set) {
        return set.hasPairs && (ids.word(set.offset + Integer.BYTES) & BTF_SET8_KFUNCS) != 0;
    }
}
