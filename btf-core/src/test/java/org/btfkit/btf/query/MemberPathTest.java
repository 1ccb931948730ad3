package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.MemberPath.Target;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberPathTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int inner = raw.addStruct("inner", 8, Member.of("a", intId, 0), Member.of("b", intId, 32));
    private final int matrix = raw.addArray(raw.addArray(inner, intId, 3), intId, 2);
    private final int flexible = raw.addArray(intId, intId, 0);

    private Target find(String path) {
        return MemberPath.find(new TypeSizes(Btf.parse(raw.toBytes(), null, "test")), path);
    }

    private String failure(String path) {
        return assertThrows(BtfException.class, () -> find(path)).getMessage();
    }

    @Test
    void shouldAddUpOffsets() {
        int alias = raw.addTypedef("inner_t", raw.addConst(inner));
        raw.addStruct("outer", 24, Member.of("x", intId, 0), Member.of("in", alias, 64));
        assertEquals(new Target(alias, 64, 0), find("outer.in"));
        assertEquals(new Target(intId, 96, 0), find("outer.in.b"));
        assertEquals(new Target(intId, 32, 0), find("inner_t.b"));
        assertEquals(new Target(inner, 0, 0), find("inner"));
    }

    @Test
    void shouldLookThroughAnonymousMembers() {
        int anonymous = raw.addUnion("", 8, Member.of("u", intId, 0), Member.of("", inner, 0));
        raw.addStruct("outer", 16, Member.of("", anonymous, 64), Member.of("b", intId, 0));
        assertEquals(new Target(intId, 64, 0), find("outer.u"));
        assertEquals(new Target(intId, 64, 0), find("outer.a"));
        assertEquals(new Target(intId, 0, 0), find("outer.b"), "the nearest of a name wins");
    }

    @Test
    void shouldIndexArrays() {
        raw.addStruct("outer", 56, Member.of("m", matrix, 64), Member.of("f", flexible, 448));
        assertEquals(64 + (3 + 2) * 64 + 32, find("outer.m[1][2].b").offsetBits());
        assertEquals(new Target(intId, 448 + 32 * 1000, 0), find("outer.f[1000]"));
        raw.addTypedef("row", matrix);
        assertEquals(new Target(intId, 3 * 64, 0), find("row[1][0].a"));
        assertTrue(failure("outer.m[2]").contains("of 2 elements"));
        assertTrue(failure("outer.m[0][0][0]").contains("expected an array"));
        assertTrue(failure("outer.m.b").contains("expected a struct or union"));
    }

    @Test
    void shouldGiveBitfieldSizes() {
        int oldBits = raw.addInt("int", 4, 0, 3, 5);
        raw.addStruct("flags", 4, Member.bitfield("f", intId, 7, 2), Member.of("g", intId, 0));
        raw.addStruct("old", 4, Member.of("f", oldBits, 8), Member.of("g", intId, 0));
        assertEquals(new Target(intId, 7, 2), find("flags.f"));
        assertEquals(new Target(intId, 0, 0), find("flags.g"));
        assertEquals(new Target(oldBits, 11, 5), find("old.f"));
        assertEquals(new Target(intId, 0, 0), find("old.g"));
    }

    @Test
    void shouldSayWhatIsMissing() {
        raw.addStruct("outer", 8, Member.of("p", raw.addPtr(inner), 0), Member.of("v", 0, 0));
        assertTrue(failure("nowhere.x").contains("no struct, union or typedef 'nowhere'"));
        assertTrue(failure("outer.q").contains("STRUCT 'outer' has no member 'q'"));
        assertTrue(failure("outer.p.a").contains("PTR, expected a struct or union"));
        assertTrue(failure("outer.v.a").contains("void"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a[1]b", "a]", "a[12345678901]", "[1]"
            })
    void shouldRejectBadSyntax(String path) {
        assertThrows(IllegalArgumentException.class, () -> MemberPath.parse(path));
    }

    @Test
    void shouldEndAtLoopsOfAnonymousMembers() {
        int self = raw.nextId();
        raw.addStruct("self", 8, Member.of("", self, 0), Member.of("", self, 32));
        assertTrue(failure("self.x").contains("has no member"));
        int deep = inner;
        for (int i = 0; i < 50_000; i++) {
            deep = raw.addStruct("deep" + i, 8, Member.of("", deep, 0), Member.of("", deep, 0));
        }
        assertEquals(new Target(intId, 32, 0), find("deep49999.b"));
    }

    @Test
    void shouldFindMembersOfKernelStructs() throws IOException {
        TypeSizes sizes = new TypeSizes(BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf")));
        // As pahole gives them: se is at 128, vruntime in it at 112.
        assertEquals(
                8 * (128 + 112),
                MemberPath.find(sizes, "task_struct.se.vruntime").offsetBits());
        assertEquals(
                8 * (128 + 16 + 8),
                MemberPath.find(sizes, "task_struct.se.run_node.rb_right").offsetBits());
        Target bitfield = MemberPath.find(sizes, "task_struct.sched_reset_on_fork");
        assertEquals(1, bitfield.bitfieldSize());
        assertEquals(
                8 * sizes.sizeOf(sizes.btf().find(BtfKind.STRUCT, "page")),
                MemberPath.find(sizes, "folio.__page_1").offsetBits());
    }
}
