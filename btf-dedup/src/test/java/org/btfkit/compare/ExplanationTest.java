package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int u32 = raw.addInt("u32", 4, 0);

    private Explanation explain(int typeId, int otherId) {
        return Explanation.of(Btf.parse(raw.toBytes(), null, "test"), typeId, otherId);
    }

    /** {@code struct net { struct mib *mib; }}, {@code struct mib { struct stats stats[2]; }}. */
    private int net(int elements, String member) {
        int stats = raw.addStruct("stats", 4, Member.of(member, u32, 0));
        int array = raw.addArray(stats, u32, elements);
        int mib = raw.addStruct("mib", 4 * elements, Member.of("stats", array, 0));
        return raw.addStruct("net", 8, Member.of("mib", raw.addPtr(mib), 0));
    }

    @Test
    void shouldFollowPointersAndArraysToTheDifference() {
        Explanation explanation = explain(net(2, "packets"), net(2, "bytes"));
        assertEquals(".mib->stats[]", explanation.path());
        assertEquals("member packets at 0", explanation.here());
        assertEquals("member bytes at 0", explanation.there());
    }

    @Test
    void shouldFindTheNearestDifference() {
        Explanation explanation = explain(net(2, "packets"), net(3, "bytes"));
        assertEquals(".mib", explanation.path().replaceFirst("\\*$", ""));
        assertEquals("8 bytes", explanation.here());
        assertEquals("12 bytes", explanation.there());
    }

    @Test
    void shouldSayThatCopiesAreTheSame() {
        Explanation explanation = explain(net(2, "packets"), net(2, "packets"));
        assertTrue(explanation.isSame());
        assertNull(explanation.path());
        assertEquals(List.of(), explanation.declared());
    }

    @Test
    void shouldTellOfWhatIsOnlyDeclared() {
        int mib = raw.addStruct("mib", 4, Member.of("a", u32, 0));
        int one = raw.addStruct("net", 8, Member.of("mib", raw.addPtr(mib), 0));
        int fwd = raw.addFwd("mib", false);
        int other = raw.addStruct("net", 8, Member.of("mib", raw.addPtr(fwd), 0));
        Explanation explanation = explain(one, other);
        assertTrue(explanation.isSame());
        assertEquals(List.of(".mib*: struct mib is only declared in [" + fwd + "]"), explanation.declared());
    }

    @Test
    void shouldNameParametersAndWhatIsReturned() {
        int first = raw.addFunc("f", raw.addFuncProto(0, new Param("arg", u32)), 0);
        int u64 = raw.addInt("u64", 8, 0);
        int second = raw.addFunc("f", raw.addFuncProto(0, new Param("arg", u64)), 0);
        Explanation ofParameter = explain(first, second);
        assertEquals("(arg)", ofParameter.path());
        assertEquals("u32", ofParameter.here());
        assertEquals("u64", ofParameter.there());
        int third = raw.addFunc("f", raw.addFuncProto(u64, new Param("arg", u32)), 0);
        assertEquals("()", explain(first, third).path());
    }

    @Test
    void shouldCompareValuesOfEnumerations() {
        int one = raw.addEnum("e", 4, false, new Enumerator("A", 1));
        int other = raw.addEnum("e", 4, false, new Enumerator("A", 2));
        int longer = raw.addEnum("e", 4, false, new Enumerator("A", 1), new Enumerator("B", 2));
        assertEquals("A = 2", explain(one, other).there());
        assertEquals("ends after 1", explain(one, longer).here());
    }

    @Test
    void shouldEndOnCircles() {
        int one = raw.nextId();
        raw.addStruct("list", 8, Member.of("next", one + 1, 0));
        raw.addPtr(one);
        raw.addStruct("list", 8, Member.of("next", one + 3, 0));
        raw.addPtr(one + 2);
        assertTrue(explain(one, one + 2).isSame());
    }

    @Test
    void shouldRefuseTypesThatAreNotThere() {
        assertThrows(IllegalArgumentException.class, () -> explain(1, 99));
    }
}
