package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

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
     * Reads a range into an array.
     *
     * @param position offset of the first byte
     * @param into the array to read to
     * @param at index in it of the first byte
     * @param length number of bytes; the whole range must be within {@link #size}
     * @throws IOException if reading fails or the file has become shorter
     */
    void read(long position, byte[] into, int at, int length) throws IOException;

    /**
     * Reads a range as a new array.
     *
     * @param position offset of the first byte
     * @param length number of bytes; the whole range must be within {@link #size}
     * @return the bytes
     * @throws IOException if reading fails or the file has become shorter
     */
    default byte[] read(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        read(position, bytes, 0, length);
        return bytes;
    }

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
        // Piece by piece: a second array as large as the first would cost more in page faults than reading does.
        byte[] piece = new byte[Math.min(count, PIECE_BYTES / 4) * 4];
        IntBuffer pieceWords = ByteBuffer.wrap(piece).order(order).asIntBuffer();
        for (int done = 0; done < count; ) {
            int length = Math.min(count - done, piece.length / 4);
            read(position + done * 4L, piece, 0, length * 4);
            pieceWords.position(0);
            pieceWords.get(words, done, length);
            done += length;
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
            public void read(long start, byte[] into, int at, int count) throws IOException {
                whole.read(position + start, into, at, count);
            }

            @Override
            public void close() {}
        };
    }
}
