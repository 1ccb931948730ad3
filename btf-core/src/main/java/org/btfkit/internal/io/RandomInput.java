package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.IOException;

/** Bytes that can be read at any position; possibly more than 2 GiB of them. */
public interface RandomInput extends Closeable {
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
