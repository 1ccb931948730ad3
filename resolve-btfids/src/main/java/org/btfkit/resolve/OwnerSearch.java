package org.btfkit.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.DetachedSplit;

/** Shows whose ids the slots of an object hold, trying in turn every BTF that the ids may have come from. */
final class OwnerSearch {
    private final IdsSection ids;
    private final ObjectBtf object;
    private final ResolveOptions options;

    OwnerSearch(IdsSection ids, ObjectBtf object, ResolveOptions options) {
        this.ids = ids;
        this.object = object;
        this.options = options;
    }

    /** Tells whether the symbols are taken at their word anyway. */
    boolean isTrusting() {
        return options.trustSymbols() || ids.isFresh();
    }

    /**
     * Searches for a proof.
     *
     * @param current the BTF to find ids in
     * @param result what BTF will become of it if the symbols are right, or null
     * @param needed whether the symbols cannot be taken at their word if nothing shows it
     * @throws ResolveException if nothing shows it
     */
    OrderProof find(Btf current, Btf result, boolean needed) throws IOException {
        if (isTrusting()) {
            return OrderProof.trusting(ids);
        }
        List<Btf> origins = new ArrayList<>();
        origins.add(object.old());
        if (options.btf() != null) {
            origins.add(object.own(options.base()));
        }
        origins.add(result);
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
            OwnTypes own = ownTypes(current);
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
    private OwnTypes ownTypes(Btf current) throws IOException {
        if (options.btf() == null && options.oldBtf() == null) {
            return current.base() == null ? null : OwnTypes.of(current);
        }
        DetachedSplit split = object.detached();
        return split == null || split.isSelfContained() ? null : OwnTypes.of(split);
    }
}
