package org.btfkit.transform;

import java.util.List;
import org.btfkit.btf.Btf;

/**
 * BTF for a kernel that knows fewer kinds, and what became of it.
 *
 * @param btf the BTF; the one given if nothing had to change
 * @param changes the types that are others now, by id
 * @param isLayoutDropped whether there was a layout section
 */
public record Downgraded(Btf btf, List<Change> changes, boolean isLayoutDropped) {
    /**
     * Copies the list.
     *
     * @param btf the BTF
     * @param changes the types that are others now
     * @param isLayoutDropped whether there was a layout section
     */
    public Downgraded {
        changes = List.copyOf(changes);
    }

    /**
     * A type that is another now.
     *
     * @param typeId its id, which stays
     * @param was what it was: {@code type [7] FLOAT 'double'}
     * @param becomes what it is: {@code STRUCT without name}
     */
    public record Change(int typeId, String was, String becomes) {
        @Override
        public String toString() {
            return was + " becomes " + becomes;
        }
    }
}
