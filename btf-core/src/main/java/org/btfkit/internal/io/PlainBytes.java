package org.btfkit.internal.io;

import java.util.Arrays;
import org.btfkit.btf.BtfException;

/** Grows while a decoder writes to it, up to a limit. */
final class PlainBytes {
    private final int limit;
    private byte[] bytes;
    private int size;

    PlainBytes(int expected, int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(expected, limit)];
    }

    int size() {
        return size;
    }

    /** Makes room for some more bytes. */
    private void reserve(int more) {
        long needed = (long) size + more;
        if (needed > limit) {
            throw new BtfException("larger than " + limit + " bytes when decompressed");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(needed, bytes.length * 2L)));
        }
    }

    void append(byte[] from, int at, int length) {
        reserve(length);
        System.arraycopy(from, at, bytes, size, length);
        size += length;
    }

    /** Appends what stands some bytes before the end; may overlap with what it makes. */
    void repeat(int distance, int length) {
        reserve(length);
        for (int end = size + length; size < end; size++) {
            bytes[size] = bytes[size - distance];
        }
    }

    byte[] toArray() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }
}
