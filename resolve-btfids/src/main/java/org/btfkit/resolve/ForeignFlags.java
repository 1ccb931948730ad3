package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * Warns of flags that cannot be those of the kfuncs that have them.
 *
 * <p>Where a tool that leaves symbols behind has run twice, every slot holds a right id again, and the symbols can be
 * put right; but the flags have gone to other functions for good, as nothing in the object tells what was declared.
 * Only linking it again brings them back. {@link KfuncRules} sees that where flag and prototype do not go together.
 */
final class ForeignFlags {
    private ForeignFlags() {}

    /**
     * Warns once for each set whose symbols were left behind and that has such flags. Of others, it is the declaration
     * that is wrong, or somebody was warned before.
     *
     * @param proof whose the slots are; nothing is said if that is not shown
     * @param btf what the names are looked up in
     */
    static void report(IdsSection ids, OrderProof proof, Btf btf, ResolveListener listener) {
        if (!proof.isShown() || !proof.holds()) {
            return;
        }
        boolean areMarked = ids.sets().stream().anyMatch(set -> KfuncSet.isMarked(ids, set));
        for (int i = 0; i < ids.sets().size(); i++) {
            IdSet set = ids.sets().get(i);
            boolean isOfKfuncs = areMarked ? KfuncSet.isMarked(ids, set) : set.hasPairs;
            if (isOfKfuncs && proof.stale().contains(set)) {
                report(ids, set, faults(ids, set, proof.owners(i), btf), listener);
            }
        }
    }

    private static void report(IdsSection ids, IdSet set, List<String> faults, ResolveListener listener) {
        if (faults.isEmpty()) {
            return;
        }
        listener.warning(ids.file() + ": " + set + " has flags that are not those of its kfuncs: " + faults.get(0)
                + (faults.size() == 1 ? "" : "; and " + (faults.size() - 1) + " more")
                + ", as after a tool that leaves symbols behind has run twice; link the object again, then resolve");
    }

    private static List<String> faults(IdsSection ids, IdSet set, IdSymbol[] owners, Btf btf) {
        List<String> faults = new ArrayList<>();
        for (int entry = 0; entry < set.count; entry++) {
            IdSymbol owner = owners[entry];
            int flags = ids.flags(set, entry);
            if (owner != null && owner.kind() == IdKind.FUNC && flags != 0) {
                for (String fault : faults(btf, owner.name(), flags)) {
                    faults.add(owner.name() + " has " + fault);
                }
            }
        }
        return faults;
    }

    /** What is wrong with the first function of a name; nothing if one of them may have the flags. */
    private static List<String> faults(Btf btf, String name, int flags) {
        List<String> first = List.of();
        for (int funcId : btf.findAll(BtfKind.FUNC, name)) {
            List<String> faults = KfuncRules.faults(btf, new KfuncSet.Entry(name, funcId, flags));
            if (faults.isEmpty()) {
                return faults;
            }
            first = first.isEmpty() ? faults : first;
        }
        return first;
    }
}
