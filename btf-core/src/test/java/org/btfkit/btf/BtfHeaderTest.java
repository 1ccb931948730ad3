package org.btfkit.btf;

import static org.btfkit.btf.Parsing.Fault.inHeader;
import static org.btfkit.btf.Parsing.SOURCE;
import static org.btfkit.btf.Parsing.assertFault;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Parsing.Fault;
import org.btfkit.btf.Parsing.Form;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header of BTF data, and what it says of the sections. */
class BtfHeaderTest {
    private static final byte[] LAYOUT_OF_INT = {0, 0, 0, 0, 4, 0, 0, 0};

    static List<Form> forms() {
        return Parsing.forms();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldReadEveryField(Form form) {
        RawBtf raw = form.empty();
        raw.addInt("int", 4, RawBtf.SIGNED);
        raw.header(HeaderField.VERSION, 3).header(HeaderField.FLAGS, 0x81);
        BtfHeader header = parse(raw).header();
        assertEquals(new BtfHeader(form.order(), 3, 0x81, form.headerLength(), 0, 16, 16, 5, 0, 0, false), header);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadLayoutFields(boolean little) {
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        RawBtf raw = RawBtf.of(order).layout(LAYOUT_OF_INT);
        raw.addInt("int", 4, RawBtf.SIGNED);
        Btf btf = parse(raw);
        assertEquals(new BtfHeader(order, 1, 0, 32, 0, 16, 24, 5, 16, 8, false), btf.header());
        assertEquals(order, btf.order());
        assertArrayEquals(LAYOUT_OF_INT, btf.layout());
    }

    @Test
    void shouldTakeLayoutFieldsOfShortHeaderForTypes() {
        RawBtf raw = RawBtf.littleEndian().headerLength(24);
        raw.addPtr(0);
        BtfHeader header = parse(raw).header();
        assertEquals(0, header.layoutOff());
        assertEquals(0, header.layoutLen());
        assertArrayEquals(new byte[0], parse(raw).layout());
    }

    /** What a longer header says is not known here; only whether it says anything. */
    @ParameterizedTest
    @ValueSource(ints = {24, 26, 32, 33, 40, 100})
    void shouldSeeUnknownDataInLongerHeader(int length) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            int known = length < 32 ? 24 : 32;
            for (int at = known; at < length; at++) {
                RawBtf raw = RawBtf.of(order).headerLength(length).headerByte(at, 1);
                raw.addInt("int", 4, 0);
                assertEquals(true, parse(raw).header().hasUnknownData(), "byte " + at);
                assertEquals("int", parse(raw).name(1));
            }
            RawBtf zeros = RawBtf.of(order).headerLength(length);
            zeros.addInt("int", 4, 0);
            assertEquals(false, parse(zeros).header().hasUnknownData());
            assertEquals("int", parse(zeros).name(1));
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldAllowGapsAroundSections(Form form) {
        RawBtf raw = form.empty().gapBeforeStrings(new byte[3]).trailer(new byte[5]);
        raw.addInt("skipped", 4, 0);
        raw.addInt("int", 4, 0);
        raw.header(HeaderField.TYPE_OFF, 16).header(HeaderField.TYPE_LEN, 16);
        Btf btf = parse(raw);
        assertEquals(2, btf.typeCount());
        assertEquals("int", btf.name(1));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldAcceptBtfWithoutTypes(Form form) {
        Btf btf = parse(form.empty());
        assertEquals(1, btf.typeCount());
        assertEquals(1, btf.stringEnd());
        assertNull(btf.base());
    }

    @Test
    void shouldRejectTruncatedHeader() {
        byte[] whole = RawBtf.littleEndian().toBytes();
        for (int length = 0; length < 24; length++) {
            String message = "truncated header: " + length + " bytes, expected at least 24";
            assertFault(Arrays.copyOf(whole, length), 0, length, message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0xeb9e, 0xeb00, 0x009f, 0x457f, 0xffff})
    void shouldRejectOtherMagic(int magic) {
        RawBtf raw = RawBtf.littleEndian().header(HeaderField.MAGIC, magic);
        assertFault(raw, 0, 0, "not BTF: magic 0x" + Integer.toHexString(magic) + ", expected 0xeb9f");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 23, 34, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL})
    void shouldRejectHeaderLengthOutOfData(long length) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            RawBtf raw = RawBtf.of(order).header(HeaderField.HDR_LEN, length);
            assertFault(raw, 0, 4, "hdr_len " + length + ", expected 24 to 33");
        }
    }

    @Test
    void shouldRejectHeaderOfWholeDataForWantOfStrings() {
        RawBtf raw = RawBtf.littleEndian().header(HeaderField.HDR_LEN, 33);
        assertFault(raw, 0, 16, "string section 0..1 past the end of the data (0 bytes after the header)");
    }

    /** The data has one PTR and the empty string: types 0..12, strings 12..13. */
    static List<Fault> sectionFaults() {
        return List.of(
                inHeader(
                        "strings longer than the data",
                        b -> b.header(HeaderField.STR_LEN, 2),
                        16,
                        "string section 12..14 past the end of the data (13 bytes after the header)"),
                inHeader(
                        "strings begin past the data",
                        b -> b.header(HeaderField.STR_OFF, 14),
                        16,
                        "string section 14..15 past the end of the data (13 bytes after the header)"),
                inHeader(
                        "string length above 2 GiB",
                        b -> b.header(HeaderField.STR_LEN, 0xffff_ffffL),
                        16,
                        "string section 12..4294967307 past the end of the data (13 bytes after the header)"),
                inHeader(
                        "string extent wraps at 4 GiB",
                        b -> b.header(HeaderField.STR_OFF, 0xffff_fffcL).header(HeaderField.STR_LEN, 5),
                        16,
                        "string section 4294967292..4294967297 past the end of the data (13 bytes after the header)"),
                inHeader(
                        "types overlap strings",
                        b -> b.header(HeaderField.TYPE_LEN, 16),
                        8,
                        "type section 0..16 overlaps string section 12..13"),
                inHeader(
                        "types after strings",
                        b -> b.header(HeaderField.TYPE_OFF, 16).header(HeaderField.TYPE_LEN, 0),
                        8,
                        "type section 16..16 overlaps string section 12..13"),
                inHeader(
                        "type length above 2 GiB",
                        b -> b.header(HeaderField.TYPE_LEN, 0xffff_fff0L),
                        8,
                        "type section 0..4294967280 overlaps string section 12..13"),
                inHeader(
                        "type extent wraps at 4 GiB",
                        b -> b.header(HeaderField.TYPE_OFF, 0xffff_fff8L),
                        8,
                        "type section 4294967288..4294967300 overlaps string section 12..13"),
                inHeader(
                        "type offset not aligned",
                        b -> b.header(HeaderField.TYPE_OFF, 2).header(HeaderField.TYPE_LEN, 8),
                        8,
                        "type section 2..10, expected multiples of 4"),
                inHeader(
                        "type length not aligned",
                        b -> b.header(HeaderField.TYPE_LEN, 10),
                        8,
                        "type section 0..10, expected multiples of 4"));
    }

    @ParameterizedTest
    @MethodSource("sectionFaults")
    void shouldRejectSectionOutOfPlace(Fault fault) {
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addPtr(0);
            fault.check(raw, form.headerLength());
        }
    }

    /** As libbpf does, which copies as much of the header as there is onto zeros. */
    @ParameterizedTest
    @ValueSource(ints = {29, 30, 31})
    void shouldCheckLayoutOfHeaderThatEndsWithinItsFields(int headerLength) {
        RawBtf raw = RawBtf.littleEndian().headerLength(headerLength);
        raw.addPtr(0);
        raw.headerByte(28, 4);
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> parse(raw));
        String fault = "layout section 0..4, expected between the types' end 12 and the strings' start 12, at 0x18";
        assertTrue(e.getMessage().endsWith(fault), e.getMessage());
        raw.headerByte(24, 12).gapBeforeStrings(new byte[4]);
        assertEquals(4, parse(raw).layout().length);
        assertTrue(parse(raw).header().hasUnknownData(), "nobody knows how to write it");
    }

    /** The data has one PTR, a layout of two kinds and the empty string: 0..12, 12..20, 20..21. */
    static List<Fault> layoutFaults() {
        String place = ", expected between the types' end 12 and the strings' start 20";
        return List.of(
                inHeader(
                        "layout overlaps types",
                        b -> b.header(HeaderField.LAYOUT_OFF, 8),
                        24,
                        "layout section 8..16" + place),
                inHeader(
                        "layout overlaps strings",
                        b -> b.header(HeaderField.LAYOUT_LEN, 12),
                        24,
                        "layout section 12..24" + place),
                inHeader(
                        "layout after strings",
                        b -> b.header(HeaderField.LAYOUT_OFF, 24),
                        24,
                        "layout section 24..32" + place),
                inHeader(
                        "layout length above 2 GiB",
                        b -> b.header(HeaderField.LAYOUT_LEN, 0xffff_fffcL),
                        24,
                        "layout section 12..4294967304" + place),
                inHeader(
                        "layout extent wraps at 4 GiB",
                        b -> b.header(HeaderField.LAYOUT_OFF, 0xffff_fffcL),
                        24,
                        "layout section 4294967292..4294967300" + place),
                inHeader(
                        "layout offset not aligned",
                        b -> b.header(HeaderField.LAYOUT_OFF, 14).header(HeaderField.LAYOUT_LEN, 4),
                        24,
                        "layout section 14..18, expected multiples of 4"),
                inHeader(
                        "layout length not aligned",
                        b -> b.header(HeaderField.LAYOUT_LEN, 7),
                        24,
                        "layout section 12..19, expected multiples of 4"));
    }

    @ParameterizedTest
    @MethodSource("layoutFaults")
    void shouldRejectLayoutOutOfPlace(Fault fault) {
        for (Form form : Parsing.forms()) {
            if (form.headerLength() >= 32) {
                RawBtf raw = form.empty().layout(LAYOUT_OF_INT);
                raw.addPtr(0);
                fault.check(raw, form.headerLength());
            }
        }
    }

    @Test
    void shouldIgnoreLayoutOffsetWithoutLength() {
        RawBtf raw = RawBtf.littleEndian().header(HeaderField.LAYOUT_OFF, 0xffff_fff1L);
        assertEquals(1, parse(raw).typeCount());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldRejectEmptyStringSection(Form form) {
        RawBtf raw = form.empty().header(HeaderField.STR_LEN, 0);
        raw.addPtr(0);
        assertFault(raw, 0, form.headerLength() + 12, "empty string section, expected at least a NUL byte");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldRejectStringsThatDoNotEnd(Form form) {
        RawBtf raw = form.empty();
        raw.addPtr(0);
        raw.stringBytes(new byte[] {'a', 'b'});
        assertFault(raw, 0, form.headerLength() + 14, "string section does not end with a NUL byte");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldRejectStringsThatDoNotBeginWithNul(Form form) {
        RawBtf base = form.empty();
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("own", 0);
        assertFault(
                split.toBytes(),
                0,
                form.headerLength() + 12,
                "string section does not begin with a NUL byte; is this split BTF, which needs its base?");
        assertEquals("own", Btf.parse(split.toBytes(), parse(base), SOURCE).name(1));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldAcceptSplitBtfWithoutStrings(Form form) {
        RawBtf base = form.empty();
        base.addInt("int", 4, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("int", 1);
        Btf btf = parse(split);
        assertEquals(0, btf.header().strLen());
        assertEquals("int", btf.name(2));
        assertEquals(5, btf.firstStringOff());
        assertEquals(5, btf.stringEnd());
    }
}
