package org.btfkit.internal.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.btfkit.BtfException;

/** Grows while a decoder writes to it, up to a limit. */
final class PlainBytes {
    private static final int PRIME_1 = 0x9e3779b1;
    private static final int PRIME_2 = 0x85ebca77;
    private static final int PRIME_3 = 0xc2b2ae3d;
    private static final int PRIME_4 = 0x27d4eb2f;
    private static final int PRIME_5 = 0x165667b1;

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

    /**
     * Computes the 32-bit xxHash, seed 0, of what was written from a place on, as the LZ4 frame format has it.
     *
     * @param from index of the first byte
     */
    int xxHash32(int from) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = from;
        int hash = PRIME_5;
        if (size - from >= 16) {
            int[] lanes = {PRIME_1, PRIME_2, 0, -PRIME_1};
            lanes[0] += PRIME_2;
            for (; at <= size - 16; at += 16) {
                for (int i = 0; i < lanes.length; i++) {
                    lanes[i] = Integer.rotateLeft(lanes[i] + words.getInt(at + 4 * i) * PRIME_2, 13) * PRIME_1;
                }
            }
            hash = Integer.rotateLeft(lanes[0], 1)
                    + Integer.rotateLeft(lanes[1], 7)
                    + Integer.rotateLeft(lanes[2], 12)
                    + Integer.rotateLeft(lanes[3], 18);
        }
        hash += size - from;
        for (; at <= size - 4; at += 4) {
            hash = Integer.rotateLeft(hash + words.getInt(at) * PRIME_3, 17) * PRIME_4;
        }
        for (; at < size; at++) {
            hash = Integer.rotateLeft(hash + (bytes[at] & 0xff) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 15) * PRIME_2;
        hash = (hash ^ hash >>> 13) * PRIME_3;
        return hash ^ hash >>> 16;
    }

    byte[] toArray() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }
}
