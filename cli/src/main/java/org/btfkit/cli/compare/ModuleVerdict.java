package org.btfkit.cli.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.support.Failure;
import org.btfkit.compare.LoadCheck;
import org.btfkit.resolve.BtfIdsResolver;
import org.btfkit.resolve.KfuncRules;
import org.btfkit.resolve.KfuncSet;
import org.btfkit.resolve.ResolveListener;
import org.btfkit.resolve.SetReport;

/**
 * What becomes of a module on a vmlinux: its BTF, then the ids that are made with it.
 *
 * @param base the vmlinux
 * @param load what becomes of its BTF
 * @param idSets its sets of ids; empty if it has none, or its BTF does not load
 * @param kfuncSets its sets of kfuncs, likewise
 * @param faults what is wrong with its ids and kfuncs, so that they cannot be used, or not as was meant
 * @param notes what is odd about them
 */
record ModuleVerdict(
        Path base,
        LoadCheck load,
        List<SetReport> idSets,
        List<KfuncSet> kfuncSets,
        List<String> faults,
        List<String> notes) {

    /** Whether all of it works there. */
    boolean isGood() {
        return load.isGood() && faults.isEmpty();
    }

    /** Whether symbols tell what its ids should be, as they do unless they were stripped. */
    boolean areChecked() {
        return idSets.stream().noneMatch(SetReport::isUnnamed);
    }

    /** How many kfuncs there are, each once for each set. */
    int kfuncCount() {
        return kfuncSets.stream().mapToInt(set -> set.entries().size()).sum();
    }

    /**
     * Looks at a module.
     *
     * @param source the module, open
     * @param resolver examines its ids on that base
     */
    static ModuleVerdict of(Path module, BtfSource source, Path base, Btf baseBtf, BtfIdsResolver resolver)
            throws IOException {
        LoadCheck load = LoadCheck.of(source, baseBtf);
        ModuleVerdict verdict = new ModuleVerdict(
                base, load, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (load.isGood() && source.elf() != null && source.elf().section(".BTF_ids") != null) {
            try {
                verdict.examineIds(module, source, resolver);
            } catch (BtfException e) {
                verdict.faults.add(Failure.oneLine(e.getMessage()));
            }
        }
        return verdict;
    }

    private void examineIds(Path module, BtfSource source, BtfIdsResolver resolver) throws IOException {
        idSets.addAll(resolver.check(module, ResolveListener.SILENT).sets());
        int stale = 0;
        for (SetReport set : idSets) {
            switch (set.state()) {
                case UNRESOLVED -> {
                    if (set.count() > 0) {
                        faults.add(set.title() + " has no ids yet: run resolve-btfids on the module");
                    }
                }
                case UNKNOWN -> {
                    if (set.isUnnamed()) {
                        notes.add(set.count() + " words have no symbols, as after strip, so that nothing tells whose"
                                + " ids they should hold; check the module as it was before");
                    } else if (areChecked()) {
                        faults.add(set.title() + " has ids of other types than its symbols name, as when the"
                                + " BTF was made again after them: link the module again, then resolve-btfids");
                    }
                }
                case STALE -> stale++;
                case RESOLVED -> {}
            }
        }
        if (stale > 0) {
            notes.add("symbols of " + stale + (stale == 1 ? " set" : " sets") + " name each other's slots, which the"
                    + " kernel does not mind; resolve-btfids --repair puts them right");
        }
        for (KfuncSet set : KfuncSet.ofKfuncs(source.elf(), load.btf())) {
            kfuncSets.add(set);
            int missing = 0;
            for (KfuncSet.Entry entry : set.entries()) {
                missing += entry.funcId() == 0 ? 1 : 0;
                for (String fault : KfuncRules.faults(load.btf(), entry)) {
                    faults.add("kfunc " + entry.name() + " in set8 '" + set.name() + "' has " + fault
                            + ": its flags are another one's");
                }
            }
            if (missing > 0) {
                notes.add(missing + " of set8 '" + set.name() + "' have no id");
            }
        }
    }
}
