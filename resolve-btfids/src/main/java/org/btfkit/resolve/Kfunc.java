package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.resolve.ResolveException.Reason;

/**
 * A kernel function that BPF programs may call: an entry of a set8 whose flags have {@code BTF_SET8_KFUNCS}.
 *
 * @param name its name, that of the symbol on the entry's slot
 * @param funcId id of its FUNC, an own type
 * @param flags the entry's {@code KF_*} flags
 * @param set the set, the first one if several have it
 */
record Kfunc(String name, int funcId, int flags, IdSet set) implements Comparable<Kfunc> {
    /** The flag of a set8 that says that its entries are kfuncs. */
    private static final int BTF_SET8_KFUNCS = 1;

    /** By FUNC id. */
    @Override
    public int compareTo(Kfunc other) {
        return Integer.compare(funcId, other.funcId);
    }

    /**
     * Collects the kfuncs of an object.
     *
     * @param proof whose the slots are
     * @param btf the object's BTF; a kfunc's FUNC has to be an own type of it
     * @param listener is told of entries that have no symbol or no FUNC
     * @return each kfunc once, by FUNC id
     * @throws ResolveException if a kfunc is in two sets with different flags
     */
    static List<Kfunc> collect(IdsSection ids, OrderProof proof, Btf btf, ResolveListener listener) {
        List<Kfunc> found = new ArrayList<>();
        for (int i = 0; i < ids.sets().size(); i++) {
            IdSet set = ids.sets().get(i);
            if (!set.hasPairs || (ids.word(set.offset + 4) & BTF_SET8_KFUNCS) == 0) {
                continue;
            }
            IdSymbol[] owners = proof.owners(i);
            for (int entry = 0; entry < set.count; entry++) {
                Kfunc kfunc = of(set, entry, owners[entry], ids.flags(set, entry), btf, listener);
                if (kfunc != null) {
                    found.add(kfunc);
                }
            }
        }
        Collections.sort(found);
        return unique(ids, found);
    }

    private static Kfunc of(IdSet set, int entry, IdSymbol owner, int flags, Btf btf, ResolveListener listener) {
        if (owner == null) {
            listener.warning("resolve_btfids: no BTF ID symbol for " + set + " entry " + entry);
            return null;
        }
        if (isTaggedInBase(btf, owner.name())) {
            return null;
        }
        int funcId = findOwnFunc(btf, owner.name());
        if (funcId == 0) {
            boolean inBase = btf.find(BtfKind.FUNC, owner.name()) != 0;
            listener.warning("resolve_btfids: no BTF func for kfunc " + owner.name() + " in " + set
                    + (inBase ? " (only in the base)" : ""));
            return null;
        }
        return new Kfunc(owner.name(), funcId, flags, set);
    }

    /**
     * Tells whether an own tag says that a FUNC of the base is the kfunc. Then an own one has become that when the BTF
     * was deduplicated, everything has been done to it, and others of the name that have stayed are not the kfunc.
     */
    private static boolean isTaggedInBase(Btf btf, String name) {
        for (int tag : btf.findAll(BtfKind.DECL_TAG, KfuncEdits.KFUNC_TAG)) {
            int funcId = btf.sizeOrType(tag);
            if (tag >= btf.firstTypeId()
                    && funcId < btf.firstTypeId()
                    && btf.kind(funcId) == BtfKind.FUNC
                    && btf.name(funcId).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Finds the first FUNC of a name that is an own type; 0 if there is none. */
    static int findOwnFunc(Btf btf, String name) {
        for (int id : btf.findAll(BtfKind.FUNC, name)) {
            if (id >= btf.firstTypeId()) {
                return id;
            }
        }
        return 0;
    }

    private static List<Kfunc> unique(IdsSection ids, List<Kfunc> sorted) {
        List<Kfunc> result = new ArrayList<>();
        Kfunc last = null;
        for (Kfunc kfunc : sorted) {
            if (last == null || last.funcId != kfunc.funcId) {
                result.add(kfunc);
                last = kfunc;
            } else if (last.flags != kfunc.flags) {
                throw new ResolveException(
                        Reason.WRONG_DECLARATION,
                        ids.file() + ": kfunc '" + kfunc.name + "' has flags 0x"
                                + Integer.toHexString(last.flags) + " in " + last.set + " and 0x"
                                + Integer.toHexString(kfunc.flags) + " in " + kfunc.set
                                + ", expected the same in all sets; correct the sets' declarations");
            }
        }
        return result;
    }
}
