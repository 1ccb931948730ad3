package org.btfkit.btf.validate;

import static org.btfkit.btf.validate.KernelVerdicts.assertAccepted;
import static org.btfkit.btf.validate.KernelVerdicts.assertRefused;
import static org.btfkit.btf.validate.KernelVerdicts.withInt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSectionsTest {
    @ParameterizedTest
    @ValueSource(ints = {24, 28, 32, 40})
    void shouldAcceptAnyHeaderLengthWithZeroPadding(int length) {
        assertAccepted(withInt().headerLength(length));
    }

    @Test
    void shouldAcceptLayoutSection() {
        assertAccepted(withInt().withLayout());
    }

    @Test
    void shouldAcceptOtherByteOrder() {
        RawBtf btf = RawBtf.bigEndian();
        btf.addInt("int", 4, RawBtf.SIGNED);
        assertAccepted(btf);
    }

    @Test
    void shouldRefuseOtherVersion() {
        assertRefused(withInt().header(HeaderField.VERSION, 2), 0, 2, "version 2, expected 1");
    }

    @Test
    void shouldRefuseFlags() {
        assertRefused(withInt().header(HeaderField.FLAGS, 0x81), 0, 3, "header flags 0x81, expected 0");
    }

    @Test
    void shouldRefuseUnknownHeaderFields() {
        assertRefused(
                withInt().headerLength(40).headerByte(39, 1),
                0,
                32,
                "header fields that the kernel does not know are not 0");
    }

    @Test
    void shouldRefuseGapBeforeTypes() {
        RawBtf btf = RawBtf.littleEndian();
        btf.appendWords(0);
        btf.addInt("int", 4, 0);
        btf.header(HeaderField.TYPE_OFF, 4).header(HeaderField.TYPE_LEN, 16);
        assertRefused(btf, 0, 8, "type section at 4, expected at 0: bytes between belong to none");
    }

    @Test
    void shouldRefuseGapBeforeStrings() {
        assertRefused(
                withInt().gapBeforeStrings(new byte[3]),
                0,
                16,
                "string section at 19, expected at 16: bytes between belong to none");
    }

    @Test
    void shouldRefuseGapBeforeLayout() {
        RawBtf btf = withInt().layout(new byte[8]);
        btf.header(HeaderField.LAYOUT_OFF, 20).header(HeaderField.LAYOUT_LEN, 4);
        assertRefused(btf, 0, 24, "layout section at 20, expected at 16: bytes between belong to none");
    }

    @Test
    void shouldRefuseBytesAfterStrings() {
        RawBtf btf = withInt().trailer(new byte[2]);
        assertRefused(btf, 0, 32 + 16 + 5, "2 bytes after the last section");
    }

    @Test
    void shouldRefuseBaseWithoutTypes() {
        assertRefused(RawBtf.littleEndian(), 0, 12, "no types");
    }

    @Test
    void shouldAcceptSplitWithoutTypes() {
        assertAccepted(RawBtf.splitOn(withInt()));
    }

    @Test
    void shouldRefuseStringsPastLimit() {
        RawBtf btf = withInt();
        btf.stringBytes(new byte[(1 << 24) - btf.stringEnd() + 1]);
        assertRefused(btf, 0, 20, "string section of 16777217 bytes, the kernel's limit is 16777216");
    }

    @Test
    void shouldRefuseMoreTypesThanTheKernelNumbers() {
        RawBtf btf = RawBtf.littleEndian();
        for (int i = 0; i < 0xffffe; i++) {
            btf.addPtr(0);
        }
        assertAccepted(btf);
        btf.addPtr(0);
        assertRefused(btf, 0, 12, "1048575 types, the kernel's limit is 1048574");
    }

    @Test
    void shouldRefuseDataPastLimit() {
        RawBtf btf = withInt();
        int[] words = new int[4 << 20];
        btf.addWords(0, RawBtf.info(6, words.length / 2, false), 4, words);
        Btf parsed = Parsing.parse(btf);
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(parsed));
        assertEquals("test.btf: data of 16777281 bytes, the kernel's limit is 16777216, at 0xc", e.getMessage());
    }
}
