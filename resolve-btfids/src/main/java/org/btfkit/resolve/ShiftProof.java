package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import org.btfkit.btf.DetachedSplit;

/**
 * Shows the order of a section whose ids are relative to a base that is gone.
 *
 * <p>The base had some unknown number of types. The object's own split types follow them, in the order in which they
 * still are in the object's own BTF: every own id in the section is a position there plus that one number. The largest
 * id in the sets is an own one if any is, and it belongs to some symbol of its set; so each of that symbol's types in
 * the own BTF gives a candidate for the number, and all other ids have to agree with it.
 */
final class ShiftProof {
    private final IdsSection ids;
    private final DetachedSplit split;
    private OrderProof found;
    private boolean ambiguous;

    private ShiftProof(IdsSection ids, DetachedSplit split) {
        this.ids = ids;
        this.split = split;
    }

    /** Returns the one proof there is, or null if there is none or several contradict each other. */
    static OrderProof find(IdsSection ids, DetachedSplit split) {
        ShiftProof search = new ShiftProof(ids, split);
        search.tryCandidates();
        return search.ambiguous ? null : search.found;
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
        IntOpenHashSet tried = new IntOpenHashSet();
        for (IdSymbol symbol : set.symbols) {
            for (int position = 0; symbol != null && position < split.count(); position++) {
                int shift = largest - position;
                if (shift > 0
                        && split.kind(position) == symbol.kind().btfKind
                        && symbol.name().equals(split.name(position))
                        && tried.add(shift)) {
                    tryShift(shift);
                }
            }
        }
    }

    private void tryShift(int shift) {
        OrderProof proof = OrderProof.attempt(ids, TypeNames.shifted(split, shift));
        if (proof.holds()) {
            ambiguous |= found != null && !sameOwners(found, proof);
            found = proof;
        }
    }

    private boolean sameOwners(OrderProof one, OrderProof other) {
        for (int set = 0; set < ids.sets().size(); set++) {
            for (int entry = 0; entry < one.owners(set).length; entry++) {
                if (one.owners(set)[entry] != other.owners(set)[entry]) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Tells whether the order matters at all: without flags that differ within a set, ids are all that could be out of
     * order, and those are written anew. Sets that are not even sorted were not left by any resolver.
     */
    static boolean isNeeded(IdsSection ids) {
        for (IdSet set : ids.sets()) {
            for (int entry = 1; entry < set.count; entry++) {
                boolean sorted = ids.word(set.slot(entry - 1)) <= ids.word(set.slot(entry));
                if (!sorted || ids.flags(set, entry) != ids.flags(set, 0)) {
                    return true;
                }
            }
            if (ids.word(set.offset) != set.count) {
                return true;
            }
        }
        return false;
    }
}
