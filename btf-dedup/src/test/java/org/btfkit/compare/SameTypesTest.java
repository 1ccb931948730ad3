package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class SameTypesTest {
    private static RawBtf structOf(String member) {
        RawBtf raw = RawBtf.littleEndian();
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addStruct("s", 4, Member.of(member, intId, 0));
        return raw;
    }

    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Test
    void shouldNotMindWhereStringsStand() {
        RawBtf otherOrder = RawBtf.littleEndian();
        otherOrder.string("m");
        otherOrder.string("s");
        int intId = otherOrder.addInt("int", 4, RawBtf.SIGNED);
        otherOrder.addStruct("s", 4, Member.of("m", intId, 0));
        assertTrue(SameTypes.test(parse(structOf("m")), parse(otherOrder)));
    }

    @Test
    void shouldTellNamesOfMembersApart() {
        assertFalse(SameTypes.test(parse(structOf("m")), parse(structOf("n"))));
    }

    @Test
    void shouldTellReferencesApart() {
        RawBtf one = structOf("m");
        one.addPtr(1);
        RawBtf other = structOf("m");
        other.addPtr(2);
        assertFalse(SameTypes.test(parse(one), parse(other)));
    }

    @Test
    void shouldTellNumbersOfTypesApart() {
        RawBtf more = structOf("m");
        more.addPtr(1);
        assertFalse(SameTypes.test(parse(structOf("m")), parse(more)));
    }

    @Test
    void shouldCompareBasesAsWell() {
        RawBtf one = RawBtf.splitOn(structOf("m"));
        one.addPtr(2);
        RawBtf other = RawBtf.splitOn(structOf("n"));
        other.addPtr(2);
        assertFalse(SameTypes.test(parse(one), parse(other)));
        assertTrue(SameTypes.test(parse(one), parse(one)));
    }

    @Test
    void shouldTakeNoneForNoneOnly() {
        assertTrue(SameTypes.test(null, null));
        assertFalse(SameTypes.test(null, parse(structOf("m"))));
        assertFalse(SameTypes.test(parse(structOf("m")), null));
    }
}
