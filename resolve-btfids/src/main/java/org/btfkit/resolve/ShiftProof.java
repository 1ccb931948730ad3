package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import org.btfkit.btf.Btf;

/**
 * Shows the order of a section whose ids are relative to a base that is gone.
 *
 * <p>The base had some unknown number of types. The object's own split types follow them, in the order in which they
 * still are in the object's own BTF: every own id in the section is a position there plus that one number.
 *
 * <p>Example: the own types are FUNC_PROTO, FUNC {@code acquire}, FUNC {@code release}. A set8 holds the ids 41 and 42,
 * its symbols are {@code release} and {@code acquire}. If the base had 40 types, 41 is {@code acquire}: the symbols are
 * stale. No other number makes both ids functions of the set.
 *
 * <p>All numbers that could be right are tried. They are few: if any id in the sets is an own one, the largest is, and
 * it belongs to some symbol of its set, so the number is that id less the position of one of that symbol's types; else
 * the same goes for the ids outside of sets; else all ids are the base's and any large number stands for all. Whatever
 * contradicts no id is possible, and what is possible has to come to the same order. Cost: as many proofs as there are
 * candidates, hardly ever more than a few.
 */
final class ShiftProof {
    private final IdsSection ids;
    private final SplitTypes own;
    private final Btf baseNow;
    private final IntOpenHashSet tried = new IntOpenHashSet();
    private OrderProof found;
    private boolean ambiguous;

    /** Whether one of the numbers that are possible says enough; others may not contradict it. */
    private boolean shown;

    private ShiftProof(IdsSection ids, SplitTypes own, Btf baseNow) {
        this.ids = ids;
        this.own = own;
        this.baseNow = baseNow;
    }

    /**
     * Searches for a proof.
     *
     * @param own the object's own types
     * @param baseNow the base of today, or null
     * @return the one proof there is, or null if there is none or several contradict each other
     */
    static OrderProof find(IdsSection ids, SplitTypes own, Btf baseNow) {
        ShiftProof search = new ShiftProof(ids, own, baseNow);
        search.tryCandidates();
        return search.ambiguous || !search.shown ? null : search.found;
    }

    private void tryCandidates() {
        IdSet set = null;
        int largest = 0;
        for (IdSet candidate : ids.sets()) {
            for (int entry = 0; entry < candidate.count; entry++) {
                int id = ids.word(candidate.slot(entry));
                if (id > largest) {
                    largest = id;
                    set = candidate;
                }
            }
        }
        if (set == null) {
            return;
        }
        for (IdSymbol symbol : set.symbols) {
            if (symbol != null) {
                tryTypesOf(symbol, largest);
            }
        }
        for (IdSymbol symbol : ids.listed()) {
            tryTypesOf(symbol, ids.word(symbol.offset()));
        }
        tryShift(Integer.MAX_VALUE);
    }

    private void tryTypesOf(IdSymbol symbol, int typeId) {
        for (int position = 0; position < own.count() && position < typeId && !ambiguous; position++) {
            if (own.mayBe(position, symbol)) {
                tryShift(typeId - position);
            }
        }
    }

    private void tryShift(int shift) {
        if (ambiguous || !tried.add(shift)) {
            return;
        }
        OrderProof proof = OrderProof.attempt(ids, new ShiftedNames(own, baseNow, shift));
        if (proof.isPossible()) {
            ambiguous = !proof.holds() || found != null && !found.sameOwners(proof);
            found = proof;
            shown |= isWellFounded(shift);
        }
    }

    /**
     * Tells whether a number of types rests on more than one id, or there is no id of the base among different flags.
     * Nothing shows whose such an id is; and one id alone that fits an own type may be of the base as well, and fit by
     * chance.
     */
    private boolean isWellFounded(int shift) {
        IntOpenHashSet ownIds = new IntOpenHashSet();
        boolean hangsOnBase = false;
        for (IdSet set : ids.sets()) {
            boolean hasBaseId = false;
            boolean differs = false;
            for (int entry = 0; entry < set.count; entry++) {
                int id = ids.word(set.slot(entry));
                hasBaseId |= id > 0 && id < shift;
                differs |= ids.flags(set, entry) != ids.flags(set, 0);
                if (id >= shift) {
                    ownIds.add(id);
                }
            }
            hangsOnBase |= hasBaseId && differs;
        }
        return !hangsOnBase || ownIds.size() > 1;
    }

    /**
     * Tells whether the order matters at all: without flags that differ within a set, ids are all that could be out of
     * order, and those are written anew. Sets that are not even sorted were not left by any resolver, and what is on a
     * slot without a symbol cannot be written anew.
     */
    static boolean isNeeded(IdsSection ids) {
        for (IdSet set : ids.sets()) {
            int before = 0;
            for (int entry = 0; entry < set.count; entry++) {
                int id = ids.word(set.slot(entry));
                boolean unowned = id != 0 && set.symbols[entry] == null;
                if (id < before || unowned || ids.flags(set, entry) != ids.flags(set, 0)) {
                    return true;
                }
                before = id;
            }
            if (ids.word(set.offset) != set.count) {
                return true;
            }
        }
        return false;
    }
}
