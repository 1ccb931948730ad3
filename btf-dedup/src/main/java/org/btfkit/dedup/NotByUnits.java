package org.btfkit.dedup;

/** Says that some BTF is not one that {@link UnitwiseDedup} can treat; others will. */
final class NotByUnits extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotByUnits() {
        super(null, null, false, false);
    }
}
