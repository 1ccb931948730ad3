package org.btfkit.encode;

import java.util.Locale;

/**
 * What may go into BTF: pahole's features, by the names that {@code --btf_features} gives them.
 *
 * <p>Immutable.
 */
public enum Feature {
    /** Variables of invalid name or of type void are left out; else they are failures. */
    ENCODE_FORCE(true),
    /** Per-CPU variables: those of the section {@code .data..percpu}. */
    VAR(true),
    /** Floating point types; else they are integers. */
    FLOAT(true),
    /** Annotations of declarations. */
    DECL_TAG(true),
    /** Annotations of the types that pointers point to. */
    TYPE_TAG(true),
    /** Enumerations of more than four bytes as such; else their values are cut. */
    ENUM64(true),
    /** Accepted, without effect: functions of which the compiler changed the name are always looked at. */
    OPTIMIZED_FUNC(true),
    /** Functions that are declared differently in different units are left out. */
    CONSISTENT_FUNC(true),
    /** Kernel functions that BPF programs may call are tagged so. */
    DECL_TAG_KFUNCS(true),
    /** Accepted, without effect: the result is always the same. */
    REPRODUCIBLE_BUILD(false),
    /** A minimal base beside split BTF. */
    DISTILLED_BASE(false),
    /** Variables of all sections. */
    GLOBAL_VAR(false),
    /** With {@link #DECL_TAG_KFUNCS}: arguments and results in the BPF arena are tagged so. */
    ATTRIBUTES(false),
    /** Functions of which the compiler changed the parameters are encoded as they are. */
    TRUE_SIGNATURE(false),
    /** The sizes of all kinds, for readers that do not know one; not with a base, which has them. */
    LAYOUT(false);

    private final boolean isDefault;

    Feature(boolean isDefault) {
        this.isDefault = isDefault;
    }

    /**
     * Tells whether the feature is one of those that {@code default} stands for.
     *
     * @return true if it is
     */
    public boolean isDefault() {
        return isDefault;
    }

    /**
     * Returns what pahole calls it.
     *
     * @return for example {@code decl_tag_kfuncs}
     */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a feature.
     *
     * @param title what pahole calls it
     * @return the feature, or null if there is none of that name
     */
    public static Feature of(String title) {
        for (Feature feature : values()) {
            if (feature.title().equals(title)) {
                return feature;
            }
        }
        return null;
    }
}
