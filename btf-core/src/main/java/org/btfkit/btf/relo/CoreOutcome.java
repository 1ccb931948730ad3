package org.btfkit.btf.relo;

/** What becomes of a relocation on a target. */
public enum CoreOutcome {
    /** Something matches; the instruction gets its value. */
    RESOLVED("patched"),
    /** Nothing matches, and the instruction gets 0, which says so. */
    ABSENT("patched"),
    /** Nothing matches; the instruction becomes one that the verifier rejects if it is ever reached. */
    POISONED("poisoned"),
    /** Several match and disagree; the loader gives the whole object up. */
    AMBIGUOUS("ambiguous"),
    /** The record, the instruction or the target breaks a rule; the loader gives the whole object up. */
    REFUSED("refused");

    private final String label;

    CoreOutcome(String label) {
        this.label = label;
    }

    /** {@return {@code patched}, {@code poisoned}, {@code ambiguous} or {@code refused}} */
    public String label() {
        return label;
    }

    /** {@return whether a loader gives the whole object up} */
    public boolean isFatal() {
        return this == AMBIGUOUS || this == REFUSED;
    }
}
