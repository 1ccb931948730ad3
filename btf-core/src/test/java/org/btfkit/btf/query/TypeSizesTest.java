package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class TypeSizesTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int charId = raw.addInt("char", 1, RawBtf.CHAR);

    private TypeSizes sizes() {
        return new TypeSizes(parse(raw));
    }

    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Test
    void shouldGuessPointerSizeFromLong() {
        assertEquals(0, TypeSizes.guessPointerSize(parse(raw)));
        assertEquals(8, sizes().pointerSize());
        raw.addInt("long", 2, RawBtf.SIGNED);
        raw.addTypedef("long int", intId);
        assertEquals(0, TypeSizes.guessPointerSize(parse(raw)));
        raw.addInt("long unsigned int", 4, 0);
        raw.addInt("long int", 8, RawBtf.SIGNED);
        assertEquals(4, TypeSizes.guessPointerSize(parse(raw)));
        assertEquals(4, TypeSizes.guessPointerSize(parse(RawBtf.splitOn(raw))));
    }

    @Test
    void shouldPreferPointerSizeThatIsKnown() {
        Btf small = parse(raw).withPointerSize(4);
        assertEquals(4, TypeSizes.guessPointerSize(small));
        assertEquals(4, new TypeSizes(small).pointerSize());
        Btf split = Btf.parse(RawBtf.splitOn(raw).toBytes(), small, "split");
        assertEquals(0, split.pointerSize());
        assertEquals(4, TypeSizes.guessPointerSize(split));
        assertEquals(8, TypeSizes.guessPointerSize(split.withPointerSize(8)));
        raw.addInt("long", 8, RawBtf.SIGNED);
        assertEquals(4, TypeSizes.guessPointerSize(parse(raw).withPointerSize(4)));
        assertEquals(4, small.with(new int[0], new byte[1]).pointerSize());
        assertThrows(IllegalArgumentException.class, () -> small.withPointerSize(2));
    }

    @Test
    void shouldTakePointerSizeAsGiven() {
        int pointers = raw.addArray(raw.addPtr(0), intId, 3);
        assertEquals(24, sizes().sizeOf(pointers));
        assertEquals(12, new TypeSizes(parse(raw), 4).sizeOf(pointers));
        assertEquals(4, new TypeSizes(parse(raw), 4).alignOf(pointers));
        assertThrows(IllegalArgumentException.class, () -> new TypeSizes(parse(raw), 16));
    }

    @Test
    void shouldLookThroughModifiersAndArrays() {
        int array = raw.addArray(raw.addConst(raw.addTypedef("t", intId)), intId, 5);
        int var = raw.addVar("v", raw.addArray(array, intId, 2), 1);
        int tag = raw.addDeclTag("tag", var, -1, false);
        TypeSizes sizes = sizes();
        assertEquals(40, sizes.sizeOf(var));
        assertEquals(40, sizes.sizeOf(tag));
        assertEquals(4, sizes.alignOf(array));
    }

    @Test
    void shouldTakeStructWithMisplacedMemberAsPacked() {
        int plain = raw.addStruct("plain", 8, Member.of("a", charId, 0), Member.of("b", intId, 32));
        int misplaced = raw.addStruct("misplaced", 8, Member.of("a", charId, 0), Member.of("b", intId, 8));
        int oddSize = raw.addStruct("odd", 5, Member.of("b", intId, 0));
        int bits = raw.addStruct("bits", 4, Member.bitfield("b", intId, 3, 5));
        int outer = raw.addUnion("outer", 8, Member.of("x", misplaced, 0), Member.of("y", plain, 0));
        TypeSizes sizes = sizes();
        assertEquals(4, sizes.alignOf(plain));
        assertEquals(1, sizes.alignOf(misplaced));
        assertEquals(1, sizes.alignOf(oddSize));
        assertEquals(4, sizes.alignOf(bits));
        assertEquals(4, sizes.alignOf(outer));
    }

    @Test
    void shouldRejectTypesWithoutSize() {
        int fwd = raw.addFwd("f", false);
        int func = raw.addFunc("g", raw.addFuncProto(0), 1);
        for (int typeId : new int[] {0, fwd, func, raw.addTypedef("t", fwd)}) {
            assertEquals(-1, sizes().sizeOrMinus1(typeId));
            assertEquals(0, sizes().alignOr0(typeId));
            assertThrows(BtfException.class, () -> sizes().sizeOf(typeId));
            assertThrows(BtfException.class, () -> sizes().alignOf(typeId));
        }
        assertThrows(IllegalArgumentException.class, () -> sizes().sizeOf(raw.nextId()));
        assertThrows(IllegalArgumentException.class, () -> sizes().alignOf(-1));
    }

    @Test
    void shouldRejectSizeOver4GiB() {
        int large = raw.addArray(raw.addArray(intId, intId, 1 << 20), intId, 1 << 10);
        assertEquals(-1, sizes().sizeOrMinus1(large));
        BtfException e = assertThrows(BtfException.class, () -> sizes().sizeOf(large));
        assertTrue(e.getMessage().contains("larger than 4 GiB"), e.getMessage());
        int nothing = raw.addArray(large, intId, 0);
        assertEquals(0, sizes().sizeOf(nothing));
    }

    @Test
    void shouldEndAtLoops() {
        int self = raw.nextId();
        raw.addTypedef("t", self);
        int array = raw.nextId();
        raw.addArray(array, intId, 2);
        int struct = raw.nextId();
        raw.addStruct("s", 4, Member.of("s", struct, 0));
        TypeSizes sizes = sizes();
        assertThrows(BtfException.class, () -> sizes.sizeOf(self));
        assertThrows(BtfException.class, () -> sizes.sizeOf(array));
        for (int typeId : new int[] {self, array, struct}) {
            BtfException e = assertThrows(BtfException.class, () -> sizes.alignOf(typeId));
            assertTrue(e.getMessage().endsWith("contains itself"), e.getMessage());
        }
        assertEquals(0, sizes.alignOr0(self));
        assertEquals(4, sizes.alignOf(intId), "usable after a failure");
    }

    @Test
    void shouldEndAtDeepNesting() {
        int typeId = intId;
        for (int i = 0; i < 100_000; i++) {
            typeId = raw.addStruct("s", 4, Member.of("s", typeId, 0));
        }
        int deepest = typeId;
        assertThrows(BtfException.class, () -> sizes().alignOf(deepest));
        assertEquals(4, sizes().alignOf(intId + 200));
    }

    @Test
    void shouldNotTakeExponentialTime() {
        int typeId = intId;
        for (int i = 0; i < 200; i++) {
            typeId = raw.addStruct("s", 4, Member.of("a", typeId, 0), Member.of("b", typeId, 0));
        }
        assertEquals(4, sizes().alignOf(typeId));
    }

    @Test
    void shouldMeasureKernelTypes() throws IOException {
        Btf btf = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        TypeSizes sizes = new TypeSizes(btf);
        assertEquals(8, sizes.pointerSize());
        int listHead = btf.find(BtfKind.STRUCT, "list_head");
        assertEquals(16, sizes.sizeOf(listHead));
        assertEquals(8, sizes.alignOf(listHead));
        assertEquals(1, sizes.alignOf(btf.find(BtfKind.STRUCT, "desc_ptr")));
        assertEquals(1024, sizes.sizeOf(btf.find(BtfKind.TYPEDEF, "cpumask_t")));
    }

    @Test
    void shouldFindSizesThatMembersLeaveRoomFor() throws IOException {
        Btf btf = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        TypeSizes sizes = new TypeSizes(btf);
        int measured = 0;
        for (int typeId : TypeQueries.ofKind(btf, BtfKind.STRUCT)) {
            BtfType.Struct struct = (BtfType.Struct) btf.type(typeId);
            for (BtfType.Member member : struct.members()) {
                if (member.bitfieldSize() == 0) {
                    long end = member.offsetBits() + 8 * sizes.sizeOf(member.memberId());
                    assertTrue(end <= 8L * struct.sizeBytes(), () -> btf.describe(struct.typeId()) + " " + member);
                    measured++;
                }
            }
            assertEquals(0, struct.sizeBytes() % sizes.alignOf(typeId));
        }
        assertTrue(measured > 10_000, "members measured: " + measured);
    }
}
