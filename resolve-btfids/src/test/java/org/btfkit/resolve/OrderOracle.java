package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.fixtures.RawBtf;
import org.btfkit.resolve.ReadIds.Name;
import org.btfkit.resolve.ReadIds.Run;
import org.btfkit.resolve.ReadIds.Slot;

/**
 * What the words and symbols of a section show if its ids are of a certain BTF, found by trying all ways to give the
 * symbols to the slots.
 *
 * <p>A way is possible if every id that is not 0 goes to a symbol of its type's kind and name. What matters of a way is
 * which flags go to which kind and name.
 */
final class OrderOracle {
    /** What is shown. */
    enum Verdict {
        /** The symbols can be where they are. */
        TRUE,
        /** They cannot, and all possible ways come to the same. */
        STALE,
        /** There is no possible way. */
        IMPOSSIBLE,
        /** There are several that do not come to the same. */
        AMBIGUOUS;

        boolean isShown() {
            return this == TRUE || this == STALE;
        }
    }

    private final RawBtf btf;
    private final List<Slot> slots;
    private final Set<List<String>> ways = new HashSet<>();

    private OrderOracle(Run run, RawBtf btf) {
        this.btf = btf;
        this.slots = run.slots();
    }

    /** Judges a set or list; in a list nothing moves. */
    static Verdict judge(Run run, RawBtf btf) {
        OrderOracle oracle = new OrderOracle(run, btf);
        if (run.slots().stream().allMatch(slot -> oracle.isPossible(slot, slot.name()))) {
            return Verdict.TRUE;
        }
        if (!run.isSet()) {
            return Verdict.IMPOSSIBLE;
        }
        List<Name> names = new ArrayList<>();
        run.slots().forEach(slot -> names.add(slot.name()));
        oracle.assign(0, names, new ArrayList<>());
        return switch (oracle.ways.size()) {
            case 0 -> Verdict.IMPOSSIBLE;
            case 1 -> Verdict.STALE;
            default -> Verdict.AMBIGUOUS;
        };
    }

    /** Judges all of them; a list cannot be stale. */
    static List<Verdict> judge(List<Run> runs, RawBtf btf) {
        return runs.stream().map(run -> judge(run, btf)).toList();
    }

    private boolean isPossible(Slot slot, Name name) {
        return slot.id() == 0
                || name != null
                        && slot.id() > 0
                        && slot.id() < btf.nextId()
                        && btf.kindOf(slot.id()) == name.kind().btfKind()
                        && btf.nameOf(slot.id()).equals(name.name());
    }

    private void assign(int next, List<Name> free, List<String> pairs) {
        if (ways.size() > 1) {
            return;
        }
        if (next == slots.size()) {
            ways.add(pairs.stream().sorted().toList());
            return;
        }
        Slot slot = slots.get(next);
        Set<String> tried = new HashSet<>();
        for (int i = 0; i < free.size(); i++) {
            Name name = free.get(i);
            String pair = new Slot(0, 0, slot.flags(), name).pair();
            if (isPossible(slot, name) && tried.add(pair)) {
                free.remove(i);
                pairs.add(pair);
                assign(next + 1, free, pairs);
                pairs.remove(pairs.size() - 1);
                free.add(i, name);
            }
        }
    }
}
