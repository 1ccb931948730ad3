package org.btfkit.btf.javagen;

import java.nio.ByteOrder;

/**
 * The value that a bit field is read with, and where in it the field is: the smallest of 1, 2, 4 or 8 bytes that holds
 * it and lies within the struct, at whatever address.
 *
 * <p>With little-endian values bits are counted from the lowest bit of the first byte, with big-endian ones from the
 * highest. A field of bits 3 to 6 of a byte is {@code value << 57 >>> 60} with the one and {@code value << 59 >>> 60}
 * with the other, the value being a long.
 *
 * @param offsetBytes where the value is
 * @param sizeBytes 1, 2, 4 or 8
 * @param left how far to shift left
 * @param right how far to shift right then
 */
record BitWindow(long offsetBytes, int sizeBytes, int left, int right) {
    /**
     * Finds the window.
     *
     * @param structBytes the size of the struct, which is not left
     * @return the window, or null if there is none: the field covers nine bytes, or the struct is too small
     */
    static BitWindow of(long offsetBits, int bits, long structBytes, ByteOrder order) {
        long first = offsetBits / Byte.SIZE;
        long end = (offsetBits + bits + Byte.SIZE - 1) / Byte.SIZE;
        for (int size = 1; size <= Long.BYTES; size *= 2) {
            long start = Math.min(first, structBytes - size);
            if (start >= 0 && start + size >= end) {
                int before = (int) (offsetBits - start * Byte.SIZE);
                int left = order == ByteOrder.BIG_ENDIAN
                        ? Long.SIZE - size * Byte.SIZE + before
                        : Long.SIZE - before - bits;
                return new BitWindow(start, size, left, Long.SIZE - bits);
            }
        }
        return null;
    }

    /** How far the field is from the lowest bit of the value. */
    int shift() {
        return right - left;
    }
}
