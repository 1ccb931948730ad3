package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.ext.BtfExt.CoreRelo;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.btf.ext.BtfExt.LineInfo;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.transform.Merger;
import org.btfkit.transform.RawBtfs;
import org.junit.jupiter.api.Test;

class DeduplicatorTest {
    /** The example of the class comment. */
    private static RawBtf twoUnits() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addStruct("a", 8, Member.of("next", 2, 0));
        btf.addPtr(3);
        btf.addFwd("b", false);
        btf.addPtr(1);
        btf.addStruct("a", 8, Member.of("next", 6, 0));
        btf.addPtr(7);
        btf.addStruct("b", 16, Member.of("a", 6, 0), Member.of("n", 8, 64));
        btf.addInt("int", 4, RawBtf.SIGNED);
        return btf;
    }

    @Test
    void shouldResolveForwardsThatAreReachedOnlyThroughPointers() {
        DedupResult result = new Deduplicator().dedup(RawBtfs.parse(twoUnits()));
        assertArrayEquals(new int[] {0, 1, 2, 4, 3, 1, 2, 4, 5}, result.idMap());
        Btf btf = result.btf();
        assertEquals(6, btf.typeCount());
        assertEquals(BtfKind.STRUCT, btf.kind(4));
        assertEquals("b", btf.name(4));
        assertEquals(4, btf.sizeOrType(2));
        assertNull(result.ext());
    }

    @Test
    void shouldMapForwardEnumToTheFullOne() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addEnum("e", 4, false);
        raw.addEnum64("e", 8, false, new Enumerator("A", 1L << 40));
        raw.addEnum("e", 4, false);
        assertArrayEquals(
                new int[] {0, 1, 1, 1},
                new Deduplicator().dedup(RawBtfs.parse(raw)).idMap());
    }

    @Test
    void shouldMapSplitTypesToTheBase() {
        RawBtf base = RawBtf.littleEndian();
        int baseInt = base.addInt("int", 4, RawBtf.SIGNED);
        RawBtf split = RawBtf.splitOn(base);
        int own = split.addInt("int", 4, RawBtf.SIGNED);
        split.addPtr(own);
        Btf input = RawBtfs.parse(split);
        DedupResult result = new Deduplicator().dedup(input, BaseIndex.of(input.base()));
        assertArrayEquals(new int[] {0, baseInt, baseInt, 2}, result.idMap());
        assertEquals(baseInt, result.btf().sizeOrType(2));
    }

    @Test
    void shouldCarryExtAlong() {
        RawBtf raw = RawBtf.littleEndian();
        int unused = raw.string("unused");
        int section = raw.string("tc");
        int line = raw.string("int x;");
        int again = raw.addString("tc");
        int access = raw.string("0:1");
        raw.addInt("int", 4, RawBtf.SIGNED);
        int second = raw.addInt("int", 4, RawBtf.SIGNED);
        int proto = raw.addFuncProto(second);
        int func = raw.addFunc("f", proto, 1);
        BtfExt ext = BtfExt.of(
                ByteOrder.LITTLE_ENDIAN,
                List.of(new Group<>(section, List.of(new FuncInfo(0, func)))),
                List.of(new Group<>(again, List.of(new LineInfo(0, section, line, 1 << 10)))),
                List.of(new Group<>(section, List.of(new CoreRelo(8, second, access, 0)))));
        DedupResult result = new Deduplicator().dedup(RawBtfs.parse(raw), ext);
        Btf btf = result.btf();
        BtfExt moved = result.ext();
        assertEquals("tc", btf.string(moved.funcInfo().get(0).sectionNameOff()));
        assertEquals(
                moved.funcInfo().get(0).sectionNameOff(),
                moved.lineInfo().get(0).sectionNameOff());
        assertEquals(
                "int x;", btf.string(moved.lineInfo().get(0).records().get(0).lineOff()));
        CoreRelo relo = moved.coreRelo().get(0).records().get(0);
        assertEquals(1, relo.typeId());
        assertEquals("0:1", btf.string(relo.accessStrOff()));
        assertEquals(
                result.idMap()[func], moved.funcInfo().get(0).records().get(0).typeId());
        assertEquals("\0int\0f\0tc\0int x;\0" + "0:1\0", allStrings(btf));
        assertEquals("unused", RawBtfs.parse(raw).string(unused));
    }

    private static String allStrings(Btf btf) {
        StringBuilder all = new StringBuilder();
        for (int at = 0; at < btf.stringEnd(); at += btf.string(at).length() + 1) {
            all.append(btf.string(at)).append('\0');
        }
        return all.toString();
    }

    @Test
    void shouldRejectExtOfAnotherBtf() {
        BtfExt ext = BtfExt.of(
                ByteOrder.LITTLE_ENDIAN, List.of(new Group<>(0, List.of(new FuncInfo(0, 77)))), List.of(), List.of());
        Btf input = RawBtfs.parse(twoUnits());
        assertThrows(BtfFormatException.class, () -> new Deduplicator().dedup(input, ext));
    }

    @Test
    void shouldRejectIndexOfAnotherBase() {
        RawBtf base = twoUnits();
        BaseIndex index = BaseIndex.of(RawBtfs.parse(base));
        Btf input = RawBtfs.parse(RawBtf.splitOn(base));
        assertThrows(IllegalArgumentException.class, () -> new Deduplicator().dedup(input, index));
        assertThrows(IllegalArgumentException.class, () -> DedupOptions.DEFAULT.withThreads(0));
    }

    @Test
    void shouldReportEachPassFromStartToEnd() {
        List<String> calls = new ArrayList<>();
        new Deduplicator(DedupOptions.DEFAULT.withListener(
                        (pass, done, total) -> calls.add(pass + " " + done + "/" + total)))
                .dedup(RawBtfs.parse(twoUnits()));
        List<String> expected = new ArrayList<>();
        for (DedupPass pass : DedupPass.values()) {
            expected.add(pass + " 0/8");
            expected.add(pass + " 8/8");
        }
        assertEquals(expected, calls);
    }

    @Test
    void shouldDoNothingToNothing() {
        DedupResult result = new Deduplicator().dedup(RawBtfs.parse(RawBtf.bigEndian()));
        assertEquals(1, result.btf().typeCount());
        assertArrayEquals(new int[1], result.idMap());
    }

    @Test
    void shouldLeaveStringsAsTheyWereAdded() {
        RawBtf raw = RawBtf.littleEndian();
        raw.string("used by nobody");
        int first = raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addPtr(first);
        int second = raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addPtr(second);
        Btf input = RawBtfs.parse(raw);
        Btf kept = new Deduplicator(DedupOptions.DEFAULT.withStringsKept(true))
                .dedup(input)
                .btf();
        assertEquals(3, kept.typeCount());
        assertEquals(input.stringEnd(), kept.stringEnd());
        assertEquals("used by nobody", kept.string(1));
        assertEquals(1, new Deduplicator().dedup(input).btf().nameOff(1));
        assertEquals(input.nameOff(1), kept.nameOff(1));
    }

    @Test
    void shouldNotKeepTheWordOfAForwardDeclaration() {
        RawBtfs.assertPlainForward(
                new Deduplicator().dedup(RawBtfs.withForwardWord(0x1234)).btf());
    }

    @Test
    void shouldTakeForwardDeclarationsForEqualThatDifferInTheirWord() {
        Btf both = Merger.merge(List.of(RawBtfs.withForwardWord(7), RawBtfs.withForwardWord(8)), null)
                .btf();
        RawBtfs.assertPlainForward(new Deduplicator().dedup(both).btf());
    }
}
