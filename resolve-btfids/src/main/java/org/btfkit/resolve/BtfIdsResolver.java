package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfException;
import org.btfkit.btf.DetachedSplit;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;

/**
 * Resolves the {@code .BTF_ids} sections of kernel objects.
 *
 * <p>Unlike the kernel's resolve_btfids it moves the {@code __BTF_ID__} symbols together with the ids that a set is
 * sorted by, so that they go on telling the truth: resolving twice is the same as resolving once, and resolving again
 * after the base has changed is the same as resolving a fresh link. An object that was resolved by a tool that leaves
 * symbols behind is repaired if that can be proven right, else refused.
 *
 * <p>Objects are written atomically, and only if something changes. An instance parses each base once and may be used
 * by several threads at a time.
 */
public final class BtfIdsResolver {
    private final ResolveOptions options;
    private final BtfPool pool = new BtfPool();

    /**
     * Creates a resolver.
     *
     * @param options what to resolve with
     */
    public BtfIdsResolver(ResolveOptions options) {
        this.options = options;
    }

    /**
     * Resolves an object.
     *
     * @param object an ELF file
     * @param target where to write the result, even if nothing changes; null for in place
     * @param listener is told of unresolved and ambiguous names and of repairs
     * @return what was done
     * @throws IOException if reading or writing fails; nothing has changed
     * @throws BtfException if the object or its BTF is damaged, or cannot be resolved safely; nothing has changed
     */
    public ObjectReport resolve(Path object, Path target, ResolveListener listener) throws IOException {
        try (ElfFile elf = open(object, target)) {
            IdsSection ids = IdsSection.collect(elf);
            if (ids == null || ids.isEmpty()) {
                return nothingToDo(elf, ids, target, listener);
            }
            Btf btf = new ObjectBtf(elf, options, pool).current();
            OrderProof proof = prove(ids, btf, ShiftProof.isNeeded(ids));
            List<SetReport> sets = describe(ids, proof);
            noteStale(proof, SortedIds.repair(ids, proof).movedSymbols().size(), listener);
            IdLookup lookup = IdLookup.of(ids, btf);
            lookup.report(listener);
            if (options.fatalWarnings() && lookup.warningCount() > 0) {
                throw new ResolveException(
                        object + ": " + lookup.warningCount() + " warnings, which are fatal as asked; not written");
            }
            SortedIds sorted = SortedIds.resolve(ids, proof, lookup);
            ObjectReport.Outcome outcome = write(ids, sorted, target, listener);
            int moved = sorted.movedSymbols().size();
            return new ObjectReport(object, outcome, sets, moved, lookup.missingCount());
        }
    }

    /**
     * Moves the stale symbols of an object to the slots that hold their ids, and changes nothing else.
     *
     * @param object an ELF file
     * @param target where to write the result, even if nothing changes; null for in place
     * @param listener is told of repairs
     * @return what was done
     * @throws IOException if reading or writing fails; nothing has changed
     * @throws BtfException if the object or its BTF is damaged, or cannot be repaired safely; nothing has changed
     */
    public ObjectReport repair(Path object, Path target, ResolveListener listener) throws IOException {
        try (ElfFile elf = open(object, target)) {
            IdsSection ids = IdsSection.collect(elf);
            if (ids == null || ids.isEmpty()) {
                return nothingToDo(elf, ids, target, listener);
            }
            OrderProof proof = ids.isFresh()
                    ? OrderProof.trusting(ids)
                    : prove(
                            ids,
                            new ObjectBtf(elf, options, pool).current(),
                            !ids.sets().isEmpty());
            List<SetReport> sets = describe(ids, proof);
            SortedIds repaired = SortedIds.repair(ids, proof);
            noteStale(proof, repaired.movedSymbols().size(), listener);
            ObjectReport.Outcome outcome = write(ids, repaired, target, listener);
            return new ObjectReport(
                    object, outcome, sets, repaired.movedSymbols().size(), 0);
        }
    }

    /**
     * Tells whether an object has been resolved: it holds ids, which are of use only with the BTF they came from.
     *
     * @param elf an open object
     * @return false if it has no {@code .BTF_ids}, or only zeros are where ids belong
     * @throws IOException if reading fails
     * @throws BtfException if the object is damaged
     */
    public static boolean hasIds(ElfFile elf) throws IOException {
        IdsSection ids = IdsSection.collect(elf);
        return ids != null && !ids.isEmpty() && !ids.isFresh();
    }

    /**
     * Examines an object without changing it.
     *
     * @param object an ELF file
     * @param listener is told why a state is unknown
     * @return what was found
     * @throws IOException if reading fails
     * @throws BtfException if the object or its BTF is damaged, or its base is missing
     */
    public ObjectReport check(Path object, ResolveListener listener) throws IOException {
        try (ElfFile elf = ElfFile.open(object)) {
            IdsSection ids = IdsSection.collect(elf);
            if (ids == null || ids.isEmpty()) {
                return new ObjectReport(object, ObjectReport.Outcome.NOTHING_TO_DO, List.of(), 0, 0);
            }
            OrderProof proof = null;
            if (ids.isFresh()) {
                proof = OrderProof.trusting(ids);
            } else {
                Btf btf = new ObjectBtf(elf, options, pool).current();
                try {
                    proof = prove(ids, btf, !ids.sets().isEmpty());
                } catch (ResolveException e) {
                    listener.warning("WARN: " + e.getMessage());
                }
            }
            int moved = proof == null
                    ? 0
                    : SortedIds.repair(ids, proof).movedSymbols().size();
            return new ObjectReport(object, ObjectReport.Outcome.CHECKED, describe(ids, proof), moved, 0);
        }
    }

    private static ElfFile open(Path object, Path target) throws IOException {
        ElfFile elf = ElfFile.open(object);
        if (target == null && !elf.isOnDisk()) {
            elf.close();
            throw new ResolveException(object + ": " + (elf.isCompressed() ? "is compressed" : "is no regular file")
                    + ", so it cannot be changed in place; name a file to write with -o");
        }
        return elf;
    }

    private ObjectReport nothingToDo(ElfFile elf, IdsSection ids, Path target, ResolveListener listener)
            throws IOException {
        listener.detail(elf + ": "
                + (ids != null
                        ? "no id symbols in " + IdsSection.NAME
                        : "no " + IdsSection.NAME + " section, or no symbol table")
                + ", nothing to do");
        if (target != null) {
            new ElfEditor(elf).writeTo(target);
        }
        return new ObjectReport(elf.path(), ObjectReport.Outcome.NOTHING_TO_DO, List.of(), 0, 0);
    }

    /**
     * Shows whose ids the slots hold, trying in turn every BTF that the ids may have come from.
     *
     * @param needed whether the symbols cannot be taken at their word if nothing shows it
     * @throws ResolveException if nothing shows it
     */
    private OrderProof prove(IdsSection ids, Btf current, boolean needed) throws IOException {
        if (options.trustSymbols() || ids.isFresh()) {
            return OrderProof.trusting(ids);
        }
        ObjectBtf object = new ObjectBtf(ids.file(), options, pool);
        List<Btf> origins = new ArrayList<>();
        origins.add(object.old());
        if (options.btf() != null) {
            origins.add(object.own(options.base()));
        }
        origins.add(current);
        OrderProof best = null;
        String fault = null;
        for (Btf origin : origins) {
            if (origin != null) {
                OrderProof proof = OrderProof.attempt(ids, TypeNames.of(origin));
                if (proof.holds()
                        && (best == null || proof.stale().size() < best.stale().size())) {
                    best = proof;
                }
                fault = fault != null || proof.holds() ? fault : proof.fault();
            }
        }
        if (best == null) {
            OwnTypes own = ownTypes(object, current);
            best = own == null ? null : ShiftProof.find(ids, own, current.base());
        }
        if (best == null && !needed) {
            best = OrderProof.unshown(ids);
        }
        if (best == null) {
            throw new ResolveException(ids.file() + ": " + IdsSection.NAME + ": cannot show whose ids it holds: "
                    + fault + "; relink the object, give the BTF the ids came from with --old_btf and --old_base, or"
                    + " use --trust_symbols if the symbols are known to be right");
        }
        return best;
    }

    /** The own types that the ids may be of; null if there are none. */
    private OwnTypes ownTypes(ObjectBtf object, Btf current) throws IOException {
        if (options.btf() == null && options.oldBtf() == null) {
            return current.base() == null ? null : OwnTypes.of(current);
        }
        DetachedSplit split = object.detached();
        return split == null || split.isSelfContained() ? null : OwnTypes.of(split);
    }

    private static void noteStale(OrderProof proof, int movedSymbols, ResolveListener listener) {
        List<IdSet> stale = proof.stale();
        if (stale.isEmpty()) {
            return;
        }
        String which =
                stale.size() == 1 ? stale.get(0) + " was" : stale.size() + " sets, " + stale.get(0) + " first, were";
        listener.note(which + " sorted by a tool that left the symbols behind; " + movedSymbols + " symbols to move");
        for (IdSet set : stale) {
            listener.detail("stale: " + set);
        }
    }

    private static List<SetReport> describe(IdsSection ids, OrderProof proof) {
        List<SetReport> result = new ArrayList<>();
        for (IdSet set : ids.sets()) {
            int missing = 0;
            for (int entry = 0; entry < set.count; entry++) {
                missing += ids.word(set.slot(entry)) == 0 ? 1 : 0;
            }
            boolean fresh = missing == set.count && ids.word(set.offset) != set.count;
            SetReport.State state = fresh
                    ? SetReport.State.UNRESOLVED
                    : proof == null || !proof.isShown()
                            ? SetReport.State.UNKNOWN
                            : proof.stale().contains(set) ? SetReport.State.STALE : SetReport.State.RESOLVED;
            result.add(new SetReport(set.hasPairs ? "set8" : "set", set.name, set.offset, set.count, missing, state));
        }
        if (!ids.listed().isEmpty()) {
            int missing = 0;
            for (IdSymbol symbol : ids.listed()) {
                missing += ids.word(symbol.offset()) == 0 ? 1 : 0;
            }
            int count = ids.listed().size();
            SetReport.State state = missing == count ? SetReport.State.UNRESOLVED : SetReport.State.RESOLVED;
            result.add(new SetReport("list", "", ids.listed().get(0).offset(), count, missing, state));
        }
        return List.copyOf(result);
    }

    private ObjectReport.Outcome write(IdsSection ids, SortedIds sorted, Path target, ResolveListener listener)
            throws IOException {
        ElfFile elf = ids.file();
        ElfEditor editor = new ElfEditor(elf);
        editor.setBytes(ids.section(), sorted.bytes());
        for (Int2IntMap.Entry moved : sorted.movedSymbols().int2IntEntrySet()) {
            editor.setSymbolValue(moved.getIntKey(), ids.section().address() + moved.getIntValue());
        }
        if (editor.hasChanges()) {
            WriteGuard.checkRelocations(ids, sorted);
            editor.truncate(WriteGuard.unsignedLength(elf, options.stripSignature()));
        }
        listener.detail(
                elf + ": " + ids.symbols().size() + " ids in " + ids.sets().size() + " sets and outside, "
                        + sorted.movedSymbols().size() + " symbols moved"
                        + (editor.hasChanges() ? "" : ", nothing to change"));
        if (target != null) {
            editor.writeTo(target);
            return ObjectReport.Outcome.WRITTEN;
        }
        boolean changes = editor.hasChanges();
        editor.writeInPlace();
        return changes ? ObjectReport.Outcome.WRITTEN : ObjectReport.Outcome.UNCHANGED;
    }
}
