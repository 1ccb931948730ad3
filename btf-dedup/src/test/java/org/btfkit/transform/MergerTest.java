package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;

class MergerTest {
    private static RawBtf base() {
        RawBtf base = RawBtf.bigEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        return base;
    }

    private static RawBtf splitOn(RawBtf base, String name) {
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef(name, 1);
        split.addPtr(2);
        return split;
    }

    @Test
    void shouldPutOneInputBehindTheOther() {
        RawBtf unused = base();
        unused.string("unused");
        unused.addPtr(1);
        Merged merged = Merger.merge(List.of(RawBtfs.parse(base()), RawBtfs.parse(unused)));
        Btf btf = merged.btf();
        assertEquals(List.of(0, 1), merged.idOffsets());
        assertEquals(4, btf.typeCount());
        assertEquals(2, btf.sizeOrType(3));
        assertEquals("\0int\0".length(), btf.stringEnd());
        assertEquals(ByteOrder.BIG_ENDIAN, btf.order());
        assertEquals(32, btf.header().headerLength());
    }

    @Test
    void shouldMergeSplitBtfOnOneBase() {
        Btf base = RawBtfs.parse(base());
        Btf one = Btf.parse(splitOn(base(), "one").toBytes(), base, "one");
        Btf two = Btf.parse(splitOn(base(), "two").toBytes(), base, "two");
        Merged merged = Merger.merge(List.of(RawBtfs.parse(base()), one, two));
        Btf btf = merged.btf();
        assertEquals(base, btf.base());
        assertEquals(List.of(1, 1, 3), merged.idOffsets());
        assertEquals(7, btf.typeCount());
        assertEquals("int", btf.name(2));
        assertEquals("two", btf.name(2 + 3));
        assertEquals(1, btf.sizeOrType(5));
        assertEquals(5, btf.sizeOrType(6));
    }

    @Test
    void shouldRejectOtherBases() {
        Btf one = RawBtfs.parse(splitOn(base(), "one"));
        Btf two = RawBtfs.parse(splitOn(base(), "two"));
        BtfException e = assertThrows(BtfException.class, () -> Merger.merge(List.of(one, two)));
        assertEquals("split: split on raw, expected raw", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Merger.merge(List.of()));
    }

    @Test
    void shouldNotKeepTheWordOfAForwardDeclaration() {
        RawBtfs.assertPlainForward(
                Merger.merge(List.of(RawBtfs.withForwardWord(0x1234)), null).btf());
    }
}
