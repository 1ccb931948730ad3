package org.btfkit.internal.io;

import java.io.IOException;
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

    /**
     * Makes the changed copy in memory.
     *
     * @param original what is changed
     * @return all bytes of the copy
     * @throws IOException if reading fails, or the copy is too large for an array
     */
    public byte[] bytesOf(RandomInput original) throws IOException {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException("result of " + length + " bytes, expected less than 2 GiB");
        }
        byte[] copy = new byte[(int) length];
        original.read(0, copy, 0, (int) Math.min(length, original.size()));
        for (RangeCopy move : moves) {
            original.read(move.from(), copy, (int) move.to(), (int) move.length());
        }
        for (BytePatch patch : patches) {
            System.arraycopy(patch.bytes(), 0, copy, (int) patch.offset(), patch.bytes().length);
        }
        return copy;
    }
}
