package org.btfkit.internal.io;

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
    public void read(long position, byte[] into, int at, int length) {
        System.arraycopy(bytes, Math.toIntExact(position), into, at, length);
    }

    @Override
    public void close() {}
}
