package org.btfkit.btf.load;

/** Whether an object loads on a kernel, so far as BTF tells. Ascending: the last of several holds for all together. */
public enum LoadAnswer {
    /** Nothing that BTF tells is against it. */
    YES("yes"),
    /** It depends on what a loader sets, or on what the kernel is configured with. */
    DEPENDS("depends"),
    /** It cannot be told, as a program cannot be followed. */
    UNKNOWN("unknown"),
    /** It does not load. */
    NO("no");

    private final String label;

    LoadAnswer(String label) {
        this.label = label;
    }

    /** {@return {@code yes}, {@code depends}, {@code unknown} or {@code no}} */
    public String label() {
        return label;
    }
}
