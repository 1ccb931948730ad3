package org.btfkit.btf.dump;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A buffer in front of a stream that takes bytes, NUL-terminated strings and decimal numbers.
 *
 * <p>Failures of the stream are {@link UncheckedIOException}s, so that code which only formats need not declare them;
 * the dumpers unwrap them.
 */
final class DumpOutput {
    private static final int CAPACITY = 1 << 16;
    private static final int MAX_DIGITS = 20;

    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
    private final byte[] digits = new byte[MAX_DIGITS];
    private int count;
    private boolean discarding;

    DumpOutput(OutputStream out) {
        this.out = out;
    }

    /** The bytes of a text of ASCII characters, for constants. */
    static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.ISO_8859_1);
    }

    void put(char ascii) {
        if (count == CAPACITY) {
            drain();
        }
        buffer[count++] = (byte) ascii;
    }

    void put(byte[] bytes) {
        if (bytes.length > CAPACITY - count) {
            drain();
            if (bytes.length > CAPACITY) {
                write(bytes, bytes.length);
                return;
            }
        }
        System.arraycopy(bytes, 0, buffer, count, bytes.length);
        count += bytes.length;
    }

    /** Puts the string that begins at an index and ends before the next NUL byte. */
    void putString(byte[] strings, int from) {
        byte[] target = buffer;
        int at = count;
        int i = from;
        for (byte b = strings[i]; b != 0; b = strings[++i]) {
            if (at == CAPACITY) {
                count = at;
                drain();
                at = 0;
            }
            target[at++] = b;
        }
        count = at;
    }

    /** Puts an unsigned 32-bit number. */
    void putUnsigned(int value) {
        putSigned(value & 0xffffffffL);
    }

    /** Puts a signed number. */
    void putSigned(long value) {
        if (value < 0) {
            put('-');
            putUnsigned(-value);
        } else {
            putUnsigned(value);
        }
    }

    /** Puts an unsigned 64-bit number. */
    void putUnsigned(long value) {
        int at = MAX_DIGITS;
        long rest = value;
        if (rest < 0) {
            digits[--at] = (byte) ('0' + Long.remainderUnsigned(rest, 10));
            rest = Long.divideUnsigned(rest, 10);
        }
        while (rest > Integer.MAX_VALUE) {
            long tenth = rest / 10;
            digits[--at] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        }
        int small = (int) rest;
        do {
            int tenth = small / 10;
            digits[--at] = (byte) ('0' + (small - tenth * 10));
            small = tenth;
        } while (small != 0);
        int length = MAX_DIGITS - at;
        if (length > CAPACITY - count) {
            drain();
        }
        System.arraycopy(digits, at, buffer, count, length);
        count += length;
    }

    /** From now on, takes text but throws it away; or no longer does so. */
    void discard(boolean value) {
        drain();
        discarding = value;
    }

    /** Hands everything to the stream and flushes that. */
    void flush() {
        drain();
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drain() {
        write(buffer, count);
        count = 0;
    }

    private void write(byte[] bytes, int length) {
        if (discarding) {
            return;
        }
        try {
            out.write(bytes, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
