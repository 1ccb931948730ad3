package org.btfkit.btf;

import static org.btfkit.btf.Parsing.assertFault;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;

/**
 * The parser accepts what libbpf's {@code btf__new} accepts, of July 2026.
 *
 * <p>The differences are known, and each has a test here:
 *
 * <ul>
 *   <li>A header length below 24 is refused in either byte order; libbpf looks at it only in foreign byte order.
 *   <li>The return type of a FUNC_PROTO has to exist; libbpf does not look, the kernel refuses it.
 *   <li>Unknown kinds are stepped over in either byte order; libbpf cannot swap the bytes of their words.
 * </ul>
 */
class LibbpfAgreementTest {
    @Test
    void shouldRefuseShortHeaderLength() {
        RawBtf raw = RawBtf.littleEndian().header(HeaderField.HDR_LEN, 16);
        assertFault(raw, 0, 4, "hdr_len 16, expected 24 to 33");
    }

    @Test
    void shouldRefuseReturnTypeThatDoesNotExist() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addFuncProto(2);
        assertFault(raw, 1, 32 + 8, "type [1] FUNC_PROTO: type id 2 of no type (there are 2)");
    }

    @Test
    void shouldStepOverUnknownKindsInForeignByteOrder() {
        RawBtf raw = RawBtf.bigEndian().layout(new byte[4 * 21]);
        raw.add(20, "", 5, false, 0);
        assertEquals(2, parse(raw).typeCount());
    }
}
