package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class BtfAppendTest {
    private static RawBtf lib() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addString("unused");
        int intId = raw.addInt("int", 4, 0);
        int structId = raw.addStruct("lib", 16, Member.of("next", intId + 2, 0), Member.of("int", intId, 64));
        raw.addPtr(structId);
        raw.addFloat("other", 8);
        return raw;
    }

    @Test
    void shouldAppendTypesAndOnlyTheStringsTheyUse() {
        RawBtf expected = RawBtf.bigEndian();
        expected.addFwd("next", false);
        int intId = expected.addInt("int", 4, 0);
        int structId = expected.addStruct("lib", 16, Member.of("next", intId + 2, 0), Member.of("int", intId, 64));
        expected.addPtr(structId);
        expected.addFloat("other", 8);

        BtfBuilder builder = BtfBuilder.create(ByteOrder.BIG_ENDIAN);
        builder.addFwd("next", false);
        assertArrayEquals(new int[] {0, 2, 3, 4, 5}, builder.append(Parsing.parse(lib())));
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Test
    void shouldAppendSplitBtfOnTheSameBase() {
        RawBtf rawBase = lib();
        RawBtf rawSplit = RawBtf.splitOn(rawBase);
        rawSplit.addTypedef("t", 2);
        rawSplit.addPtr(5);
        Btf base = Parsing.parse(rawBase);
        BtfBuilder builder = BtfBuilder.splitOn(base);
        builder.addConst(1);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 6, 7}, builder.append(Parsing.parse(rawSplit, base)));
        RawBtf expected = RawBtf.splitOn(rawBase);
        expected.addConst(1);
        expected.addTypedef("t", 2);
        expected.addPtr(6);
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Test
    void shouldRefuseSplitBtfOnAnotherBase() {
        RawBtf rawBase = lib();
        Btf src = Parsing.parse(RawBtf.splitOn(rawBase));
        for (BtfBuilder builder : new BtfBuilder[] {BtfBuilder.create(), BtfBuilder.splitOn(Parsing.parse(rawBase))}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> builder.append(src));
            assertEquals(
                    "test.btf: split on test.btf, expected BTF without a base or on that of the BTF it is appended to",
                    e.getMessage());
        }
    }

    @Test
    void shouldAppendNothingIfATypeIsOfAnUnknownKind() {
        byte[] layout = new byte[4 * 31];
        RawBtf raw = RawBtf.littleEndian().layout(layout);
        raw.addTypedef("fine", 0);
        raw.add(30, "new", 0, false, 0);
        Btf src = Parsing.parse(raw);
        BtfBuilder builder = BtfBuilder.copyOf(Parsing.parse(lib()));
        byte[] before = BtfWriter.toBytes(builder.build());
        BtfUnsupportedException e = assertThrows(BtfUnsupportedException.class, () -> builder.append(src));
        assertEquals(
                "test.btf: type [2] KIND_30 'new': cannot be appended, since it is not known which of its words are type"
                        + " ids",
                e.getMessage());
        assertThrows(BtfUnsupportedException.class, () -> builder.appendTypes(src, 1, 2));
        assertArrayEquals(before, BtfWriter.toBytes(builder.build()));
        assertArrayEquals(new int[] {0, 5, 0}, builder.appendTypes(src, 1));
    }

    @Test
    void shouldAppendATypeWithItsDependencies() {
        Btf src = Parsing.parse(lib());
        BtfBuilder builder = BtfBuilder.create();
        assertArrayEquals(new int[] {0, 1, 2, 3, 0}, builder.appendTypes(src, 3));
        assertArrayEquals(new int[] {0, 0, 0, 0, 4}, builder.appendTypes(src, 4, 0, 4));
        assertArrayEquals(new int[] {0, 0, 0, 0, 0}, builder.appendTypes(src));
        RawBtf expected = RawBtf.littleEndian();
        expected.addInt("int", 4, 0);
        expected.addStruct("lib", 16, Member.of("next", 3, 0), Member.of("int", 1, 64));
        expected.addPtr(2);
        expected.addFloat("other", 8);
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
        assertThrows(IllegalArgumentException.class, () -> builder.appendTypes(src, 5));
        assertThrows(IllegalArgumentException.class, () -> builder.appendTypes(src, -1));
    }

    @Test
    void shouldNotCopyWhatTheBaseHas() {
        Btf base = Parsing.parse(lib());
        BtfBuilder builder = BtfBuilder.splitOn(base);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4}, builder.appendTypes(base, 3));
        assertEquals(base.typeCount(), builder.typeCount());
    }

    @Test
    void shouldKeepBytesThatAreNoUtf8() {
        RawBtf raw = RawBtf.littleEndian();
        int badOff = raw.stringBytes(new byte[] {(byte) 0xff, 'x', 0});
        raw.addWords(badOff, RawBtf.info(16, 0, false), 4);
        BtfBuilder builder = BtfBuilder.create();
        builder.append(Parsing.parse(raw));
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Test
    void shouldAppendToItsOwnSource() {
        Btf src = Parsing.parse(lib());
        BtfBuilder builder = BtfBuilder.copyOf(src);
        Btf once = builder.build();
        builder.append(once);
        builder.append(builder.build());
        Btf btf = builder.build();
        assertEquals(1 + 4 * 4, btf.typeCount());
        assertEquals(src.stringEnd(), btf.stringEnd());
        assertEquals(14, btf.sizeOrType(15));
        assertArrayEquals(lib().toBytes(), BtfWriter.toBytes(src));
    }

    @Test
    void shouldTakeStringsBack() {
        StringSection strings = new StringSection(null);
        byte[] a = "a".getBytes(StandardCharsets.UTF_8);
        byte[] b = "bb".getBytes(StandardCharsets.UTF_8);
        assertEquals(1, strings.add(a));
        byte[] before = strings.toBytes();
        int mark = strings.length();
        assertEquals(3, strings.add(b));
        strings.truncate(mark);
        assertArrayEquals(before, strings.toBytes());
        assertEquals(1, strings.add(a));
        assertEquals(3, strings.add(b));
        assertEquals("bb", strings.get(3));
        assertArrayEquals(new byte[] {0, 'a', 0}, before);
    }

    @Test
    void shouldRebuildVmlinuxWithItsSplitBtf() throws IOException {
        Btf vmlinux = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        BtfBuilder builder = BtfBuilder.create();
        int[] idMap = builder.append(vmlinux);
        Btf copy = builder.build();
        assertEquals(vmlinux.typeCount(), copy.typeCount());
        for (int typeId = 1; typeId < copy.typeCount(); typeId++) {
            assertEquals(typeId, idMap[typeId]);
            assertEquals(vmlinux.type(typeId), copy.type(typeId));
        }
        Btf split = BtfSource.load(OracleData.file("dedup/fou.split.out.btf"), vmlinux);
        BtfBuilder again = BtfBuilder.splitOn(vmlinux);
        again.append(split);
        assertEquals(split.typeCount(), again.typeCount());
        for (int typeId = split.firstTypeId(); typeId < split.typeCount(); typeId++) {
            assertEquals(split.type(typeId), again.build().type(typeId));
        }
    }
}
