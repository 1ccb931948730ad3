package org.btfkit.dwarf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads numbers of either byte order from an array.
 *
 * <p>A read past the array is an {@link IndexOutOfBoundsException}; whoever owns the array makes a failure of it that
 * says where.
 */
final class Numbers {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final boolean isBig;

    Numbers(ByteOrder order) {
        this.isBig = order == ByteOrder.BIG_ENDIAN;
    }

    boolean isBigEndian() {
        return isBig;
    }

    int u2(byte[] data, int at) {
        short value = (short) SHORT.get(data, at);
        return (isBig ? Short.reverseBytes(value) : value) & 0xffff;
    }

    int u3(byte[] data, int at) {
        int first = data[at] & 0xff;
        int middle = data[at + 1] & 0xff;
        int last = data[at + 2] & 0xff;
        return isBig ? first << 16 | middle << 8 | last : last << 16 | middle << 8 | first;
    }

    int s4(byte[] data, int at) {
        int value = (int) INT.get(data, at);
        return isBig ? Integer.reverseBytes(value) : value;
    }

    long u4(byte[] data, int at) {
        return s4(data, at) & 0xffffffffL;
    }

    long u8(byte[] data, int at) {
        long value = (long) LONG.get(data, at);
        return isBig ? Long.reverseBytes(value) : value;
    }

    /** Reads an offset or address of four or eight bytes. */
    long word(byte[] data, int at, int size) {
        return size == 8 ? u8(data, at) : u4(data, at);
    }

    void put4(byte[] data, int at, int value) {
        INT.set(data, at, isBig ? Integer.reverseBytes(value) : value);
    }

    void put8(byte[] data, int at, long value) {
        LONG.set(data, at, isBig ? Long.reverseBytes(value) : value);
    }

    /** Reads an unsigned LEB128 number; bits above the 64th are lost. */
    static long uleb(byte[] data, int from) {
        int at = from;
        long result = data[at] & 0x7f;
        for (int shift = 7; data[at] < 0; shift += 7) {
            at++;
            if (shift < Long.SIZE) {
                result |= (long) (data[at] & 0x7f) << shift;
            }
        }
        return result;
    }

    /** Reads a signed LEB128 number; bits above the 64th are lost. */
    static long sleb(byte[] data, int from) {
        int at = from;
        long result = data[at] & 0x7f;
        int shift = 7;
        while (data[at] < 0) {
            at++;
            if (shift < Long.SIZE) {
                result |= (long) (data[at] & 0x7f) << shift;
            }
            shift += 7;
        }
        return shift < Long.SIZE && (data[at] & 0x40) != 0 ? result | -1L << shift : result;
    }

    /** Returns the index after a LEB128 number. */
    static int lebEnd(byte[] data, int from) {
        int at = from;
        while (data[at++] < 0) {
            // continued
        }
        return at;
    }
}
