package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.resolve.IdMeaning.Match;

/**
 * Shows whose id each slot of a resolved section holds.
 *
 * <p>The problem: a tool that sorts sets but leaves the symbols where they were makes a symbol name another function's
 * slot. To write ids by such symbols, and sort again, would hand each function's flags to another one.
 *
 * <p>Example: a set8 is declared as {@code release}, {@code acquire}; their ids are 9 and 7. Sorted, slot 0 holds 7
 * with the flags of {@code acquire}, but the first symbol still says {@code release}.
 *
 * <p>Given what the ids meant ({@link IdMeaning}), a set is in one of three states: every slot holds the id of its
 * symbol's name; or the ids are a permutation of the names, so the true owner of each slot is known; or neither, and
 * nothing is shown. An id of 0 belongs to any name that was not found, and an id whose type is not at hand to any name:
 * such slots are told apart only by what else is known, and need not be told apart where exchanging them changes
 * nothing, that is without flags or with equal ones. Cost: linear in the slots for sets in order, quadratic in the
 * entries of a set for one out of order.
 */
final class OrderProof {
    private final IdsSection ids;
    private final IdMeaning names;

    /** For each set of the section, the symbol that owns each slot; complete unless {@link #fault} is set. */
    private final List<IdSymbol[]> owners = new ArrayList<>();

    private final List<IdSet> stale = new ArrayList<>();
    private String fault;
    private boolean possible = true;
    private boolean shown = true;

    private OrderProof(IdsSection ids, IdMeaning names) {
        this.ids = ids;
        this.names = names;
    }

    /** Tries to show the owners of all slots, with ids taken to mean what {@code names} says. */
    static OrderProof attempt(IdsSection ids, IdMeaning names) {
        OrderProof proof = new OrderProof(ids, names);
        // Sets first: theirs is the order that matters, so a refusal had better name one.
        for (IdSet set : ids.sets()) {
            if (proof.possible) {
                proof.owners.add(proof.ownersOf(set));
            }
        }
        for (IdSymbol symbol : ids.listed()) {
            int id = ids.word(symbol.offset());
            if (proof.possible && id != 0 && names.match(id, symbol) == Match.NO) {
                proof.contradict("the slot of " + symbol + " at offset 0x" + Integer.toHexString(symbol.offset())
                        + " holds " + names.describe(id));
            }
        }
        return proof;
    }

    /** Takes the symbols at their word. */
    static OrderProof trusting(IdsSection ids) {
        OrderProof proof = new OrderProof(ids, null);
        for (IdSet set : ids.sets()) {
            proof.owners.add(set.symbols);
        }
        return proof;
    }

    /** Takes the symbols at their word where nothing shows that they are right and it does not matter. */
    static OrderProof unshown(IdsSection ids) {
        OrderProof proof = trusting(ids);
        proof.shown = false;
        return proof;
    }

    /** False if the symbols are taken at their word without any reason. */
    boolean isShown() {
        return shown;
    }

    boolean holds() {
        return fault == null;
    }

    /** Tells whether the ids can be what they were taken for, be it that the owners are not certain. */
    boolean isPossible() {
        return possible;
    }

    /** What contradicts the ids being what they were taken for or leaves owners uncertain, null if nothing does. */
    String fault() {
        return fault;
    }

    /** The owners of the slots of the set with an index in {@link IdsSection#sets}. */
    IdSymbol[] owners(int setIndex) {
        return owners.get(setIndex);
    }

    /** Tells whether another proof of the same section comes to the same owners. */
    boolean sameOwners(OrderProof other) {
        for (int set = 0; set < ids.sets().size(); set++) {
            for (int entry = 0; entry < owners(set).length; entry++) {
                if (owners(set)[entry] != other.owners(set)[entry]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The sets in which the symbols do not name their own slots. */
    List<IdSet> stale() {
        return stale;
    }

    /** Tells a listener of stale sets, if there are any. */
    void noteStale(int movedSymbols, ResolveListener listener) {
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

    private void contradict(String why) {
        fault = why;
        possible = false;
    }

    private void doubt(String why) {
        fault = fault == null ? why : fault;
    }

    private IdSymbol[] ownersOf(IdSet set) {
        List<Integer> open = new ArrayList<>();
        int unknown = 0;
        int wrong = -1;
        for (int entry = 0; entry < set.count && wrong < 0; entry++) {
            int id = ids.word(set.slot(entry));
            IdSymbol symbol = set.symbols[entry];
            Match match = id == 0 ? Match.YES : symbol == null ? Match.NO : names.match(id, symbol);
            if (match == Match.NO) {
                wrong = entry;
            } else if (match == Match.UNKNOWN) {
                unknown++;
            }
            if (match == Match.UNKNOWN || id == 0) {
                open.add(entry);
            }
        }
        if (wrong >= 0) {
            return permutedOwners(set, wrong);
        }
        // Where all ids are known, slots with 0 cannot have changed places without others that show it.
        if (unknown > 0 && !areExchangeable(set, open, symbolsAt(set, open))) {
            doubt(set + ": which of " + open.size() + " functions has which flags cannot be told, their ids are of"
                    + " types that are not at hand");
        }
        return set.symbols;
    }

    private static List<IdSymbol> symbolsAt(IdSet set, List<Integer> entries) {
        List<IdSymbol> result = new ArrayList<>();
        for (int entry : entries) {
            result.add(set.symbols[entry]);
        }
        return result;
    }

    private IdSymbol[] permutedOwners(IdSet set, int wrong) {
        List<IdSymbol> free = new ArrayList<>();
        int unnamed = 0;
        for (IdSymbol symbol : set.symbols) {
            if (symbol == null) {
                unnamed++;
            } else {
                free.add(symbol);
            }
        }
        // Slots and symbols are both taken in slot order: a stable sort leaves entries of one type in it.
        IdSymbol[] result = new IdSymbol[set.count];
        List<Integer> open = new ArrayList<>();
        for (int entry = 0; entry < set.count; entry++) {
            int id = ids.word(set.slot(entry));
            result[entry] = id == 0 ? null : takeMatching(free, id);
            if (result[entry] == null) {
                open.add(entry);
            }
        }
        if (!canFill(set, open, free, unnamed)) {
            contradict(set + ": the slot of " + nameOf(set.symbols[wrong]) + " at offset 0x"
                    + Integer.toHexString(set.slot(wrong)) + " holds "
                    + names.describe(ids.word(set.slot(wrong))) + ", and the ids are no permutation of the"
                    + " set's names");
            return result;
        }
        assignOpen(set, open, free, unnamed, result);
        stale.add(set);
        return result;
    }

    private static String nameOf(IdSymbol symbol) {
        return symbol == null ? "no symbol" : symbol.toString();
    }

    private IdSymbol takeMatching(List<IdSymbol> free, int id) {
        for (int i = 0; i < free.size(); i++) {
            if (names.matchMoved(id, free.get(i)) == Match.YES) {
                return free.remove(i);
            }
        }
        return null;
    }

    /** Tells whether every open slot may be some left symbol's, and every symbol may have some slot. */
    private boolean canFill(IdSet set, List<Integer> open, List<IdSymbol> symbols, int unnamed) {
        int zeros = 0;
        for (int entry : open) {
            int id = ids.word(set.slot(entry));
            zeros += id == 0 ? 1 : 0;
            boolean fits = id == 0;
            for (int i = 0; i < symbols.size() && !fits; i++) {
                fits = mayHold(symbols.get(i), id);
            }
            if (!fits) {
                return false;
            }
        }
        for (IdSymbol symbol : symbols) {
            boolean fits = false;
            for (int i = 0; i < open.size() && !fits; i++) {
                fits = mayHold(symbol, ids.word(set.slot(open.get(i))));
            }
            if (!fits) {
                return false;
            }
        }
        return unnamed <= zeros;
    }

    private boolean mayHold(IdSymbol symbol, int id) {
        return id == 0 ? !names.has(symbol) : names.matchMoved(id, symbol) != Match.NO;
    }

    /** Gives the slots that no id tells apart to the symbols left over; unnamed entries only ever hold 0. */
    private void assignOpen(IdSet set, List<Integer> open, List<IdSymbol> free, int unnamed, IdSymbol[] result) {
        List<IdSymbol> leftOver = new ArrayList<>(free);
        for (int i = 0; i < unnamed; i++) {
            leftOver.add(null);
        }
        if (!areExchangeable(set, open, leftOver)) {
            doubt(set + ": the symbols do not name their own slots, and which of " + open.size()
                    + " entries that were not resolved has which flags cannot be told");
            return;
        }
        for (int i = open.size() - 1; i >= 0 && unnamed > 0; i--) {
            if (ids.word(set.slot(open.get(i))) == 0) {
                open.remove(i);
                unnamed--;
            }
        }
        for (int i = 0; i < open.size(); i++) {
            result[open.get(i)] = free.get(i);
        }
    }

    /** Tells whether it makes no difference which of the symbols gets which of the slots. */
    private boolean areExchangeable(IdSet set, List<Integer> entries, List<IdSymbol> symbols) {
        boolean sameFlags = true;
        boolean sameSymbol = true;
        for (int i = 1; i < entries.size(); i++) {
            sameFlags &= ids.flags(set, entries.get(i)) == ids.flags(set, entries.get(0));
            IdSymbol first = symbols.get(0);
            IdSymbol other = symbols.get(i);
            sameSymbol &= first == null ? other == null : other != null && first.sameType(other);
        }
        return sameFlags || sameSymbol;
    }
}
