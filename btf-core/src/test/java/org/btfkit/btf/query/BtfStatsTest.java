package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class BtfStatsTest {
    @Test
    void shouldCountTypesAndBytes() {
        RawBtf raw = RawBtf.littleEndian().withLayout();
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int small = raw.addStruct("small", 4, Member.of("a", intId, 0));
        int large = raw.addStruct("large", 12, Member.of("a", intId, 0), Member.of("b", intId, 32));
        int same = raw.addUnion("", 12, Member.of("a", intId, 0));
        BtfStats stats = BtfStats.of(Btf.parse(raw.toBytes(), null, "test"), 2);
        assertEquals(32, stats.headerBytes());
        assertEquals(4 * (4 + 6 + 9 + 6), stats.typeBytes());
        assertEquals(raw.stringEnd(), stats.stringBytes());
        assertEquals(80, stats.layoutBytes());
        assertEquals(4, stats.typeCount());
        assertEquals(3, stats.namedCount());
        assertEquals(
                List.of(
                        new BtfStats.Kind(1, "INT", 1, 0, 16),
                        new BtfStats.Kind(4, "STRUCT", 2, 3, 60),
                        new BtfStats.Kind(5, "UNION", 1, 1, 24)),
                stats.kinds());
        assertEquals(
                List.of(new BtfStats.Composite(large, "large", 12, 2), new BtfStats.Composite(same, "", 12, 1)),
                stats.largest());
        assertEquals(
                3,
                BtfStats.of(Btf.parse(raw.toBytes(), null, "test"), 9).largest().size());
        assertEquals(
                small,
                BtfStats.of(Btf.parse(raw.toBytes(), null, "test"), 9)
                        .largest()
                        .get(2)
                        .typeId());
    }

    @Test
    void shouldCountOwnTypesOnly() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        RawBtf split = RawBtf.splitOn(base);
        BtfStats empty = BtfStats.of(Btf.parse(split.toBytes(), Btf.parse(base.toBytes(), null, "b"), "s"), 1);
        assertEquals(0, empty.typeCount());
        assertEquals(List.of(), empty.kinds());
        assertEquals(0.0, empty.stringShare());
        Btf btf = Btf.parse(base.toBytes(), null, "test");
        assertThrows(IllegalArgumentException.class, () -> BtfStats.of(btf, -1));
    }

    @Test
    void shouldAddUpForKernel() throws IOException {
        Btf btf = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        BtfStats stats = BtfStats.of(btf, 10);
        assertEquals(107_331, stats.typeCount());
        assertEquals(
                stats.typeBytes(),
                stats.kinds().stream().mapToLong(BtfStats.Kind::bytes).sum());
        assertEquals(
                stats.typeCount(),
                stats.kinds().stream().mapToInt(BtfStats.Kind::count).sum());
        assertEquals(10, stats.largest().size());
    }
}
