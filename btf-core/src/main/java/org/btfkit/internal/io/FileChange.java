package org.btfkit.internal.io;

import java.util.List;

/**
 * What makes a changed copy of a file: everything stays in its place but for ranges that move, and patches on top.
 *
 * @param length size of the copy in bytes; it may be shorter or longer than the original
 * @param moves ranges of the original to copy elsewhere; they must not overlap in the copy
 * @param patches new bytes in order, by their offsets in the copy; a later one covers an earlier one
 * @param seal what is known of the copy; null for nothing
 */
public record FileChange(long length, List<RangeCopy> moves, List<BytePatch> patches, FileSeal seal) {
    /**
     * A change in which nothing moves.
     *
     * @param length size of the copy in bytes
     * @param patches what differs in it
     */
    public FileChange(long length, List<BytePatch> patches) {
        this(length, List.of(), patches);
    }

    /**
     * A change of which nothing is known.
     *
     * @param length size of the copy in bytes
     * @param moves ranges of the original to copy elsewhere
     * @param patches what differs besides
     */
    public FileChange(long length, List<RangeCopy> moves, List<BytePatch> patches) {
        this(length, moves, patches, null);
    }

    /**
     * Returns this change with something known of the copy.
     *
     * @param known what to seal the copy with, or null for nothing
     * @return the change
     */
    public FileChange sealed(FileSeal known) {
        return new FileChange(length, moves, patches, known);
    }
}
