package org.btfkit.btf;

import static org.btfkit.btf.Parsing.SOURCE;
import static org.btfkit.btf.Parsing.assertFault;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Parsing.Fault;
import org.btfkit.btf.Parsing.Form;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the type section is cut into types, with and without a layout section. */
class BtfTypeSectionTest {
    private static final int MAX_VLEN = 0xffffff;

    static List<Form> forms() {
        return Parsing.forms();
    }

    /** Every kind that has words of its own, once with none of them and once with one too few. */
    static List<Fault> cutTypes() {
        return List.of(
                cut(BtfKinds.INT, 0, "vlen 0 needs 16 bytes, past the end of the type section (12 bytes left)"),
                cut(BtfKinds.ARRAY, 0, "vlen 0 needs 24 bytes, past the end of the type section (12 bytes left)"),
                cut(BtfKinds.ARRAY, 0, "vlen 0 needs 24 bytes, past the end of the type section (20 bytes left)", 1, 1),
                cut(BtfKinds.STRUCT, 1, "vlen 1 needs 24 bytes, past the end of the type section (12 bytes left)"),
                cut(
                        BtfKinds.STRUCT,
                        2,
                        "vlen 2 needs 36 bytes, past the end of the type section (32 bytes left)",
                        0,
                        1,
                        0,
                        0,
                        1),
                cut(BtfKinds.UNION, 1, "vlen 1 needs 24 bytes, past the end of the type section (20 bytes left)", 0, 0),
                cut(BtfKinds.ENUM, 1, "vlen 1 needs 20 bytes, past the end of the type section (16 bytes left)", 0),
                cut(
                        BtfKinds.ENUM64,
                        1,
                        "vlen 1 needs 24 bytes, past the end of the type section (20 bytes left)",
                        0,
                        0),
                cut(
                        BtfKinds.FUNC_PROTO,
                        1,
                        "vlen 1 needs 20 bytes, past the end of the type section (16 bytes left)",
                        0),
                cut(BtfKinds.VAR, 0, "vlen 0 needs 16 bytes, past the end of the type section (12 bytes left)"),
                cut(BtfKinds.DATASEC, 1, "vlen 1 needs 24 bytes, past the end of the type section (12 bytes left)"),
                cut(BtfKinds.DECL_TAG, 0, "vlen 0 needs 16 bytes, past the end of the type section (12 bytes left)"),
                cut(
                        BtfKinds.STRUCT,
                        MAX_VLEN,
                        "vlen 16777215 needs 201326592 bytes, past the end of the type section (12 bytes left)"),
                cut(
                        BtfKinds.FUNC_PROTO,
                        65_536,
                        "vlen 65536 needs 524300 bytes, past the end of the type section (12 bytes left)"),
                cut(
                        BtfKinds.ENUM,
                        65_535,
                        "vlen 65535 needs 524292 bytes, past the end of the type section (12 bytes left)"));
    }

    /** A type with fewer words than it needs, after an INT of 16 bytes. */
    private static Fault cut(int kind, int vlen, String message, int... data) {
        String name = BtfKinds.name(kind);
        return new Fault(
                name + " of vlen " + vlen + " with " + data.length + " words",
                b -> {
                    b.addInt("int", 4, 0);
                    b.add(kind, "", vlen, false, 0, data);
                },
                2,
                16,
                "type [2] " + name + " " + message);
    }

    @ParameterizedTest
    @MethodSource("cutTypes")
    void shouldRejectTypePastTheSection(Fault fault) {
        for (Form form : Parsing.forms()) {
            fault.check(form.empty(), form.headerLength());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldRejectTruncatedType(int words) {
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addInt("int", 4, 0);
            raw.appendWords(new int[words]);
            assertFault(raw, 2, form.headerLength() + 16, "type [2] truncated: " + words + " words, expected 3");
        }
    }

    @Test
    void shouldCountIdsOfSplitTypesFromTheBase() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, 0);
        base.addPtr(1);
        RawBtf split = RawBtf.splitOn(base);
        split.addPtr(2);
        split.appendWords(0);
        assertFault(split, 4, 32 + 12, "type [4] truncated: 1 words, expected 3");
        Btf btf = parse(RawBtf.splitOn(base));
        assertEquals(3, btf.firstTypeId());
        assertEquals(3, btf.typeCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 21, 77, 127})
    void shouldRejectUnknownKindWithoutLayout(int kind) {
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addInt("int", 4, 0);
            raw.add(kind, "", 0, false, 0);
            assertFault(
                    raw,
                    2,
                    form.headerLength() + 16,
                    "type [2] unknown kind " + kind + ", and no layout section that tells its size");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRejectUnknownKindThatLayoutDoesNotTell(boolean little) {
        RawBtf raw = RawBtf.of(order(little)).withLayout();
        raw.add(20, "", 0, false, 0);
        assertFault(raw, 1, 32, "type [1] unknown kind 20, and no layout section that tells its size");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStepOverUnknownKinds(boolean little) {
        RawBtf raw = RawBtf.of(order(little)).layout(layoutWith(22, 8, 4));
        raw.addInt("int", 4, 0);
        raw.add(22, "novel", 3, true, 7, 10, 11, 12, 13, 14);
        raw.add(21, "", 0, false, 0);
        raw.addTypedef("after", 1);
        Btf btf = parse(raw);
        assertEquals(5, btf.typeCount());
        assertNull(btf.kind(2));
        assertEquals(8, btf.wordCount(2));
        assertEquals(14, btf.word(2, 7));
        assertEquals("after", btf.name(4));
        List<Integer> words = List.of(raw.string("novel"), RawBtf.info(22, 3, true), 7, 10, 11, 12, 13, 14);
        assertEquals(new BtfType.Unknown(2, "novel", 22, words), btf.type(2));
        assertEquals(new BtfType.Unknown(3, "", 21, List.of(0, RawBtf.info(21, 0, false), 0)), btf.type(3));
    }

    @Test
    void shouldStepOverKindZeroThatLayoutTells() {
        RawBtf raw = RawBtf.littleEndian().withLayout();
        raw.add(BtfKinds.VOID, "", 0, false, 9);
        raw.addPtr(1);
        Btf btf = parse(raw);
        assertEquals(new BtfType.Unknown(1, "", 0, List.of(0, 0, 9)), btf.type(1));
        assertEquals(new BtfType.Ptr(2, 1), btf.type(2));
    }

    @Test
    void shouldNotLetLayoutResizeKnownKinds() {
        RawBtf raw = RawBtf.littleEndian().layout(new byte[4 * BtfKinds.count()]);
        raw.addInt("int", 4, 0);
        raw.addStruct("s", 4, RawBtf.Member.of("m", 1, 0));
        Btf btf = parse(raw);
        assertEquals(6, btf.wordCount(2));
        assertEquals(3, btf.typeCount());
    }

    @Test
    void shouldRejectUnknownKindPastTheSection() {
        RawBtf raw = RawBtf.littleEndian().layout(layoutWith(20, 252, 252));
        raw.add(20, "", MAX_VLEN, false, 0);
        assertFault(
                raw,
                1,
                32,
                "type [1] KIND_20 vlen 16777215 needs 4227858444 bytes, past the end of the type section (12 bytes left)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255})
    void shouldRejectLayoutOfPartialWords(int size) {
        RawBtf fixed = RawBtf.littleEndian().layout(layoutWith(20, size, 4));
        fixed.add(20, "", 0, false, 0);
        assertFault(fixed, 1, 32, "type [1] layout of kind 20: sizes " + size + " and 4, expected multiples of 4");
        RawBtf element = RawBtf.littleEndian().layout(layoutWith(20, 4, size));
        element.add(20, "", 0, false, 0, 0);
        assertFault(element, 1, 32, "type [1] layout of kind 20: sizes 4 and " + size + ", expected multiples of 4");
    }

    @Test
    void shouldUseLayoutOfBaseUnlessSplitBtfHasItsOwn() {
        RawBtf base = RawBtf.littleEndian().layout(layoutWith(20, 4, 0));
        base.addInt("int", 4, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.add(20, "", 0, false, 0, 99);
        assertEquals(4, parse(split).wordCount(2));

        RawBtf splitWithLayout = RawBtf.splitOn(base).layout(layoutWith(20, 8, 0));
        splitWithLayout.add(20, "", 0, false, 0, 98, 99);
        assertEquals(5, parse(splitWithLayout).wordCount(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 1 << 17})
    void shouldReadLongTypes(int vlen) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            RawBtf raw = RawBtf.of(order);
            raw.addInt("int", 4, 0);
            int[] members = new int[3 * vlen];
            for (int i = 0; i < vlen; i++) {
                members[3 * i + 1] = 1;
                members[3 * i + 2] = 32 * i;
            }
            raw.add(BtfKinds.STRUCT, "long", vlen, false, 4 * vlen, members);
            raw.addTypedef("after", 2);
            Btf btf = parse(raw);
            assertEquals(vlen, btf.vlen(2));
            assertEquals(BtfKind.STRUCT, btf.kind(2));
            BtfType.Struct struct = (BtfType.Struct) btf.type(2);
            assertEquals(vlen, struct.members().size());
            assertEquals(32 * (vlen - 1), struct.members().get(vlen - 1).offsetBits());
            assertEquals("after", btf.name(3));
        }
    }

    /** The last fault is in the last element, so that all of them are known to be looked at. */
    @Test
    void shouldReadTypeOfMaximalLength() {
        int typeBytes = 12 + 8 * MAX_VLEN;
        ByteBuffer data = ByteBuffer.allocate(24 + typeBytes + 1).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0);
        data.putInt(24).putInt(0).putInt(typeBytes).putInt(typeBytes).putInt(1);
        data.putInt(0).putInt(RawBtf.info(BtfKinds.ENUM, MAX_VLEN, false)).putInt(4);
        Btf btf = Btf.parse(data.array(), null, SOURCE);
        assertEquals(2, btf.typeCount());
        assertEquals(MAX_VLEN, btf.vlen(1));
        assertEquals(3 + 2 * MAX_VLEN, btf.wordCount(1));

        int last = 24 + typeBytes - 8;
        data.putInt(last, 1);
        assertFault(
                data.array(), 1, last, "type [1] ENUM: enumerator 16777214: name_off 1 past string section (1 bytes)");
    }

    private static ByteOrder order(boolean little) {
        return little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /** A layout that knows all kinds up to one, which has these sizes in bytes. */
    private static byte[] layoutWith(int kind, int fixed, int element) {
        byte[] layout = new byte[4 * (kind + 1)];
        for (int known = 0; known < BtfKinds.count(); known++) {
            layout[4 * known] = (byte) (4 * BtfKinds.fixedWords(known));
            layout[4 * known + 1] = (byte) (4 * BtfKinds.elementWords(known));
        }
        layout[4 * kind] = (byte) fixed;
        layout[4 * kind + 1] = (byte) element;
        return layout;
    }

    @Test
    void shouldCutManySmallTypes() {
        RawBtf raw = RawBtf.bigEndian();
        int count = 10_000;
        for (int i = 0; i < count; i++) {
            raw.addPtr(i);
        }
        Btf btf = parse(raw);
        assertEquals(count + 1, btf.typeCount());
        int[] offsets = FlatAccess.of(btf).offsets();
        assertEquals(count + 1, offsets.length);
        assertEquals(3 * count, offsets[count]);
        assertEquals(count - 1, btf.sizeOrType(count));
        assertEquals(3 * count, Arrays.stream(offsets).max().orElseThrow());
    }
}
