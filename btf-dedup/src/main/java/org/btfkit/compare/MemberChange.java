package org.btfkit.compare;

/**
 * What became of a member.
 *
 * @param before where it was, null if it was added
 * @param after where it is, null if it was removed
 * @param isRetyped whether it has another type
 */
public record MemberChange(Place before, Place after, boolean isRetyped) {
    /** {@return whether there was none before} */
    public boolean isAdded() {
        return before == null;
    }

    /** {@return whether there is none any more} */
    public boolean isRemoved() {
        return after == null;
    }

    /** {@return whether it has another name, at the same place and with the same type} */
    public boolean isRenamed() {
        return isBoth() && !before.path().equals(after.path());
    }

    /** {@return whether it begins elsewhere} */
    public boolean isMoved() {
        return isBoth() && before.offsetBits() != after.offsetBits();
    }

    /** {@return whether it takes more or less room} */
    public boolean isResized() {
        return isBoth() && (before.sizeBytes() != after.sizeBytes() || before.bits() != after.bits());
    }

    /** {@return its name, the new one if it has another} */
    public String path() {
        return after == null ? before.path() : after.path();
    }

    /** {@return whether it stands elsewhere, and is otherwise what it was} */
    public boolean isOnlyMoved() {
        return isMoved() && !isResized() && !isRetyped;
    }

    /** {@return the same, seen from the other side} */
    public MemberChange mirrored() {
        return new MemberChange(after, before, isRetyped);
    }

    private boolean isBoth() {
        return before != null && after != null;
    }
}
