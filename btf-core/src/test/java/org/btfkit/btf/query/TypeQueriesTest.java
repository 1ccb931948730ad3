package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class TypeQueriesTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);

    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Test
    void shouldFindNameInAllKinds() {
        int struct = raw.addStruct("x", 4, Member.of("x", intId, 0));
        int typedef = raw.addTypedef("x", struct);
        raw.addTypedef("xx", struct);
        RawBtf split = RawBtf.splitOn(raw);
        int other = split.addStruct("x", 4, Member.of("y", intId, 0));
        assertArrayEquals(new int[] {struct, typedef, other}, TypeQueries.findAll(parse(split), "x"));
        assertArrayEquals(new int[] {struct, other}, parse(split).findAll(BtfKind.STRUCT, "x"));
        assertArrayEquals(new int[] {}, TypeQueries.findAll(parse(split), "y"));
    }

    @Test
    void shouldFindAllOfOneNameInLinearTime() {
        for (int i = 0; i < 300_000; i++) {
            raw.addTypedef("same", intId);
        }
        Btf btf = parse(raw);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertEquals(300_000, TypeQueries.findAll(btf, "same").length);
            assertEquals(300_000, btf.findAll(BtfKind.TYPEDEF, "same").length);
        });
    }

    @Test
    void shouldFindTypesOfKind() {
        int a = raw.addPtr(intId);
        raw.addConst(a);
        RawBtf split = RawBtf.splitOn(raw);
        int b = split.addPtr(0);
        assertArrayEquals(new int[] {a, b}, TypeQueries.ofKind(parse(split), BtfKind.PTR));
        assertArrayEquals(new int[] {}, TypeQueries.ofKind(parse(split), BtfKind.FLOAT));
    }

    @Test
    void shouldSkipModifiersAndTypedefs() {
        int tag = raw.addTypeTag("user", intId, false);
        int typedef = raw.addTypedef("t", raw.addConst(raw.addVolatile(tag)));
        int restrict = raw.addRestrict(typedef);
        Btf btf = parse(raw);
        assertEquals(typedef, TypeQueries.skipModifiers(btf, restrict));
        assertEquals(intId, TypeQueries.resolve(btf, restrict));
        assertEquals(intId, TypeQueries.resolve(btf, intId));
        assertEquals(0, TypeQueries.resolve(btf, 0));
    }

    @Test
    void shouldEndAtLoopsAndDeepChains() {
        int loop = raw.nextId();
        raw.addConst(raw.nextId() + 1);
        raw.addTypedef("t", loop);
        int chain = intId;
        for (int i = 0; i < TypeQueries.MAX_DEPTH; i++) {
            chain = raw.addConst(chain);
        }
        int longer = raw.addConst(chain);
        Btf btf = parse(raw);
        assertEquals(intId, TypeQueries.skipModifiers(btf, chain));
        assertThrows(BtfException.class, () -> TypeQueries.skipModifiers(btf, longer));
        BtfException e = assertThrows(BtfException.class, () -> TypeQueries.resolve(btf, loop));
        assertTrue(e.getMessage().contains("type [" + loop + "] CONST"), e.getMessage());
    }
}
