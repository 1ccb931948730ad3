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
    private static final int MAX_INT_DIGITS = 10;

    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
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
        long rest = value;
        if (MAX_DIGITS > CAPACITY - count) {
            drain();
        }
        if (rest < 0 || rest > Integer.MAX_VALUE) {
            long tenth = Long.divideUnsigned(rest, 10);
            putUnsigned(tenth); // digit by digit until an int is left, whose division is fast
            put((char) ('0' + (rest - tenth * 10)));
            return;
        }
        int small = (int) rest;
        int at = count + digits(small);
        count = at;
        do {
            int tenth = small / 10;
            buffer[--at] = (byte) ('0' + (small - tenth * 10));
            small = tenth;
        } while (small != 0);
    }

    private static int digits(int value) {
        int digits = 1;
        for (int limit = 10; digits < MAX_INT_DIGITS && value >= limit; limit *= 10) {
            digits++;
        }
        return digits;
    }

    /**
     * Puts a key of JSON with its quotes and colon, and a comma before it if something is there to separate it from.
     */
    void putKey(byte[] ascii, boolean isSeparated) {
        if (ascii.length + 4 > CAPACITY - count) {
            drain();
        }
        byte[] target = buffer;
        int at = count;
        if (isSeparated) {
            target[at++] = ',';
        }
        target[at++] = '"';
        for (byte b : ascii) {
            target[at++] = b;
        }
        target[at++] = '"';
        target[at++] = ':';
        count = at;
    }

    /**
     * Puts the string that begins at an index up to what JSON would have to escape.
     *
     * @return the index of that, or of the NUL byte at the end
     */
    int putUnescaped(byte[] strings, int from) {
        byte[] target = buffer;
        int at = count;
        int i = from;
        // One comparison for bytes above 127 too, which are copied as they are.
        for (byte b = strings[i]; (b & 0xff) >= ' ' && b != '"' && b != '\\'; b = strings[++i]) {
            if (at == CAPACITY) {
                count = at;
                drain();
                at = 0;
            }
            target[at++] = b;
        }
        count = at;
        return i;
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
