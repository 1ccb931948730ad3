package org.btfkit.btf.relo;

import java.util.List;

/**
 * What becomes of one relocation on a target, and why; {@link Object#toString} says it in one line.
 *
 * <p>Immutable.
 */
public sealed interface CoreResult {
    /** {@return the record} */
    CoreRelocation relocation();

    /** {@return what became of it} */
    CoreOutcome outcome();

    /** {@return the value by the object's own types, which the instruction was built with; 0 if it has none} */
    long localValue();

    /** {@return the value on the target; 0 unless it is resolved} */
    long value();

    /** {@return the types of the target that were looked at, with why those that do not match do not} */
    List<Candidate> candidates();

    /** {@return why it is not resolved, null if it is} */
    Reason reason();

    /**
     * A type of the target whose name and kind fit.
     *
     * @param typeId its id
     * @param module name of the BTF it is of, if that is a module's; else null
     * @param description for example {@code [112] struct task_struct}
     * @param mismatch why it does not match, null if it does
     */
    record Candidate(int typeId, String module, String description, Reason mismatch) {}

    /**
     * Something matches.
     *
     * @param relocation the record
     * @param localValue the value by the object's own types
     * @param value the value on the target, as the 64 bits that libbpf computes
     * @param candidates the types that were looked at
     */
    record Resolved(CoreRelocation relocation, long localValue, long value, List<Candidate> candidates)
            implements CoreResult {
        @Override
        public CoreOutcome outcome() {
            return CoreOutcome.RESOLVED;
        }

        @Override
        public Reason reason() {
            return null;
        }

        @Override
        public String toString() {
            return CoreText.changed(localValue, value);
        }
    }

    /**
     * Nothing matches, which is what was asked.
     *
     * @param relocation the record
     * @param localValue the value by the object's own types
     * @param reason what is missing
     * @param candidates the types that were looked at
     */
    record Absent(CoreRelocation relocation, long localValue, Reason reason, List<Candidate> candidates)
            implements CoreResult {
        @Override
        public CoreOutcome outcome() {
            return CoreOutcome.ABSENT;
        }

        @Override
        public long value() {
            return 0;
        }

        @Override
        public String toString() {
            return CoreText.changed(localValue, 0) + ": " + reason;
        }
    }

    /**
     * Nothing matches, or not so that the instruction could read it.
     *
     * @param relocation the record
     * @param localValue the value by the object's own types
     * @param reason what is missing
     * @param candidates the types that were looked at
     */
    record Poisoned(CoreRelocation relocation, long localValue, Reason reason, List<Candidate> candidates)
            implements CoreResult {
        @Override
        public CoreOutcome outcome() {
            return CoreOutcome.POISONED;
        }

        @Override
        public long value() {
            return 0;
        }

        @Override
        public String toString() {
            return "poisoned: " + reason;
        }
    }

    /**
     * Several match and disagree.
     *
     * @param relocation the record
     * @param localValue the value by the object's own types
     * @param reason which, and in what
     * @param candidates the types that were looked at
     */
    record Ambiguous(CoreRelocation relocation, long localValue, Reason reason, List<Candidate> candidates)
            implements CoreResult {
        @Override
        public CoreOutcome outcome() {
            return CoreOutcome.AMBIGUOUS;
        }

        @Override
        public long value() {
            return 0;
        }

        @Override
        public String toString() {
            return "ambiguous: " + reason;
        }
    }

    /**
     * A rule is broken.
     *
     * @param relocation the record
     * @param localValue the value by the object's own types; 0 if it has none
     * @param reason the rule
     * @param candidates the types that were looked at
     */
    record Refused(CoreRelocation relocation, long localValue, Reason reason, List<Candidate> candidates)
            implements CoreResult {
        @Override
        public CoreOutcome outcome() {
            return CoreOutcome.REFUSED;
        }

        @Override
        public long value() {
            return 0;
        }

        @Override
        public String toString() {
            return "refused: " + reason;
        }
    }
}
