package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.elf.ElfFile;
import org.btfkit.transform.Distiller;

/**
 * Makes of an object the BTF that it is to carry, and its ids resolved with that.
 *
 * <pre>
 * object, --btf or DWARF -> BTF on its base -> kfunc edits -> dedup -> distill -> sort -> ids
 * </pre>
 *
 * <p>Which of these steps are done to BTF that is made of DWARF depends on the kernel ({@link KernelRules.Form}).
 *
 * <p>Which edits are made depends on the names and flags of kfuncs, so on symbols that tell the truth. In an object
 * that was resolved before they may not, and what its ids mean may be known only by the BTF that comes out here: by an
 * earlier run that wrote beside the object, when nobody put the BTF into it. So the BTF is made as if the symbols were
 * right; then they are proven to be; if the proof says otherwise, the BTF is made again.
 */
final class ObjectPipeline {
    private final ElfFile elf;
    private final ResolveOptions options;
    private final BtfPool pool;
    private final WarningCount listener;
    private final ObjectBtf object;
    private final IdsSection ids;

    private Btf stored;
    private Btf input;
    private Btf givenBase;

    /**
     * What came out.
     *
     * @param btf what goes into .BTF
     * @param distilledBase its base if that goes into .BTF.base, else null
     * @param ids the section, null if there is none
     * @param sorted what it is to hold, null if there is none
     * @param sets what is known of its sets
     * @param missingNames how many different names have no id
     * @param report what became of the BTF
     */
    record Result(
            Btf btf,
            Btf distilledBase,
            IdsSection ids,
            SortedIds sorted,
            List<SetReport> sets,
            int missingNames,
            BtfReport report) {

        ObjectReport toReport(Path file, ObjectReport.Outcome outcome, List<Path> files) {
            int moved = sorted == null ? 0 : sorted.movedSymbols().size();
            return new ObjectReport(file, outcome, sets, moved, missingNames, report, files);
        }
    }

    /** The BTF, what it was before its base was distilled, and the kfuncs it was edited for. */
    private record Made(Btf btf, Btf full, List<Kfunc> kfuncs) {}

    private ObjectPipeline(ElfFile elf, ResolveOptions options, BtfPool pool, ResolveListener listener)
            throws IOException {
        this.elf = elf;
        this.options = options;
        this.pool = pool;
        this.listener = new WarningCount(listener);
        this.object = new ObjectBtf(elf, options, pool, this.listener);
        this.ids = UnnamedIds.named(IdsSection.collect(elf), object, options, this.listener);
    }

    /**
     * Runs everything and writes nothing.
     *
     * @return what came out; null if BTF is to be made of DWARF, and there is none that is encoded
     * @throws ResolveException if the object cannot be resolved safely, or warnings are fatal and there was one
     */
    static Result run(ElfFile elf, ResolveOptions options, BtfPool pool, ResolveListener listener) throws IOException {
        return new ObjectPipeline(elf, options, pool, listener).run();
    }

    private Result run() throws IOException {
        stored = object.stored();
        if (stored == null) {
            return null;
        }
        givenBase = pool.get(options.base());
        if (ids == null) {
            Made made = make(null, listener);
            listener.check(elf.path(), options);
            return result(made, null, null);
        }
        OwnerSearch search = new OwnerSearch(ids, object, options, null);
        OrderProof proof = OrderProof.trusting(ids);
        if (!search.isTrusting()) {
            Made attempt = attempt(proof);
            proof = search.find(stored, attempt == null ? null : attempt.btf, ShiftProof.isNeeded(ids));
            proof.noteStale(SortedIds.repair(ids, proof).movedSymbols().size(), listener);
            ForeignFlags.report(ids, proof, stored, listener);
        }
        Made made = make(proof, listener);
        IdLookup lookup = IdLookup.of(ids, made.btf, made.full);
        UnnamedIds.requireFound(ids, lookup);
        lookup.report(listener);
        listener.check(elf.path(), options);
        return result(made, proof, lookup);
    }

    /** What would come out if the symbols were right; null if they cannot be. */
    private Made attempt(OrderProof trusting) throws IOException {
        try {
            return make(trusting, ResolveListener.SILENT);
        } catch (ResolveException e) {
            return null; // flags on the wrong kfuncs, or said again when they are on the right ones
        }
    }

    private Made make(OrderProof proof, ResolveListener told) throws IOException {
        KernelRules.Form form = options.rules() == null
                ? KernelRules.Form.EDITED
                : options.rules().form();
        if (form == KernelRules.Form.AS_ENCODED) {
            Btf own = stored.base() != null && options.distillBase()
                    ? Distiller.distill(stored).split()
                    : stored;
            return new Made(own, stored, List.of());
        }
        List<Kfunc> kfuncs = ids == null ? List.of() : Kfunc.collect(ids, proof, stored, told);
        boolean distills = options.distillBase() && givenBase != null;
        // Where BTF is made of DWARF, what the object has now must not show in the result.
        Btf kept = options.rules() == null ? stored : null;
        BtfTransform transform = new BtfTransform(kept, pool, ids, distills, form, told);
        boolean staysOnItsBase = object.isDistilled(stored) && (distills || givenBase == null);
        if (staysOnItsBase && transform.isFinalOn(givenBase, kfuncs)) {
            return new Made(stored, givenBase == null ? stored : givenBase, kfuncs);
        }
        if (input == null) {
            input = object.onGivenBase(stored);
        }
        BtfTransform.Result result = transform.run(input, inInput(kfuncs));
        return new Made(result.btf(), result.full(), kfuncs);
    }

    /** Own types are in the same order wherever they are. */
    private List<Kfunc> inInput(List<Kfunc> kfuncs) {
        int shift = input.firstTypeId() - stored.firstTypeId();
        List<Kfunc> result = new ArrayList<>();
        for (Kfunc kfunc : kfuncs) {
            result.add(new Kfunc(kfunc.name(), kfunc.funcId() + shift, kfunc.flags(), kfunc.set()));
        }
        return result;
    }

    private Result result(Made made, OrderProof proof, IdLookup lookup) {
        Btf btf = made.btf;
        Btf base = btf.base() == givenBase ? null : btf.base();
        BtfReport report = new BtfReport(
                made.kfuncs.size(),
                stored.typeCount() - stored.firstTypeId(),
                btf.typeCount() - btf.firstTypeId(),
                BtfWriter.sizeBytes(btf),
                base == null ? 0 : base.typeCount() - 1,
                base == null ? 0 : BtfWriter.sizeBytes(base));
        if (ids == null) {
            return new Result(btf, base, null, null, List.of(), 0, report);
        }
        SortedIds sorted = SortedIds.resolve(ids, proof, lookup, false);
        List<SetReport> sets = SetReport.describe(ids, proof);
        return new Result(btf, base, ids, sorted, sets, lookup.missingCount(), report);
    }
}
