package org.btfkit.resolve;

import java.io.IOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.DetachedSplit;
import org.btfkit.resolve.ResolveException.Reason;

/**
 * Shows whose ids the slots of an object hold, trying in turn every BTF that the ids may have come from: the old one if
 * options name it, the object's own, the one to find ids in, and the one that an earlier run may have made of that and
 * written beside the object.
 *
 * <p>The last differs from the one it was made of in the order of types. So in a small set ids may be right by the one,
 * and a permutation, as of stale symbols, by the other. What is in the object or is named by an option counts; but
 * where these contradict the result, nothing is known for sure.
 */
final class OwnerSearch {
    private final IdsSection ids;
    private final ObjectBtf object;
    private final ResolveOptions options;
    private final IdLookup lookup;
    private String fault;

    /**
     * Prepares a search.
     *
     * @param lookup which ids the symbols have in the BTF to find ids in; null if they were not looked for
     */
    OwnerSearch(IdsSection ids, ObjectBtf object, ResolveOptions options, IdLookup lookup) {
        this.ids = ids;
        this.object = object;
        this.options = options;
        this.lookup = lookup;
    }

    /** Tells whether the symbols are taken at their word anyway. */
    boolean isTrusting() {
        return options.trustSymbols() || !ids.hasSymbols() || ids.isFresh();
    }

    /**
     * Searches for a proof.
     *
     * @param current the BTF to find ids in
     * @param result what BTF will become of it if the symbols are right, or null
     * @param needed whether the symbols cannot be taken at their word if nothing shows it
     * @throws ResolveException if nothing shows it, or two BTFs show different things
     */
    OrderProof find(Btf current, Btf result, boolean needed) throws IOException {
        if (isTrusting()) {
            return OrderProof.trusting(ids);
        }
        Btf own = options.isOwnBtf() ? null : object.own(options.base());
        OrderProof shownByOld = attempt(null, object.old());
        OrderProof best = attempt(attempt(shownByOld, own), current);
        boolean isOfObject = options.isOwnBtf() || attempt(null, own) != null;
        OrderProof shownByResult = attempt(null, result);
        boolean bestIsStale = best != null && !best.stale().isEmpty();
        if (shownByResult != null && shownByOld == null && (best == null || bestIsStale)) {
            if (bestIsStale && isOfObject && !best.sameOwners(shownByResult)) {
                throw ambiguous(best);
            }
            best = shownByResult;
        }
        if (best == null) {
            best = shift(current);
        }
        if (best == null && !needed) {
            best = OrderProof.unshown(ids);
        }
        if (best == null) {
            throw new ResolveException(
                    Reason.UNKNOWN_ORDER,
                    ids.file() + ": " + IdsSection.NAME + ": cannot show whose ids it holds: " + fault);
        }
        return best;
    }

    /** Takes the ids for those of a BTF; returns what shows more symbols to be right, this or what is known so far. */
    private OrderProof attempt(OrderProof best, Btf origin) {
        if (origin == null) {
            return best;
        }
        IdLookup known = lookup != null && lookup.isOf(origin) ? lookup : null;
        OrderProof proof = OrderProof.attempt(ids, IdMeaning.of(origin, ids, known));
        if (!proof.holds()) {
            fault = fault == null ? proof.fault() : fault;
            return best;
        }
        return best == null || proof.stale().size() < best.stale().size() ? proof : best;
    }

    private ResolveException ambiguous(OrderProof stale) {
        return new ResolveException(
                Reason.UNCERTAIN_ORDER,
                ids.file() + ": " + IdsSection.NAME + ": its ids may be those of the object's own BTF"
                        + " or those that an earlier run made beside it; in one case the symbols of "
                        + stale.stale().get(0)
                        + " are stale, in the other not");
    }

    /** Supposes that the base is gone which the ids were made with. */
    private OrderProof shift(Btf current) throws IOException {
        SplitTypes own = ownTypes(current);
        OrderProof proof = own == null ? null : ShiftProof.find(ids, own, current.base());
        if (proof != null
                && !proof.stale().isEmpty()
                && isMadeAnew()
                && NameOrder.isPossible(ids, own, current.base())) {
            fault = proof.stale().get(0) + ": either a tool left its symbols behind, or its ids are of BTF sorted by"
                    + " name, which has been made anew since";
            return null;
        }
        return proof;
    }

    /**
     * Tells whether the object's BTF is on today's base, though its ids are not: then it is not what they came from.
     */
    private boolean isMadeAnew() {
        return options.isOwnBtf() && options.oldBtf() == null;
    }

    /** The own types that the ids may be of; null if there are none. */
    private SplitTypes ownTypes(Btf current) throws IOException {
        if (isMadeAnew()) {
            return current.base() == null ? null : SplitTypes.of(current);
        }
        DetachedSplit split = object.detached();
        return split == null || split.isSelfContained() ? null : SplitTypes.of(split);
    }
}
