package org.btfkit.btf.dump;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;

/** What the tests of dumpers share. */
final class DumpChecks {
    /** A dump to be run. */
    interface Dump {
        void to(OutputStream out) throws IOException;
    }

    private DumpChecks() {}

    static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "generated");
    }

    static byte[] bytesOf(Dump dump) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            dump.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static String textOf(Dump dump) {
        return new String(bytesOf(dump), StandardCharsets.ISO_8859_1);
    }

    /** The checked-in file of that name; fails if there is none. */
    static byte[] golden(String name) {
        try (InputStream in = DumpChecks.class.getResourceAsStream(name)) {
            assertNotNull(in, "no golden " + name);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails at the first line that differs; assertArrayEquals would name a byte. */
    static void assertSameText(byte[] expected, byte[] actual, String what) {
        int at = Arrays.mismatch(expected, actual);
        if (at >= 0) {
            fail(what + ": differs at byte " + at + "\nexpected: " + around(expected, at) + "\nactual:   "
                    + around(actual, at));
        }
    }

    private static String around(byte[] text, int at) {
        int from = Math.max(0, Math.min(at, text.length) - 120);
        int to = Math.min(text.length, at + 120);
        return new String(text, from, Math.max(0, to - from), StandardCharsets.ISO_8859_1)
                .replace("\n", "\n          ");
    }
}
