package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes that can be read at any position; possibly more than 2 GiB of them. */
public interface RandomInput extends Closeable {
    /** How much is read at a time. */
    int PIECE_BYTES = 1 << 16;

    /**
     * Returns how many bytes there are.
     *
     * @return the size in bytes
     */
    long size();

    /**
     * Reads a range as a new array.
     *
     * @param position offset of the first byte
     * @param length number of bytes; the whole range must be within {@link #size}
     * @return the bytes
     * @throws IOException if reading fails or the file has become shorter
     */
    byte[] read(long position, int length) throws IOException;

    /**
     * Reads a range of 32-bit words as a new array.
     *
     * @param position offset of the first byte
     * @param count number of words; the whole range must be within {@link #size}
     * @param order the byte order of the words
     * @return the words
     * @throws IOException if reading fails or the file has become shorter
     */
    default int[] readInts(long position, int count, ByteOrder order) throws IOException {
        int[] words = new int[count];
        for (int done = 0; done < count; ) {
            // Piece by piece: a second array as large as the first would cost more in page faults than reading does.
            int piece = Math.min(count - done, PIECE_BYTES / 4);
            byte[] bytes = read(position + done * 4L, piece * 4);
            ByteBuffer.wrap(bytes).order(order).asIntBuffer().get(words, done, piece);
            done += piece;
        }
        return words;
    }

    /**
     * Returns a window on part of this input.
     *
     * @param position offset of its first byte
     * @param length its size in bytes; the whole range must be within {@link #size}
     * @return the window; it need not be closed
     */
    default RandomInput slice(long position, long length) {
        RandomInput whole = this;
        return new RandomInput() {
            @Override
            public long size() {
                return length;
            }

            @Override
            public byte[] read(long at, int count) throws IOException {
                return whole.read(position + at, count);
            }

            @Override
            public void close() {}
        };
    }
}
