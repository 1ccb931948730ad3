package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.resolve.ReadIds.Name;
import org.btfkit.resolve.ReadIds.Run;
import org.btfkit.resolve.ReadIds.Slot;

/**
 * What the words and symbols of a section show if its ids are of a certain BTF, found by trying all ways to give the
 * symbols to the slots.
 *
 * <p>A way is possible if every id that is not 0 goes to a symbol of its type's kind and name, of which it is the first
 * type, and 0 to one that the BTF has no type for, or to none. What matters of a way is which flags go to which kind
 * and name. The symbols as they are may have 0 where the BTF has a type: no symbol has moved then, the type is new.
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

    /** Judges a set or list; in a list nothing moves, and words without a symbol may be anything. */
    static Verdict judge(Run run, RawBtf btf) {
        OrderOracle oracle = new OrderOracle(run, btf);
        Predicate<Slot> anything = slot -> !run.isSet() && slot.name() == null;
        if (run.slots().stream().allMatch(anything.or(slot -> oracle.isPossible(slot, slot.name())))) {
            return Verdict.TRUE;
        }
        if (!run.isSet()) {
            return Verdict.IMPOSSIBLE;
        }
        oracle.tryAll();
        return switch (oracle.ways.size()) {
            case 0 -> Verdict.IMPOSSIBLE;
            case 1 -> Verdict.STALE;
            default -> Verdict.AMBIGUOUS;
        };
    }

    /** The pairs of name and flags that a set which is shown to be in order or stale has in truth, sorted. */
    static List<String> pairs(Run run, RawBtf btf) {
        if (judge(run, btf) == Verdict.TRUE) {
            return run.pairs();
        }
        OrderOracle oracle = new OrderOracle(run, btf);
        oracle.tryAll();
        return oracle.ways.iterator().next();
    }

    /** Judges all of them; a list cannot be stale. */
    static List<Verdict> judge(List<Run> runs, RawBtf btf) {
        return runs.stream().map(run -> judge(run, btf)).toList();
    }

    /** Whether all ids can be of a BTF, be it by chance. */
    static boolean explains(RawBtf btf, List<Run> runs) {
        return judge(runs, btf).stream().allMatch(Verdict::isShown);
    }

    /**
     * Whether ids of a base that is gone can mislead whoever sees the second BTF only: all can be of that by chance, or
     * there are several names that the first base had, the second has not, and the object has types of its own for.
     * Such names are taken for its own ones in the first as well.
     */
    static boolean mislead(BtfIdsCase sample, List<Run> runs) {
        return explains(sample.btf2(), runs) || namesThatLeftTheBase(sample) > 1;
    }

    private static long namesThatLeftTheBase(BtfIdsCase sample) {
        RawBtf before = sample.btf1();
        RawBtf after = sample.btf2();
        return sample.object().items().stream()
                .flatMap(item -> item.entries().stream())
                .filter(Entry::isNamed)
                .filter(entry -> {
                    int typeId = before.firstId(entry.kind().btfKind(), entry.name());
                    return typeId != 0
                            && typeId < before.firstOwnId()
                            && after.firstId(entry.kind().btfKind(), entry.name()) >= after.firstOwnId();
                })
                .map(entry -> entry.kind() + " " + entry.name())
                .distinct()
                .count();
    }

    /** Whether a symbol can be on the slot where it is. */
    private boolean isPossible(Slot slot, Name name) {
        return slot.id() == 0
                || name != null
                        && slot.id() > 0
                        && slot.id() < btf.nextId()
                        && btf.kindOf(slot.id()) == name.kind().btfKind()
                        && btf.nameOf(slot.id()).equals(name.name());
    }

    /** Whether a symbol that has been elsewhere can be given to a slot. */
    private boolean isPossibleMove(Slot slot, Name name) {
        return slot.id() == 0 || name != null && btf.firstId(name.kind().btfKind(), name.name()) == slot.id();
    }

    private boolean isMissed(Slot slot, Name name) {
        return slot.id() == 0 && name != null && btf.firstId(name.kind().btfKind(), name.name()) != 0;
    }

    private void tryAll() {
        List<Name> names = new ArrayList<>();
        slots.forEach(slot -> names.add(slot.name()));
        assign(0, names, new ArrayList<>());
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
            if (isPossibleMove(slot, name) && !isMissed(slot, name) && tried.add(pair)) {
                free.remove(i);
                pairs.add(pair);
                assign(next + 1, free, pairs);
                pairs.remove(pairs.size() - 1);
                free.add(i, name);
            }
        }
    }
}
