package org.btfkit.resolve;

/**
 * What is known of one set of an object, or of the ids outside its sets.
 *
 * @param kind {@code set}, {@code set8}, or {@code list} for the ids outside sets
 * @param name name of the set, empty for {@code list}
 * @param offset where it begins, in bytes from the start of .BTF_ids; of the first id for {@code list}
 * @param count number of entries
 * @param missing number of entries whose slot holds 0
 * @param state its state before anything was changed
 */
public record SetReport(String kind, String name, int offset, int count, int missing, State state) {

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
        return name.isEmpty() ? "ids outside sets" : kind + " '" + name + "'";
    }
}
