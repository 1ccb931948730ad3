package org.btfkit.internal.io;

import java.util.Arrays;

/** Input from a byte array, which is not copied. */
public final class ArrayInput implements RandomInput {
    private final byte[] bytes;

    /**
     * Wraps an array.
     *
     * @param bytes the bytes; they must not change while this is in use
     */
    public ArrayInput(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public byte[] read(long position, int length) {
        int from = Math.toIntExact(position);
        return Arrays.copyOfRange(bytes, from, Math.addExact(from, length));
    }

    @Override
    public void close() {}
}
