package org.btfkit.btf.ext;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt.CoreRelo;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.btf.ext.BtfExt.LineInfo;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BtfExtTest {
    static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
    static final int[] FUNC = {8, 10, 2, 0, 1, 64, 2, 14, 1, 0, 3};
    static final int[] LINE = {16, 10, 1, 8, 21, 22, 7 << 10 | 5};
    static final int[] CORE = {16, 14, 1, 16, 4, 23, 2};
    private static final int[] NONE = {};

    /** Assembles data: header fields from 8 on, then words. */
    static byte[] raw(ByteOrder order, int headerLength, int[]... sections) {
        int words = 0;
        for (int[] section : sections) {
            words += section.length;
        }
        ByteBuffer out = ByteBuffer.allocate(headerLength + 4 * words).order(order);
        out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(headerLength);
        int offset = 0;
        for (int[] section : sections) {
            out.putInt(offset).putInt(4 * section.length);
            offset += 4 * section.length;
        }
        out.position(headerLength);
        for (int[] section : sections) {
            for (int word : section) {
                out.putInt(word);
            }
        }
        return out.array();
    }

    static BtfExt parse(byte[] data) {
        return BtfExt.parse(data, "ext");
    }

    @Test
    void shouldReadRecordsByElfSection() {
        for (ByteOrder order : List.of(LITTLE, BIG)) {
            BtfExt ext = parse(raw(order, 32, FUNC, LINE, CORE));
            assertEquals(order, ext.order());
            assertEquals(
                    List.of(
                            new Group<>(10, List.of(new FuncInfo(0, 1), new FuncInfo(64, 2))),
                            new Group<>(14, List.of(new FuncInfo(0, 3)))),
                    ext.funcInfo());
            LineInfo line = new LineInfo(8, 21, 22, 7 << 10 | 5);
            assertEquals(List.of(new Group<>(10, List.of(line))), ext.lineInfo());
            assertEquals(7, line.line());
            assertEquals(5, line.column());
            assertEquals(List.of(new Group<>(14, List.of(new CoreRelo(16, 4, 23, 2)))), ext.coreRelo());
        }
    }

    @Test
    void shouldReadWhatIsLeftOutAsEmpty() {
        BtfExt ext = parse(raw(LITTLE, 24, NONE, LINE));
        assertEquals(List.of(), ext.funcInfo());
        assertEquals(1, ext.lineInfo().size());
        assertEquals(List.of(), ext.coreRelo());
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 28, 32, 40})
    void shouldKeepTheHeaderLength(int length) {
        for (ByteOrder order : List.of(LITTLE, BIG)) {
            byte[] data = length < 32 ? raw(order, length, FUNC, LINE) : raw(order, length, FUNC, LINE, CORE);
            assertArrayEquals(data, parse(data).toBytes());
        }
    }

    @Test
    void shouldKeepLongerRecords() {
        int[] func = {12, 10, 2, 0, 1, 91, 64, 2, 92};
        int[] core = {24, 14, 1, 16, 4, 23, 2, 93, 94};
        byte[] data = raw(LITTLE, 32, func, NONE, core);
        BtfExt ext = parse(data);
        assertEquals(List.of(new Group<>(10, List.of(new FuncInfo(0, 1), new FuncInfo(64, 2)))), ext.funcInfo());
        assertEquals(List.of(new Group<>(14, List.of(new CoreRelo(16, 4, 23, 2)))), ext.coreRelo());
        assertArrayEquals(data, ext.toBytes());
        int[] mappedFunc = {12, 20, 2, 0, 101, 91, 64, 102, 92};
        int[] mappedCore = {24, 24, 1, 16, 104, 33, 2, 93, 94};
        assertArrayEquals(
                raw(BIG, 32, mappedFunc, NONE, mappedCore),
                ext.map(id -> id + 100, off -> off + 10).toBytes(BIG));
    }

    @Test
    void shouldMapIdsAndStrings() {
        BtfExt mapped = parse(raw(LITTLE, 32, FUNC, LINE, CORE)).map(id -> id + 100, off -> off + 1000);
        assertArrayEquals(
                raw(
                        LITTLE,
                        32,
                        new int[] {8, 1010, 2, 0, 101, 64, 102, 1014, 1, 0, 103},
                        new int[] {16, 1010, 1, 8, 1021, 1022, 7 << 10 | 5},
                        new int[] {16, 1014, 1, 16, 104, 1023, 2}),
                mapped.toBytes());
    }

    @Test
    void shouldKeepSubSectionsWhereTheyAre() {
        byte[] data = raw(LITTLE, 32, LINE, FUNC, NONE);
        ByteBuffer header = ByteBuffer.wrap(data).order(LITTLE);
        // func_info comes second in the data, and core_relo of no bytes is said to be elsewhere.
        header.putInt(8, 4 * LINE.length).putInt(12, 4 * FUNC.length);
        header.putInt(16, 0).putInt(20, 4 * LINE.length);
        header.putInt(24, 12345);
        assertEquals(2, parse(data).funcInfo().size());
        assertArrayEquals(data, parse(data).toBytes());
    }

    @Test
    void shouldFollowAppendedBtf() {
        RawBtf raw = RawBtf.littleEndian();
        int textOff = raw.string("text");
        int protoId = raw.addFuncProto(0);
        int funcId = raw.addFunc("main", protoId, 1);
        Btf btf = Parsing.parse(raw);
        BtfExt ext = BtfExt.of(
                LITTLE, List.of(new Group<>(textOff, List.of(new FuncInfo(0, funcId)))), List.of(), List.of());
        ext.validate(btf);

        BtfBuilder builder = BtfBuilder.create();
        builder.addFloat("other", 4);
        int[] idMap = builder.append(btf);
        BtfExt moved = ext.map(id -> idMap[id], off -> builder.addString(btf, off));
        Btf both = builder.build();
        moved.validate(both);
        Group<FuncInfo> group = moved.funcInfo().get(0);
        assertEquals("text", both.string(group.sectionNameOff()));
        assertEquals("main", both.name(group.records().get(0).typeId()));
    }

    @Test
    void shouldCheckIdsAndStringsAgainstTheBtf() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addFloat("f", 4);
        raw.addPtr(1);
        Btf btf = Parsing.parse(raw);
        BtfExt badId = parse(raw(LITTLE, 32, new int[] {8, 0, 2, 0, 1, 64, 3}, NONE, NONE));
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> badId.validate(btf));
        assertEquals("ext: func_info: type id 3 of no type (there are 3), at 0x38", e.getMessage());
        BtfExt badString = parse(raw(LITTLE, 32, NONE, new int[] {16, 0, 1, 0, 1, -1, 0}, NONE));
        e = assertThrows(BtfFormatException.class, () -> badString.validate(btf));
        assertEquals("ext: line_info: string offset 4294967295 past string section (3 bytes), at 0x34", e.getMessage());
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(new byte[7], "truncated header: 7 bytes, expected at least 24, at 0x7"),
                Arguments.of(new byte[32], "not .BTF.ext: magic 0x0, expected 0xeb9f, at 0x0"),
                Arguments.of(
                        raw(LITTLE, 32, NONE, NONE, NONE),
                        "hdr_len 32, expected 24 or more and less than the 32 bytes of data, at 0x4"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, NONE, NONE), 4, 16),
                        "hdr_len 16, expected 24 or more and less than the 76 bytes of data, at 0x4"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, NONE, NONE), 4, -1),
                        "hdr_len 4294967295, expected 24 or more and less than the 76 bytes of data, at 0x4"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, LINE, NONE), 16, 2),
                        "line_info at 2, expected a multiple of 4, at 0x10"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, NONE, CORE), 28, 32),
                        "core_relo 44..76 past the end of the data (72 bytes after the header), at 0x18"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, NONE, NONE), 8, -4),
                        "func_info 4294967292..4294967336 past the end of the data (44 bytes after the header),"
                                + " at 0x8"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, NONE, NONE), 12, 2),
                        "func_info of 2 bytes, expected a record size, at 0x20"),
                Arguments.of(
                        raw(LITTLE, 32, new int[] {4, 0, 1, 0, 0}, NONE, NONE),
                        "func_info: record size 4, expected a multiple of 4 and at least 8, at 0x20"),
                Arguments.of(
                        raw(BIG, 32, NONE, new int[] {18, 0, 1, 0, 0, 0, 0}, NONE),
                        "line_info: record size 18, expected a multiple of 4 and at least 16, at 0x20"),
                Arguments.of(
                        raw(LITTLE, 32, NONE, NONE, new int[] {-4, 0, 1}),
                        "core_relo: record size 4294967292, expected a multiple of 4 and at least 16, at 0x20"),
                Arguments.of(
                        raw(LITTLE, 32, new int[] {8}, NONE, NONE),
                        "func_info has no records, expected some or no func_info at all, at 0x20"),
                Arguments.of(
                        raw(LITTLE, 32, new int[] {8, 0}, NONE, NONE),
                        "func_info: 4 bytes left, expected a group of records, at 0x24"),
                Arguments.of(
                        raw(LITTLE, 32, new int[] {8, 0, 0}, NONE, NONE),
                        "func_info: group of 0 records with 0 bytes, expected some that fit in 0 bytes, at 0x24"),
                Arguments.of(
                        raw(LITTLE, 32, new int[] {8, 0, 1, 0, 0, 0, 0x20000001, 0, 0}, NONE, NONE),
                        "func_info: group of 536870913 records with 4294967304 bytes, expected some that fit in 8"
                                + " bytes, at 0x34"),
                Arguments.of(
                        patch(raw(LITTLE, 32, FUNC, FUNC_LIKE_LINE, NONE), 16, 40),
                        "line_info 40..68 overlaps func_info 0..44, at 0x10"));
    }

    /** Words that are line_info at their own place and from four bytes before it. */
    private static final int[] FUNC_LIKE_LINE = {0, 1, 0, 0, 0, 0, 0};

    private static byte[] patch(byte[] data, int offset, int value) {
        ByteBuffer.wrap(data).order(LITTLE).putInt(offset, value);
        return data;
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("malformed")
    void shouldRejectMalformedData(byte[] data, String message) {
        if (message.contains("overlaps")) {
            // The last word of func_info is read as the record size of line_info.
            patch(data, 32 + 40, 16);
        }
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> parse(data));
        assertEquals("ext: " + message, e.getMessage());
    }

    @Test
    void shouldRefuseUnknownVersionsAndFlags() {
        byte[] version = raw(LITTLE, 32, FUNC, NONE, NONE);
        version[2] = 2;
        BtfUnsupportedException e = assertThrows(BtfUnsupportedException.class, () -> parse(version));
        assertEquals("ext: version 2 of .BTF.ext, expected 1", e.getMessage());
        byte[] flags = raw(LITTLE, 32, FUNC, NONE, NONE);
        flags[3] = 2;
        e = assertThrows(BtfUnsupportedException.class, () -> parse(flags));
        assertEquals("ext: flags 0x2 of .BTF.ext, expected none", e.getMessage());
    }

    @Test
    void shouldRefuseToRewriteUnknownHeaderData() {
        byte[] data = raw(LITTLE, 40, FUNC, NONE, NONE);
        data[33] = 1;
        BtfExt ext = parse(data);
        assertEquals(2, ext.funcInfo().size());
        assertThrows(BtfUnsupportedException.class, ext::toBytes);
        assertThrows(
                BtfUnsupportedException.class,
                () -> ext.map(id -> id, off -> off).toBytes());
    }

    /** Between sub-sections, or behind them: a newer header may have fields for it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepBytesThatNoFieldCovers(boolean isTail) {
        int[] some = {0, 0x01020304};
        byte[] data;
        if (isTail) {
            byte[] known = raw(LITTLE, 32, FUNC, LINE, CORE);
            data = Arrays.copyOf(known, known.length + 8);
            data[known.length + 5] = 7;
        } else {
            // The assembler writes a field for each part; here those of the last two say where they are.
            data = raw(LITTLE, 40, FUNC, some, CORE, LINE);
            ByteBuffer header = ByteBuffer.wrap(data).order(LITTLE);
            header.putLong(32, 0);
            int lineAt = 4 * (FUNC.length + some.length + CORE.length);
            header.putInt(16, lineAt).putInt(20, 4 * LINE.length);
            header.putInt(24, 4 * (FUNC.length + some.length)).putInt(28, 4 * CORE.length);
        }
        BtfExt ext = parse(data);
        assertArrayEquals(data, ext.toBytes());
        int at = isTail ? data.length - 3 : 40 + 4 * FUNC.length + 4;
        String message = "ext: bytes from 0x" + Integer.toHexString(at)
                + " on belong to no part of .BTF.ext that is known, expected zeros; ";
        assertEquals(
                message + "their byte order cannot be changed",
                assertThrows(BtfUnsupportedException.class, () -> ext.toBytes(BIG))
                        .getMessage());
        assertEquals(
                message + "type ids and string offsets in them cannot be mapped",
                assertThrows(BtfUnsupportedException.class, () -> ext.map(id -> id, off -> off))
                        .getMessage());
    }

    @Test
    void shouldRefuseToMakeDataWithoutRecords() {
        assertThrows(IllegalArgumentException.class, () -> BtfExt.of(LITTLE, List.of(), List.of(), List.of()));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> BtfExt.of(LITTLE, List.of(new Group<>(1, List.of())), List.of(), List.of()));
        assertEquals("func_info: group without records, expected some", e.getMessage());
    }

    private static Arbitrary<Integer> ints() {
        return Arbitraries.integers();
    }
}
