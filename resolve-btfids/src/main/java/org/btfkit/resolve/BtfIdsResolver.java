package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfTarget;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.InputFile;
import org.btfkit.resolve.ResolveException.Reason;

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
    private final BtfPool pool;
    private final ObjectSeals seals;

    /**
     * Creates a resolver.
     *
     * @param options what to resolve with
     */
    public BtfIdsResolver(ResolveOptions options) {
        this(options, null);
    }

    /**
     * Creates a resolver that uses bases which others have read.
     *
     * @param options what to resolve with
     * @param cache the bases; null for none
     */
    public BtfIdsResolver(ResolveOptions options, BaseCache cache) {
        this.options = options;
        this.pool = new BtfPool(cache);
        this.seals = new ObjectSeals(options, pool);
    }

    /**
     * Reads the base now instead of with the first object, so that what is wrong with it is met once and not with each.
     *
     * @throws IOException if it cannot be read
     * @throws BtfException if it is damaged, or no base
     */
    public void readBase() throws IOException {
        pool.get(options.base());
    }

    /**
     * Resolves an object.
     *
     * <p>With {@link ResolveOptions#keepLinkedSymbols} a linked kernel is left as the kernel's own tool leaves it, with
     * symbols on each other's slots. Resolving it again changes nothing where its ids are those of its own BTF, and
     * without that option it is repaired like any other object.
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
            ObjectBtf own = new ObjectBtf(elf, options, pool, listener);
            WarningCount warnings = new WarningCount(listener);
            IdsSection ids = UnnamedIds.named(IdsSection.collect(elf), own, options, warnings);
            warnings.check(object, options);
            if (ids == null || ids.isEmpty()) {
                return nothingToDo(elf, ids, target, listener);
            }
            Btf btf = own.current();
            IdLookup lookup = IdLookup.of(ids, btf);
            boolean keeps = options.keepsSymbolsOf(elf);
            boolean isDone = keeps && options.areIdsOfOwnBtf() && SortedIds.isDone(ids, lookup);
            OrderProof proof = isDone
                    ? OrderProof.attempt(ids, IdMeaning.of(btf, ids, lookup))
                    : prove(ids, btf, lookup, ShiftProof.isNeeded(ids));
            List<SetReport> sets = SetReport.describe(ids, proof);
            if (!keeps) {
                proof.noteStale(SortedIds.repair(ids, proof).movedSymbols().size(), listener);
            }
            UnnamedIds.requireFound(ids, lookup);
            lookup.report(warnings);
            ForeignFlags.report(ids, proof, btf, warnings);
            warnings.check(object, options);
            SortedIds sorted = isDone ? SortedIds.asFound(ids) : SortedIds.resolve(ids, proof, lookup, keeps);
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
            UnnamedIds.refuse(ids);
            if (ids == null || ids.isEmpty()) {
                return nothingToDo(elf, ids, target, listener);
            }
            Btf btf = ids.isFresh() ? null : new ObjectBtf(elf, options, pool, listener).current();
            OrderProof proof = btf == null
                    ? OrderProof.trusting(ids)
                    : prove(ids, btf, null, !ids.sets().isEmpty());
            List<SetReport> sets = SetReport.describe(ids, proof);
            SortedIds repaired = SortedIds.repair(ids, proof);
            proof.noteStale(repaired.movedSymbols().size(), listener);
            if (btf != null) {
                WarningCount warnings = new WarningCount(listener);
                ForeignFlags.report(ids, proof, btf, warnings);
                warnings.check(object, options);
            }
            ObjectReport.Outcome outcome = write(ids, repaired, target, listener);
            return new ObjectReport(
                    object, outcome, sets, repaired.movedSymbols().size(), 0);
        }
    }

    /**
     * Tells whether an object has been resolved: it holds ids, which are of use only with the BTF they came from.
     *
     * @param elf an open object
     * @return false if it has no {@code .BTF_ids}, or only zeros are where ids belong; what no symbol names is taken
     *     for ids unless it is 0
     * @throws IOException if reading fails
     * @throws BtfException if the object is damaged
     */
    public static boolean hasIds(ElfFile elf) throws IOException {
        IdsSection ids = IdsSection.collect(elf);
        return ids != null && (!ids.isFresh() || ids.unnamedCount() > 0);
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
            if (ids == null || ids.sizeBytes() == 0) {
                return new ObjectReport(object, ObjectReport.Outcome.NOTHING_TO_DO, List.of(), 0, 0);
            }
            SetReport unnamed = UnnamedIds.check(ids, listener);
            OrderProof proof = null;
            if (unnamed != null) {
                List<SetReport> sets = new ArrayList<>(SetReport.describe(ids, null));
                sets.add(unnamed);
                return new ObjectReport(object, ObjectReport.Outcome.CHECKED, sets, 0, 0);
            } else if (ids.isFresh()) {
                proof = OrderProof.trusting(ids);
            } else {
                Btf btf = new ObjectBtf(elf, options, pool, listener).current();
                try {
                    proof = prove(ids, btf, null, !ids.sets().isEmpty());
                    ForeignFlags.report(ids, proof, btf, listener);
                } catch (ResolveException | BtfBaseException e) {
                    listener.unknown(e);
                }
            }
            int moved = proof == null
                    ? 0
                    : SortedIds.repair(ids, proof).movedSymbols().size();
            return new ObjectReport(object, ObjectReport.Outcome.CHECKED, SetReport.describe(ids, proof), moved, 0);
        }
    }

    /**
     * Brings the BTF of an object into its final form, puts it into the object, and resolves the ids with it: edits it
     * for kfuncs, deduplicates it against the base, distills the base if that is asked for, sorts its types by name.
     * Sections {@code .BTF} and {@code .BTF.base} are replaced, added or removed as needed; flags and alignment of
     * those that are there stay.
     *
     * <p>BTF in its final form stays as it is, so that embedding twice changes nothing the second time.
     *
     * <p>With {@link ResolveOptions#rules} the BTF is made of the object's DWARF each time, as the build of such a
     * kernel makes it. Then the result depends on nothing but the object as it was linked and the base, and running
     * again is as a fresh build, be it on the same base or another. What the object has now only shows whose ids it
     * holds. An object without DWARF is left alone if it has neither BTF nor ids, else refused. With
     * {@link ResolveOptions#seals} objects are sealed, and nothing is made of those whose seal shows that they are
     * right.
     *
     * <p><b>When the base changes.</b> Which BTF the object's own can be made from on another base depends on what is
     * known:
     *
     * <ul>
     *   <li>{@code btf} names what pahole made on the new base: the object's own BTF does not matter, and the result is
     *       that of embedding into a fresh link, to the byte, whatever has been embedded before;
     *   <li>the object has a distilled base: its BTF is carried to the new base by the names and sizes of types, and
     *       what the new base lacks is an error;
     *   <li>{@code oldBase} names the base that its BTF is on: that is distilled, and then the same. The types are
     *       those of carrying the original over, but strings may be in another order, as they are in that of types
     *       before they were sorted;
     *   <li>none of that: the ids of its BTF mean nothing without the old base, and the object is refused.
     * </ul>
     *
     * @param object an ELF file
     * @param target where to write the result, even if nothing changes; null for in place
     * @param listener is told of kfuncs that are not found, unresolved and ambiguous names, and of repairs
     * @return what was done
     * @throws IOException if reading or writing fails; nothing has changed
     * @throws BtfException if the object or its BTF is damaged, or cannot be resolved safely; nothing has changed
     */
    public ObjectReport embed(Path object, Path target, ResolveListener listener) throws IOException {
        try (ElfFile elf = open(object, target)) {
            ObjectReport sealed = target == null ? seals.find(elf) : null;
            if (sealed != null) {
                write(elf, new ElfEditor(elf), null, listener);
                detail(elf, sealed.btf(), "unchanged, as its seal shows", listener);
                return sealed;
            }
            WarningCount said = new WarningCount(listener);
            ObjectPipeline.Result result = ObjectPipeline.run(elf, options, pool, said);
            if (result == null) {
                return withoutDwarf(elf, target, listener);
            }
            ElfEditor editor = new ElfEditor(elf);
            BtfTarget.put(elf, editor, result.btf(), null, result.distilledBase());
            if (result.ids() != null) {
                setIds(editor, result.ids(), result.sorted());
            }
            if (said.isSilent()) {
                seals.put(editor, result.report());
            }
            ObjectReport.Outcome outcome = write(elf, editor, target, listener);
            detail(elf, result.report(), outcome.name().toLowerCase(Locale.ROOT), listener);
            return result.toReport(object, outcome, List.of());
        }
    }

    private static void detail(ElfFile elf, BtfReport btf, String outcome, ResolveListener listener) {
        listener.detail(elf + ": BTF of " + btf.types() + " types, " + btf.bytes() + " bytes, " + outcome);
    }

    /**
     * Writes beside an object what it is to carry, and leaves the object alone: {@code ELF.BTF}, {@code ELF.BTF_ids}
     * with {@code ELF.BTF_ids.syms} if the section is there and not empty, and {@code ELF.BTF.base} if the BTF is on a
     * distilled base. Of these, files from an earlier run are replaced or removed, all or none. A build puts the BTF
     * into the object and then copies the ids with {@link #patch}.
     *
     * @param object an ELF file
     * @param listener is told of kfuncs that are not found, unresolved and ambiguous names, and of repairs
     * @return what was done; its {@link ObjectReport#files} are those written
     * @throws IOException if reading or writing fails; the files of an earlier run are still there
     * @throws BtfException if the object or its BTF is damaged, or cannot be resolved safely; nothing has changed
     */
    public ObjectReport detach(Path object, ResolveListener listener) throws IOException {
        try (ElfFile elf = openWithFolder(object)) {
            ObjectPipeline.Result result = ObjectPipeline.run(elf, options, pool, listener);
            if (result == null) {
                return withoutDwarf(elf, null, listener);
            }
            if (result.ids() != null && !result.sorted().isAsFound()) {
                WriteGuard.checkRelocations(result.ids(), result.sorted().movedSymbols());
            }
            List<Path> files = ObjectFiles.write(elf, result, listener);
            for (Path file : files) {
                listener.detail("wrote " + file);
            }
            return result.toReport(object, ObjectReport.Outcome.DETACHED, files);
        }
    }

    /**
     * Makes what the link of a kernel takes, of the kernel as it was linked before that: {@code ELF.btf.o}, an object
     * with nothing but {@code .BTF}, and for kernels from 7.0 on {@code ELF.BTF_ids} with {@code ELF.BTF_ids.syms}, to
     * be copied with {@link #patch} into the kernel that comes out. Before, ids are resolved in that itself. Files that
     * are there and have the same content are not touched.
     *
     * @param vmlinux the kernel, with DWARF and without a place for its BTF
     * @param listener is told of kfuncs that are not found, and of unresolved and ambiguous names
     * @return what was done; its {@link ObjectReport#files} are those for the link
     * @throws IOException if reading or writing fails; the files of an earlier run are still there
     * @throws BtfException if the kernel has no DWARF, is damaged, or cannot be resolved safely; nothing has changed
     */
    public ObjectReport makeLinkable(Path vmlinux, ResolveListener listener) throws IOException {
        try (ElfFile elf = openWithFolder(vmlinux)) {
            ObjectPipeline.Result result = ObjectPipeline.run(elf, options, pool, listener);
            if (result == null) {
                throw new ResolveException(
                        Reason.NO_DWARF, elf + ": has no DWARF that is encoded, so there is no BTF to link into it");
            }
            boolean hasIds = result.ids() != null && options.rules().form() != KernelRules.Form.AS_ENCODED;
            if (hasIds && !result.sorted().isAsFound()) {
                WriteGuard.checkRelocations(result.ids(), result.sorted().movedSymbols());
            }
            ObjectFiles files = ObjectFiles.forLink(elf, result, hasIds);
            boolean changes = files.replaceIfChanged(listener);
            return result.toReport(
                    vmlinux, changes ? ObjectReport.Outcome.DETACHED : ObjectReport.Outcome.UNCHANGED, files.written());
        }
    }

    /**
     * Copies ids that were written beside an object into its {@code .BTF_ids} section, moves the symbols as
     * {@code BLOB.syms} says, and removes that. If it is not there, the symbols stay where they are, with a warning; if
     * it is there and was made for another blob or object, nothing is written.
     *
     * <p>With {@link ResolveOptions#keepLinkedSymbols} the symbols of a linked kernel stay where they are in any case.
     *
     * <p>Doing this again changes nothing.
     *
     * @param blob the bytes for the section
     * @param object an ELF file
     * @param target where to write the result, even if nothing changes; null for in place
     * @param listener is told if no symbols are moved
     * @return what was done
     * @throws IOException if reading or writing fails; nothing has changed
     * @throws BtfException if the object is damaged, or the blob or the moves are not made for it; nothing has changed
     */
    public ObjectReport patch(Path blob, Path object, Path target, ResolveListener listener) throws IOException {
        try (ElfFile elf = open(object, target)) {
            WarningCount warnings = new WarningCount(listener);
            BlobPatch.Change change = BlobPatch.prepare(blob, elf, options.keepsSymbolsOf(elf), warnings);
            warnings.check(object, options);
            ElfEditor editor = new ElfEditor(elf);
            editor.setBytes(change.section(), change.bytes());
            moveSymbols(editor, change.section(), change.movedSymbols());
            if (change.ids() != null && editor.hasChanges()) {
                WriteGuard.checkRelocations(change.ids(), change.movedSymbols());
            }
            ObjectReport.Outcome outcome = write(elf, editor, target, listener);
            if (change.movesFile() != null) {
                Files.delete(change.movesFile());
            }
            return new ObjectReport(
                    object, outcome, List.of(), change.movedSymbols().size(), 0);
        }
    }

    /** Opens an object; what cannot be changed in place is refused before it is read, as a pipe may never end. */
    private static ElfFile open(Path object, Path target) throws IOException {
        if (target != null) {
            return ElfFile.open(object);
        }
        if (InputFile.isReadOnce(object)) {
            throw notInPlace(object, "is no regular file");
        }
        ElfFile elf = ElfFile.open(object);
        if (!elf.isOnDisk()) {
            elf.close();
            throw notInPlace(object, "is compressed");
        }
        return elf;
    }

    private static ResolveException notInPlace(Path object, String why) {
        return new ResolveException(Reason.NOT_IN_PLACE, object + ": " + why + ", so it cannot be changed in place");
    }

    /** Opens an object that files are written beside; beside a pipe nobody would find them. */
    private static ElfFile openWithFolder(Path object) throws IOException {
        if (InputFile.isReadOnce(object)) {
            throw new FileSystemException(
                    object.toString(), null, "is no regular file, so nothing can be written beside it");
        }
        return ElfFile.open(object);
    }

    private ObjectReport nothingToDo(ElfFile elf, IdsSection ids, Path target, ResolveListener listener)
            throws IOException {
        listener.detail(elf + ": "
                + (ids != null
                        ? "no id symbols in " + IdsSection.NAME
                        : "no " + IdsSection.NAME + " section, or an empty one")
                + ", nothing to do");
        if (target != null) {
            new ElfEditor(elf).writeTo(target);
        }
        return new ObjectReport(elf.path(), ObjectReport.Outcome.NOTHING_TO_DO, List.of(), 0, 0);
    }

    private ObjectReport withoutDwarf(ElfFile elf, Path target, ResolveListener listener) throws IOException {
        boolean hasIds = elf.section(IdsSection.NAME) != null
                && elf.section(IdsSection.NAME).size() > 0;
        if (hasIds || elf.section(BtfSections.BTF) != null) {
            throw new ResolveException(
                    Reason.NO_DWARF,
                    elf + ": has a section " + (hasIds ? IdsSection.NAME : BtfSections.BTF)
                            + ", but no DWARF that its BTF could be made of");
        }
        listener.note("has no DWARF that is encoded, so no BTF was made");
        if (target != null) {
            new ElfEditor(elf).writeTo(target);
        }
        return new ObjectReport(elf.path(), ObjectReport.Outcome.NOTHING_TO_DO, List.of(), 0, 0);
    }

    private OrderProof prove(IdsSection ids, Btf current, IdLookup lookup, boolean needed) throws IOException {
        ObjectBtf object = new ObjectBtf(ids.file(), options, pool, ResolveListener.SILENT);
        return new OwnerSearch(ids, object, options, lookup).find(current, null, needed);
    }

    private ObjectReport.Outcome write(IdsSection ids, SortedIds sorted, Path target, ResolveListener listener)
            throws IOException {
        ElfFile elf = ids.file();
        ElfEditor editor = new ElfEditor(elf);
        setIds(editor, ids, sorted);
        listener.detail(
                elf + ": " + ids.symbols().size() + " ids in " + ids.sets().size() + " sets and outside, "
                        + sorted.movedSymbols().size() + " symbols moved"
                        + (editor.hasChanges() ? "" : ", nothing to change"));
        return write(elf, editor, target, listener);
    }

    private static void setIds(ElfEditor editor, IdsSection ids, SortedIds sorted) throws IOException {
        if (!sorted.isAsFound()) {
            WriteGuard.checkRelocations(ids, sorted.movedSymbols());
            editor.setBytes(ids.section(), sorted.bytes());
            moveSymbols(editor, ids.section(), sorted.movedSymbols());
        }
    }

    private static void moveSymbols(ElfEditor editor, ElfSection section, Int2IntMap movedSymbols) throws IOException {
        for (Int2IntMap.Entry moved : movedSymbols.int2IntEntrySet()) {
            editor.setSymbolValue(moved.getIntKey(), section.address() + moved.getIntValue());
        }
    }

    private ObjectReport.Outcome write(ElfFile elf, ElfEditor editor, Path target, ResolveListener listener)
            throws IOException {
        boolean changes = editor.hasChanges();
        if (changes) {
            editor.truncate(WriteGuard.unsignedLength(elf, options.stripSignature()));
        }
        Path place = target == null ? elf.path() : target;
        String note = changes || target != null ? AtomicFile.noteOfOtherNames(place) : null;
        if (target != null) {
            editor.writeTo(target);
        } else {
            editor.writeInPlace();
        }
        if (note != null) {
            listener.note(note);
        }
        return changes || target != null ? ObjectReport.Outcome.WRITTEN : ObjectReport.Outcome.UNCHANGED;
    }
}
