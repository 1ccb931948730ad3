package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;

class LayoutComparisonTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int u32 = raw.addInt("u32", 4, 0);
    private final int s32 = raw.addInt("s32", 4, RawBtf.SIGNED);

    private void assertSame(int a, int b) {
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        assertTrue(LayoutComparison.sameLayout(btf, a, b));
        assertTrue(LayoutComparison.sameLayout(btf, b, a));
    }

    private void assertDifferent(int a, int b) {
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        assertFalse(LayoutComparison.sameLayout(btf, a, b));
        assertFalse(LayoutComparison.sameLayout(btf, b, a));
    }

    private int struct(String member, int typeId, int offsetBits) {
        return raw.addStruct("s", 8, Member.of(member, typeId, offsetBits));
    }

    @Test
    void shouldTakeEqualStructsForSame() {
        assertSame(struct("m", u32, 32), struct("m", u32, 32));
    }

    @Test
    void shouldTellSizesApart() {
        assertDifferent(raw.addStruct("s", 4), raw.addStruct("s", 8));
    }

    @Test
    void shouldTellMembersApart() {
        int first = struct("m", u32, 0);
        assertDifferent(first, struct("m", u32, 32));
        assertDifferent(first, struct("n", u32, 0));
        assertDifferent(first, struct("m", s32, 0));
        assertDifferent(first, raw.addStruct("s", 8, Member.of("m", u32, 0), Member.of("n", u32, 32)));
        assertDifferent(first, raw.addUnion("s", 8, Member.of("m", u32, 0)));
        assertDifferent(first, raw.addStruct("s", 8, Member.bitfield("m", u32, 0, 3)));
    }

    @Test
    void shouldCompareWhatIsContainedByValue() {
        int[] inner = {
            raw.addStruct("in", 4, Member.of("m", u32, 0)),
            raw.addStruct("in", 4, Member.of("m", u32, 0)),
            raw.addStruct("in", 4, Member.of("x", u32, 0))
        };
        int first = struct("m", inner[0], 0);
        assertSame(first, struct("m", inner[1], 0));
        assertDifferent(first, struct("m", inner[2], 0));
        int index = raw.addInt("index", 4, 0);
        int array = struct("m", raw.addArray(inner[0], index, 2), 0);
        assertSame(array, struct("m", raw.addArray(inner[1], index, 2), 0));
        assertDifferent(array, struct("m", raw.addArray(inner[2], index, 2), 0));
        assertDifferent(array, struct("m", raw.addArray(inner[0], index, 3), 0));
        int typedef = struct("m", raw.addTypedef("t", raw.addConst(inner[0])), 0);
        assertSame(typedef, struct("m", raw.addTypedef("t", raw.addConst(inner[1])), 0));
        assertDifferent(typedef, struct("m", raw.addTypedef("t", raw.addConst(inner[2])), 0));
        assertDifferent(typedef, struct("m", raw.addTypedef("t", inner[0]), 0));
    }

    @Test
    void shouldComparePointersByKindAndNameOnly() {
        int to = raw.addStruct("to", 4, Member.of("m", u32, 0));
        int first = struct("m", raw.addPtr(to), 0);
        assertSame(first, struct("m", raw.addPtr(raw.addStruct("to", 99)), 0));
        assertDifferent(first, struct("m", raw.addPtr(raw.addUnion("to", 4)), 0));
        assertDifferent(first, struct("m", raw.addPtr(raw.addStruct("other", 4)), 0));
        assertDifferent(first, struct("m", raw.addPtr(0), 0));
        int twice = struct("m", raw.addPtr(raw.addPtr(to)), 0);
        assertSame(twice, struct("m", raw.addPtr(raw.addPtr(to)), 0));
        assertDifferent(twice, struct("m", raw.addPtr(raw.addPtr(u32)), 0));
    }

    @Test
    void shouldCompareFunctionsByTheirPrototypes() {
        int first = raw.addFunc("f", raw.addFuncProto(u32, new Param("p", u32)), 1);
        assertSame(first, raw.addFunc("f", raw.addFuncProto(u32, new Param("p", u32)), 1));
        assertDifferent(first, raw.addFunc("f", raw.addFuncProto(0, new Param("p", u32)), 1));
        assertDifferent(first, raw.addFunc("f", raw.addFuncProto(u32, new Param("p", s32)), 1));
        assertDifferent(first, raw.addFunc("f", raw.addFuncProto(u32, new Param("q", u32)), 1));
        assertDifferent(first, raw.addFunc("f", raw.addFuncProto(u32, new Param("p", u32), Param.VARARG), 1));
    }

    @Test
    void shouldCompareEnumerators() {
        int first = struct("m", raw.addEnum("e", 4, false, new Enumerator("A", 1)), 0);
        assertSame(first, struct("m", raw.addEnum("e", 4, false, new Enumerator("A", 1)), 0));
        assertDifferent(first, struct("m", raw.addEnum("e", 4, false, new Enumerator("A", 2)), 0));
        assertDifferent(first, struct("m", raw.addEnum("e", 4, false, new Enumerator("B", 1)), 0));
        assertDifferent(first, struct("m", raw.addEnum("e", 4, true, new Enumerator("A", 1)), 0));
        int large = struct("m", raw.addEnum64("e", 8, false, new Enumerator("A", 1L << 40)), 0);
        assertSame(large, struct("m", raw.addEnum64("e", 8, false, new Enumerator("A", 1L << 40)), 0));
        assertDifferent(large, struct("m", raw.addEnum64("e", 8, false, new Enumerator("A", 1L << 41)), 0));
    }

    @Test
    void shouldTellIntEncodingsApart() {
        assertSame(raw.addInt("i", 4, 0), raw.addInt("i", 4, 0));
        assertDifferent(raw.addInt("i", 4, 0), raw.addInt("i", 4, RawBtf.SIGNED));
        assertDifferent(raw.addInt("i", 4, 0), raw.addInt("i", 4, 0, 0, 31));
    }

    @Test
    void shouldEndOnCircles() {
        int first = raw.addTypedef("t", 0);
        int second = raw.addTypedef("t", 0);
        raw.patch(first, 2, second).patch(second, 2, first);
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        assertTrue(LayoutComparison.sameLayout(btf, first, second));

        int list = raw.nextId();
        raw.addStruct("list", 8, Member.of("next", list + 1, 0));
        raw.addPtr(list);
        raw.addStruct("list", 8, Member.of("next", list + 3, 0));
        raw.addPtr(list + 2);
        assertSame(list, list + 2);
    }

    @Test
    void shouldTakeVeryLongChainsForDifferent() {
        int short1 = chain(60);
        int short2 = chain(60);
        int long1 = chain(70);
        int long2 = chain(70);
        assertSame(short1, short2);
        assertDifferent(long1, long2);
    }

    private int chain(int length) {
        int last = raw.addStruct("end", 4);
        for (int i = 0; i < length; i++) {
            last = raw.addTypedef("t", last);
        }
        return last;
    }
}
