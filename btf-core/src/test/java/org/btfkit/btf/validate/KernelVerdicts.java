package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;

/** Asserts what the kernel level says of hand-made BTF. */
final class KernelVerdicts {
    /** Where the second type begins if the first one is {@code int} and the header has 32 bytes. */
    static final int SECOND = 32 + 4 * 4;

    private KernelVerdicts() {}

    /** BTF with {@code int} as type 1. */
    static RawBtf withInt() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("int", 4, RawBtf.SIGNED);
        return btf;
    }

    static void assertAccepted(RawBtf btf) {
        Btf base = btf.base() == null ? null : Parsing.parse(btf.base());
        assertDoesNotThrow(() -> KernelValidator.kernel(btf.toBytes(), base, "raw"));
    }

    /** Asserts a refusal with exactly this message, source and offset aside. */
    static void assertRefused(RawBtf btf, int typeId, long byteOffset, String message) {
        Btf base = btf.base() == null ? null : Parsing.parse(btf.base());
        BtfFormatException e =
                assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(btf.toBytes(), base, "raw"));
        assertEquals("raw: " + message + ", at 0x" + Long.toHexString(byteOffset), e.getMessage());
        assertEquals(typeId, e.typeId());
        assertEquals(byteOffset, e.byteOffset());
    }

    /** Asserts a refusal of the second type, at one of its words. */
    static void assertSecondRefused(RawBtf btf, int word, String message) {
        assertRefused(btf, 2, SECOND + 4 * word, "type [2] " + message);
    }
}
