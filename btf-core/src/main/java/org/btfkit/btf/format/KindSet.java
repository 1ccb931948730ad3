package org.btfkit.btf.format;

/**
 * A set of kinds, by names for the sets that rules speak of. Immutable; asking takes one shift.
 *
 * <p>Void counts as a kind, and so a set may have it. A kind that is not known here is in no set.
 */
public final class KindSet {
    /** What qualifies another type and is else the same: const, volatile, restrict, tags on types. */
    public static final KindSet MODIFIERS = of(BtfKind.CONST, BtfKind.VOLATILE, BtfKind.RESTRICT, BtfKind.TYPE_TAG);

    /** What libbpf and the kernel look through when they ask what a type is. */
    public static final KindSet TYPEDEFS_AND_MODIFIERS = MODIFIERS.with(BtfKind.TYPEDEF);

    /** What has members. */
    public static final KindSet COMPOSITES = of(BtfKind.STRUCT, BtfKind.UNION);

    /** What has enumerators. */
    public static final KindSet ENUMS = of(BtfKind.ENUM, BtfKind.ENUM64);

    /** What says its size in its third word. */
    public static final KindSet SIZED = ofSized();

    /** What has no size of its own, nor one to be found by following it. */
    public static final KindSet SIZELESS = of(BtfKind.VOID, BtfKind.FWD, BtfKind.FUNC, BtfKind.FUNC_PROTO);

    private final int bits;

    private KindSet(int bits) {
        this.bits = bits;
    }

    /**
     * Makes a set.
     *
     * @param kinds what is in it
     * @return the set
     */
    public static KindSet of(BtfKind... kinds) {
        int bits = 0;
        for (BtfKind kind : kinds) {
            bits |= 1 << kind.number();
        }
        return new KindSet(bits);
    }

    private static KindSet ofSized() {
        int bits = 0;
        for (BtfKind kind : BtfKind.values()) {
            bits |= kind.hasSize() ? 1 << kind.number() : 0;
        }
        return new KindSet(bits);
    }

    /**
     * Adds kinds.
     *
     * @param kinds the kinds to add
     * @return a set of these and of what is in this one
     */
    public KindSet with(BtfKind... kinds) {
        return with(of(kinds));
    }

    /**
     * Adds another set.
     *
     * @param other the kinds to add
     * @return a set of what is in either
     */
    public KindSet with(KindSet other) {
        return new KindSet(bits | other.bits);
    }

    /**
     * Tells whether a kind is in the set.
     *
     * @param kind the kind, or null for one that is not known here
     * @return true if it is
     */
    public boolean has(BtfKind kind) {
        return kind != null && hasNumber(kind.number());
    }

    /**
     * Tells whether a kind is in the set.
     *
     * @param number number of the kind, 0 to 127
     * @return true if it is; false for numbers that are not known here
     */
    public boolean hasNumber(int number) {
        return number < Integer.SIZE && (bits >>> number & 1) != 0;
    }

    /**
     * Tells whether a type is of one of these kinds.
     *
     * @param info its info word, 0 for void
     * @return true if it is
     */
    public boolean hasInfo(int info) {
        return hasNumber(Words.kind(info));
    }

    @Override
    public String toString() {
        StringBuilder names = new StringBuilder();
        for (BtfKind kind : BtfKind.values()) {
            if (has(kind)) {
                names.append(names.length() == 0 ? "" : " or ").append(kind);
            }
        }
        return names.toString();
    }
}
