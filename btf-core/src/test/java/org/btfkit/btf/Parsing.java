package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;

/** Parses assembled BTF, and says what a parser must complain about. */
public final class Parsing {
    public static final String SOURCE = "test.btf";

    /** How BTF is written down, whatever it says. */
    public record Form(ByteOrder order, int headerLength) {
        public RawBtf empty() {
            return RawBtf.of(order).headerLength(headerLength);
        }

        @Override
        public String toString() {
            return (order == ByteOrder.LITTLE_ENDIAN ? "LE" : "BE") + " header " + headerLength;
        }
    }

    /**
     * BTF that must be refused.
     *
     * @param name what is wrong with it
     * @param build puts it together
     * @param typeId the type at fault, 0 for none
     * @param offset where the fault is: below 0 from the start of the data, as -1 - offset; else from the header's end
     * @param message what is said, without source and offset
     */
    public record Fault(String name, Consumer<RawBtf> build, int typeId, int offset, String message) {
        static Fault inHeader(String name, Consumer<RawBtf> build, int offset, String message) {
            return new Fault(name, build, 0, -1 - offset, message);
        }

        long offset(int headerLength) {
            return offset < 0 ? -1 - offset : headerLength + offset;
        }

        void check(RawBtf btf, int headerLength) {
            build.accept(btf);
            assertFault(btf, typeId, offset(headerLength), message);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Parsing() {}

    public static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (int headerLength : new int[] {24, 32, 44}) {
                forms.add(new Form(order, headerLength));
            }
        }
        return forms;
    }

    /** Parses BTF and its bases. */
    public static Btf parse(RawBtf btf) {
        return parse(btf, btf.base() == null ? null : parse(btf.base()));
    }

    /** Parses BTF on a base that was parsed already. */
    public static Btf parse(RawBtf btf, Btf base) {
        return Btf.parse(btf.toBytes(), base, SOURCE);
    }

    public static void assertFault(RawBtf btf, int typeId, long byteOffset, String message) {
        Btf base = btf.base() == null ? null : parse(btf.base());
        assertFault(btf.toBytes(), base, typeId, byteOffset, message);
    }

    public static void assertFault(byte[] data, int typeId, long byteOffset, String message) {
        assertFault(data, null, typeId, byteOffset, message);
    }

    private static void assertFault(byte[] data, Btf base, int typeId, long byteOffset, String message) {
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> Btf.parse(data, base, SOURCE));
        assertEquals(SOURCE + ": " + message + ", at 0x" + Long.toHexString(byteOffset), e.getMessage());
        assertEquals(typeId, e.typeId());
        assertEquals(byteOffset, e.byteOffset());
    }

    /** A caller's mistake: the message has the value, and no data is to blame. */
    public static void assertRefused(String message, Runnable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
