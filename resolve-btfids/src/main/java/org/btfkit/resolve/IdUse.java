package org.btfkit.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;

/**
 * A slot of {@code .BTF_ids} whose symbol names a type: what it holds, what it should, and why it does not.
 *
 * <p>Immutable; safe for use by several threads.
 *
 * @param place the set that it is in, as {@code set8 'nf_ct_kfunc_set'}, or {@code ids outside sets}
 * @param kind what its symbol says that it is: {@code func}, {@code struct}, {@code union} or {@code typedef}
 * @param id what it holds; 0 if it has not been resolved
 * @param holds what that is in the BTF; empty for 0
 * @param expectedIds the ids of that kind and name in the BTF; the first one is the right one
 * @param state whether it is resolved to that name, and what has gone wrong if it is not
 * @param reason the same for people; null if it is resolved
 */
public record IdUse(
        String place, String kind, int id, String holds, List<Integer> expectedIds, State state, String reason) {
    /** What has become of a slot. */
    public enum State {
        /** It has an id of its name. */
        RESOLVED,
        /** Its name is not in the BTF, or not as what its symbol says that it is. */
        NOT_IN_BTF,
        /** It has no id; resolving gives it one. */
        NOT_RESOLVED,
        /** The id of its name is in another slot of its set; repairing moves the symbol there. */
        SYMBOL_LEFT_BEHIND,
        /** The id of its name is nowhere in its set. */
        IDS_OF_ANOTHER_BTF
    }

    /**
     * Finds the slots for a name.
     *
     * @param elf the object
     * @param btf the BTF that its ids are of
     * @param name the name of a type
     * @return one for each slot, in the order of symbols; none if there is no {@code .BTF_ids}
     * @throws IOException if reading fails
     * @throws BtfException if the section is damaged
     */
    public static List<IdUse> of(ElfFile elf, Btf btf, String name) throws IOException {
        IdsSection ids = IdsSection.collect(elf);
        if (ids == null) {
            return List.of();
        }
        List<IdSymbol> symbols = ids.symbols().stream()
                .filter(symbol -> symbol.name().equals(name))
                .toList();
        MissingNames missing = symbols.isEmpty() ? null : new MissingNames(ids, btf, btf, symbols);
        List<IdUse> uses = new ArrayList<>();
        for (IdSymbol symbol : symbols) {
            IdSet set = setOf(ids, symbol);
            int id = ids.word(symbol.offset());
            List<Integer> expected = Arrays.stream(btf.findAll(symbol.kind().btfKind, name))
                    .boxed()
                    .collect(Collectors.toList());
            String holds = id == 0
                    ? ""
                    : id > 0 && id < btf.typeCount()
                            ? btf.describe(id)
                            : "id " + Integer.toUnsignedString(id) + ", no type";
            int entry = entryOf(ids, set, expected);
            State state = state(id, entry, expected);
            uses.add(new IdUse(
                    set == null ? "ids outside sets" : set.toString(),
                    symbol.kind().word,
                    id,
                    holds,
                    List.copyOf(expected),
                    state,
                    reason(state, symbol, entry, missing)));
        }
        return uses;
    }

    private static State state(int id, int entry, List<Integer> expected) {
        if (expected.contains(id)) {
            return State.RESOLVED;
        }
        if (expected.isEmpty()) {
            return State.NOT_IN_BTF;
        }
        if (id == 0) {
            return State.NOT_RESOLVED;
        }
        return entry >= 0 ? State.SYMBOL_LEFT_BEHIND : State.IDS_OF_ANOTHER_BTF;
    }

    private static String reason(State state, IdSymbol symbol, int entry, MissingNames missing) {
        return switch (state) {
            case RESOLVED -> null;
            case NOT_IN_BTF -> {
                String text = missing.describe(symbol);
                yield text.substring(text.lastIndexOf(": ") + 2);
            }
            case NOT_RESOLVED -> "nothing has been resolved yet, or it was not in the BTF then";
            case SYMBOL_LEFT_BEHIND ->
                "its id is in entry " + entry + " of the set: a tool sorted the set and left the symbols behind";
            case IDS_OF_ANOTHER_BTF -> "the ids are those of another BTF: it was made again after they were resolved";
        };
    }

    /** The first entry of a set that has one of some ids, or -1. */
    private static int entryOf(IdsSection ids, IdSet set, List<Integer> expected) {
        for (int entry = 0; set != null && entry < set.count; entry++) {
            if (expected.contains(ids.word(set.slot(entry)))) {
                return entry;
            }
        }
        return -1;
    }

    private static IdSet setOf(IdsSection ids, IdSymbol symbol) {
        for (IdSet set : ids.sets()) {
            if (symbol.offset() >= set.offset && symbol.offset() < set.end()) {
                return set;
            }
        }
        return null;
    }
}
