package org.btfkit.encode;

/**
 * Why a function is left out: it could not be attached to, or not be called, as its types say.
 *
 * <p>Immutable.
 */
public enum LeftOut {
    /** A parameter is in another register than the calling convention has it in. */
    UNEXPECTED_REGISTER("a parameter is in an unexpected register"),
    /** Units declare it differently. */
    INCONSISTENT("its prototypes differ from unit to unit"),
    /** A packed struct is passed on the stack, where its place depends on attributes that DWARF does not have. */
    UNCERTAIN_LOCATION("a packed struct is passed on the stack"),
    /** The parameters of its instance are in another order than in the source. */
    REORDERED("its parameters are reordered"),
    /** Parameters are optimized out, and the symbol says that the signature changed. */
    OPTIMIZED("parameters are optimized out"),
    /** Functions of its name are at several addresses. */
    AMBIGUOUS_ADDRESS("functions of its name are at several addresses");

    private final String text;

    LeftOut(String text) {
        this.text = text;
    }

    /**
     * Returns the reason in words.
     *
     * @return for example "its parameters are reordered"
     */
    public String text() {
        return text;
    }
}
