package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one set of an object, or of the ids outside its sets.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param kind {@code set}, {@code set8}, {@code list} for the ids outside sets, or {@code unnamed} for words that no
 *     symbol names
 * @param name name of the set, empty for the others
 * @param offset where it begins, in bytes from the start of .BTF_ids; of the first id for {@code list}
 * @param count number of entries
 * @param missing number of entries whose slot holds 0
 * @param state its state before anything was changed
 */
public record SetReport(String kind, String name, int offset, int count, int missing, State state) {

    static final String UNNAMED = "unnamed";

    /** How symbols and slots relate. */
    public enum State {
        /** No slot holds an id yet. */
        UNRESOLVED,
        /** Every slot holds the id of its symbol's name, or 0. */
        RESOLVED,
        /** The ids are there, but the symbols name each other's slots. */
        STALE,
        /** It cannot be shown whose ids the slots hold. */
        UNKNOWN
    }

    /**
     * Describes the set for a person.
     *
     * @return for example {@code set8 'nf_ct_kfunc_set'}
     */
    public String title() {
        if (isUnnamed()) {
            return "words without symbols";
        }
        return name.isEmpty() ? "ids outside sets" : kind + " '" + name + "'";
    }

    /**
     * Tells whether this is about words that no symbol names.
     *
     * @return true if so, and nothing is known of them
     */
    public boolean isUnnamed() {
        return kind.equals(UNNAMED);
    }

    /** Reports the sets of a section, and the ids outside of them; the proof is null if there is none. */
    static List<SetReport> describe(IdsSection ids, OrderProof proof) {
        List<SetReport> result = new ArrayList<>();
        for (IdSet set : ids.sets()) {
            int missing = 0;
            for (int entry = 0; entry < set.count; entry++) {
                missing += ids.word(set.slot(entry)) == 0 ? 1 : 0;
            }
            boolean fresh = missing == set.count && ids.word(set.offset) != set.count;
            State state = fresh
                    ? State.UNRESOLVED
                    : proof == null || !proof.isShown()
                            ? State.UNKNOWN
                            : proof.stale().contains(set) ? State.STALE : State.RESOLVED;
            result.add(new SetReport(set.hasPairs ? "set8" : "set", set.name, set.offset, set.count, missing, state));
        }
        if (!ids.listed().isEmpty()) {
            int missing = 0;
            for (IdSymbol symbol : ids.listed()) {
                missing += ids.word(symbol.offset()) == 0 ? 1 : 0;
            }
            int count = ids.listed().size();
            State state = missing == count ? State.UNRESOLVED : State.RESOLVED;
            result.add(new SetReport("list", "", ids.listed().get(0).offset(), count, missing, state));
        }
        return List.copyOf(result);
    }
}
