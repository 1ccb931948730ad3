package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.Words;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BtfWriterTest {
    @TempDir
    Path folder;

    private static RawBtf sample(RawBtf raw) {
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addStruct("s", 4, RawBtf.Member.of("m", intId, 0));
        return raw;
    }

    private static Btf parse(byte[] bytes) {
        return Btf.parse(bytes, null, "test");
    }

    private static void assertRoundTrip(byte[] bytes) {
        assertArrayEquals(bytes, BtfWriter.toBytes(parse(bytes)));
        assertEquals(bytes.length, BtfWriter.sizeBytes(parse(bytes)));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 28, 32, 36, 40, 64})
    void shouldKeepTheHeaderLength(int length) {
        byte[] bytes = sample(RawBtf.littleEndian()).headerLength(length).toBytes();
        assertEquals(length, parse(bytes).header().headerLength());
        assertRoundTrip(bytes);
    }

    @Test
    void shouldChangeTheHeaderLengthOnRequest() {
        Btf btf = parse(sample(RawBtf.bigEndian()).toBytes());
        byte[] shorter = sample(RawBtf.bigEndian()).headerLength(24).toBytes();
        assertArrayEquals(shorter, BtfWriter.toBytes(btf, btf.header().withHeaderLength(24)));
        Btf again = parse(shorter);
        assertArrayEquals(
                BtfWriter.toBytes(btf), BtfWriter.toBytes(again, again.header().withHeaderLength(32)));
    }

    @Test
    void shouldRefuseHeaderLengthsThatNobodyReads() {
        BtfHeader header = parse(sample(RawBtf.littleEndian()).toBytes()).header();
        assertThrows(IllegalArgumentException.class, () -> header.withHeaderLength(20));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> BtfHeader.of(ByteOrder.LITTLE_ENDIAN, 28));
        assertEquals("hdr_len 28, expected 24 or 32", e.getMessage());
    }

    @Test
    void shouldKeepZeroGapsAndDropTheTrailer() {
        RawBtf raw = sample(RawBtf.littleEndian()).gapBeforeStrings(new byte[3]);
        assertRoundTrip(raw.toBytes());
        byte[] without = raw.toBytes();
        assertArrayEquals(
                without,
                BtfWriter.toBytes(parse(raw.trailer(new byte[] {1, 2, 3}).toBytes())));
    }

    @Test
    void shouldKeepAZeroGapBeforeTheTypes() {
        byte[] plain = sample(RawBtf.littleEndian()).toBytes();
        byte[] gap = new byte[plain.length + 8];
        System.arraycopy(plain, 0, gap, 0, 32);
        System.arraycopy(plain, 32, gap, 40, plain.length - 32);
        ByteBuffer header = ByteBuffer.wrap(gap).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, 8).putInt(16, header.getInt(16) + 8);
        assertRoundTrip(gap);
        Btf btf = parse(gap);
        byte[] swapped = BtfWriter.toBytes(btf, btf.header().withOrder(ByteOrder.BIG_ENDIAN));
        assertArrayEquals(gap, BtfWriter.toBytes(parse(swapped), btf.header()));
    }

    @Test
    void shouldKeepVersionAndFlags() {
        assertRoundTrip(sample(RawBtf.littleEndian())
                .header(HeaderField.VERSION, 3)
                .header(HeaderField.FLAGS, 5)
                .toBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 27, 32, 39})
    void shouldRefuseToRewriteUnknownHeaderData(int offset) {
        int length = offset < 32 ? 28 : 40;
        byte[] bytes = sample(RawBtf.littleEndian())
                .headerLength(length)
                .headerByte(offset, 1)
                .toBytes();
        Btf btf = Btf.parse(bytes, null, "new.btf");
        assertTrue(btf.header().hasUnknownData());
        assertEquals("int", btf.name(1));
        BtfUnsupportedException e = assertThrows(BtfUnsupportedException.class, () -> BtfWriter.toBytes(btf));
        assertEquals(
                "new.btf: header of " + length
                        + " bytes has unknown data that is not zero, expected zeros; it can be read but not rewritten",
                e.getMessage());
        assertThrows(BtfUnsupportedException.class, () -> btf.with(new int[0], new byte[1]));
        assertThrows(
                BtfUnsupportedException.class, () -> BtfWriter.toBytes(btf, BtfHeader.of(ByteOrder.LITTLE_ENDIAN, 32)));
    }

    @Test
    void shouldTellThatPaddingIsNoUnknownData() {
        assertFalse(parse(sample(RawBtf.littleEndian()).headerLength(40).toBytes())
                .header()
                .hasUnknownData());
    }

    @Test
    void shouldKeepTheLayoutSection() {
        byte[] bytes = sample(RawBtf.littleEndian()).withLayout().toBytes();
        assertRoundTrip(bytes);
        assertEquals(80, parse(bytes).layout().length);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> parse(bytes).header().withHeaderLength(24));
        assertEquals("hdr_len 24 has no room for the layout section, expected 32", e.getMessage());
    }

    @Test
    void shouldSwapTheFlagsOfTheLayoutSection() {
        byte[] little = new byte[80];
        byte[] big = new byte[80];
        little[78] = 0x12;
        big[79] = 0x12;
        Btf btf = parse(RawBtf.littleEndian().layout(little).toBytes());
        assertArrayEquals(
                RawBtf.bigEndian().layout(big).toBytes(),
                BtfWriter.toBytes(btf, btf.header().withOrder(ByteOrder.BIG_ENDIAN)));
    }

    @Test
    void shouldStepOverUnknownKindsAndKeepThem() {
        byte[] layout = new byte[4 * 78];
        layout[4 * 77] = 4;
        layout[4 * 77 + 1] = 8;
        for (RawBtf raw : new RawBtf[] {RawBtf.littleEndian(), RawBtf.bigEndian()}) {
            raw.layout(layout);
            raw.add(77, "new", 2, true, 9, 10, 11, 12, 13, 14);
            sample(raw);
            assertEquals(77, Words.kind(parse(raw.toBytes()).info(1)));
            assertRoundTrip(raw.toBytes());
        }
    }

    @Test
    void shouldSwapUnknownKindsAsWords() {
        byte[] layout = new byte[4 * 78];
        layout[4 * 77] = 8;
        RawBtf little = RawBtf.littleEndian().layout(layout);
        RawBtf big = RawBtf.bigEndian().layout(layout);
        little.add(77, "new", 0, false, 0x01020304, 5, 6);
        big.add(77, "new", 0, false, 0x01020304, 5, 6);
        Btf btf = parse(little.toBytes());
        assertArrayEquals(big.toBytes(), BtfWriter.toBytes(btf, btf.header().withOrder(ByteOrder.BIG_ENDIAN)));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 16_777_215})
    void shouldWriteManyElements(int vlen) {
        RawBtf raw = RawBtf.littleEndian();
        raw.addWords(0, RawBtf.info(BtfKinds.FUNC_PROTO, vlen, false), 0, new int[2 * vlen]);
        raw.addTypedef("after", 1);
        byte[] bytes = raw.toBytes();
        Btf btf = parse(bytes);
        assertEquals(vlen, btf.vlen(1));
        assertEquals("after", btf.name(2));
        assertArrayEquals(bytes, BtfWriter.toBytes(btf));
    }

    @Test
    void shouldWriteEmptyBtf() {
        assertRoundTrip(RawBtf.littleEndian().toBytes());
        RawBtf base = sample(RawBtf.littleEndian());
        RawBtf split = RawBtf.splitOn(base);
        Btf btf = Btf.parse(split.toBytes(), parse(base.toBytes()), "split");
        assertArrayEquals(split.toBytes(), BtfWriter.toBytes(btf));
    }

    @Test
    void shouldMakeBtfOfWordsAndStrings() {
        RawBtf raw = sample(RawBtf.bigEndian()).headerLength(24);
        Btf btf = parse(raw.toBytes());
        Btf same = btf.with(
                FlatAccess.of(btf).words().clone(),
                FlatAccess.of(btf).strings().own().clone());
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(same));
        assertEquals(btf.header(), same.header());
        assertEquals(btf.source(), same.source());

        RawBtf empty = RawBtf.bigEndian().headerLength(24);
        assertArrayEquals(empty.toBytes(), BtfWriter.toBytes(btf.with(new int[0], new byte[1])));
    }

    @Test
    void shouldDropGapsOfBtfThatIsMadeAnew() {
        RawBtf raw = sample(RawBtf.littleEndian());
        byte[] plain = raw.toBytes();
        Btf btf = parse(raw.gapBeforeStrings(new byte[8]).toBytes());
        assertArrayEquals(
                plain,
                BtfWriter.toBytes(btf.with(
                        FlatAccess.of(btf).words(), FlatAccess.of(btf).strings().own())));
    }

    @Test
    void shouldCheckTheWordsItIsMadeOf() {
        Btf btf = parse(sample(RawBtf.littleEndian()).toBytes());
        int[] words = FlatAccess.of(btf).words().clone();
        words[4 + 3 + 1] = 7;
        BtfFormatException e = assertThrows(
                BtfFormatException.class,
                () -> btf.with(words, FlatAccess.of(btf).strings().own()));
        assertEquals(
                "test: type [2] STRUCT 's': member 0: type id 7 of no type (there are 3), at 0x40", e.getMessage());
        assertEquals(2, e.typeId());
        assertThrows(
                BtfFormatException.class,
                () -> btf.with(new int[] {0, 1}, FlatAccess.of(btf).strings().own()));
        assertThrows(BtfFormatException.class, () -> btf.with(FlatAccess.of(btf).words(), new byte[0]));
        assertThrows(BtfFormatException.class, () -> btf.with(FlatAccess.of(btf).words(), new byte[] {0, 'a'}));
    }

    @Test
    void shouldWriteFiles() throws IOException {
        byte[] bytes = sample(RawBtf.littleEndian()).toBytes();
        Path file = folder.resolve("out.btf");
        BtfWriter.write(parse(bytes), file);
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }
}
