package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType.Linkage;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder makes, against bytes that were assembled without it. */
class BtfBuilderTest {
    private static void assertBuilds(RawBtf expected, BtfBuilder builder) {
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Test
    void shouldAddEveryKind() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            RawBtf raw = RawBtf.of(order);
            addEveryKind(raw);
            BtfBuilder builder = BtfBuilder.create(order);
            addEveryKind(builder);
            assertBuilds(raw, builder);
        }
    }

    @Test
    void shouldAddEveryKindToABase() {
        RawBtf rawBase = RawBtf.bigEndian();
        addEveryKind(rawBase);
        RawBtf raw = RawBtf.splitOn(rawBase);
        addEveryKind(raw);
        raw.addTypedef("own", 1);
        BtfBuilder builder = BtfBuilder.splitOn(Parsing.parse(rawBase));
        addEveryKind(builder);
        int ownId = builder.addTypedef("own", 1);
        assertEquals(raw.nextId() - 1, ownId);
        assertEquals(raw.nextId(), builder.typeCount());
        assertEquals(rawBase.nextId(), builder.firstTypeId());
        assertBuilds(raw, builder);
    }

    private static void addEveryKind(RawBtf raw) {
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addInt("bits", 8, RawBtf.CHAR | RawBtf.BOOL, 3, 17);
        int ptrId = raw.addPtr(0);
        raw.addArray(ptrId, intId, -2);
        raw.addStruct("s", 16, Member.of("a", intId, 0), Member.of("", ptrId, 64));
        raw.addStruct("", 4, Member.of("a", intId, 0), Member.bitfield("bits", intId, 9, 255));
        raw.addUnion("u", -4, Member.of("a", intId, 0), Member.bitfield("", intId, 0, 3));
        raw.addEnum("e", 4, false, new Enumerator("A", 0), new Enumerator("B", 0xffffffffL));
        raw.addEnum("", 8, true, new Enumerator("C", Integer.MIN_VALUE), new Enumerator("D", Integer.MAX_VALUE));
        raw.addFwd("s", false);
        raw.addFwd("u", true);
        raw.addTypedef("t", 5);
        raw.addVolatile(5);
        raw.addConst(6);
        raw.addRestrict(ptrId);
        int protoId = raw.addFuncProto(intId, new Param("a", ptrId), new Param("", intId), Param.VARARG);
        raw.addFunc("f", protoId, 0);
        raw.addFunc("g", protoId, 1);
        raw.addFunc("f", protoId, 2);
        int varId = raw.addVar("v", intId, 1);
        raw.addVar("w", intId, 2);
        raw.addDatasec(".data", 8, new SecInfo(varId, 0, 4), new SecInfo(varId + 1, 4, -1));
        raw.addFloat("double", 8);
        raw.addDeclTag("tag", protoId + 1, -1, false);
        raw.addDeclTag("attr", 5, 1, true);
        raw.addTypeTag("user", intId, false);
        raw.addTypeTag("attr", intId, true);
        raw.addEnum64("e64", 8, true, new Enumerator("A", -1), new Enumerator("E", Long.MIN_VALUE));
        raw.addEnum64("", 8, false, new Enumerator("\u00e4\ud83d\ude00", -1));
    }

    private static void addEveryKind(BtfBuilder b) {
        int intId = b.addInt("int", 4, BtfBuilder.INT_SIGNED);
        b.addInt("bits", 8, BtfBuilder.INT_CHAR | BtfBuilder.INT_BOOL, 3, 17);
        int ptrId = b.addPtr(0);
        b.addArray(ptrId, intId, -2);
        b.addStruct("s", 16);
        b.addMember("a", intId, 0);
        b.addMember("", ptrId, 64);
        b.addStruct("", 4);
        b.addMember("a", intId, 0);
        b.addBitfield("bits", intId, 9, 255);
        b.addUnion("u", -4);
        b.addMember("a", intId, 0);
        b.addBitfield("", intId, 0, 3);
        b.addEnum("e", 4, false);
        b.addEnumerator("A", 0);
        b.addEnumerator("B", 0xffffffffL);
        b.addEnum("", 8, true);
        b.addEnumerator("C", Integer.MIN_VALUE);
        b.addEnumerator("D", Integer.MAX_VALUE);
        b.addFwd("s", false);
        b.addFwd("u", true);
        b.addTypedef("t", 5);
        b.addVolatile(5);
        b.addConst(6);
        b.addRestrict(ptrId);
        int protoId = b.addFuncProto(intId);
        b.addParam("a", ptrId);
        b.addParam("", intId);
        b.addParam("", 0);
        b.addFunc("f", protoId, Linkage.STATIC);
        b.addFunc("g", protoId, Linkage.GLOBAL);
        b.addFunc("f", protoId, Linkage.EXTERN);
        int varId = b.addVar("v", intId, Linkage.GLOBAL);
        b.addVar("w", intId, Linkage.EXTERN);
        b.addDatasec(".data", 8);
        b.addVariable(varId, 0, 4);
        b.addVariable(varId + 1, 4, -1);
        b.addFloat("double", 8);
        b.addDeclTag("tag", protoId + 1, -1, false);
        b.addDeclTag("attr", 5, 1, true);
        b.addTypeTag("user", intId, false);
        b.addTypeTag("attr", intId, true);
        b.addEnum64("e64", 8, true);
        b.addEnumerator("A", -1);
        b.addEnumerator("E", Long.MIN_VALUE);
        b.addEnum64("", 8, false);
        b.addEnumerator("\u00e4\ud83d\ude00", -1);
    }

    @Test
    void shouldStartEmptyWithALongHeader() {
        assertBuilds(RawBtf.littleEndian(), BtfBuilder.create());
        assertBuilds(RawBtf.bigEndian(), BtfBuilder.create(ByteOrder.BIG_ENDIAN));
        RawBtf base = RawBtf.bigEndian().headerLength(24);
        assertBuilds(RawBtf.splitOn(base).headerLength(32), BtfBuilder.splitOn(Parsing.parse(base)));
    }

    @Test
    void shouldWriteAShortHeaderOnRequest() {
        assertBuilds(RawBtf.littleEndian().headerLength(24), BtfBuilder.create().headerLength(24));
        assertThrows(IllegalArgumentException.class, () -> BtfBuilder.create().headerLength(40));
    }

    @Test
    void shouldAddTheLayoutSection() {
        RawBtf raw = RawBtf.bigEndian().withLayout();
        addEveryKind(raw);
        BtfBuilder builder = BtfBuilder.create(ByteOrder.BIG_ENDIAN).withLayout();
        addEveryKind(builder);
        assertBuilds(raw, builder);
        assertThrows(IllegalArgumentException.class, () -> builder.headerLength(24));
        assertThrows(
                IllegalArgumentException.class,
                () -> BtfBuilder.create().headerLength(24).withLayout());
    }

    @Test
    void shouldReuseStringsOfTheBaseFirst() {
        BtfBuilder first = BtfBuilder.create();
        assertEquals(0, first.addString(""));
        int aOff = first.addString("a");
        assertEquals(1, aOff);
        assertEquals(aOff, first.addString("a"));
        Btf base = first.build();
        BtfBuilder middle = BtfBuilder.splitOn(base);
        assertEquals(0, middle.addString(""));
        assertEquals(aOff, middle.addString("a"));
        int bOff = middle.addString("b");
        assertEquals(3, bOff);
        BtfBuilder top = BtfBuilder.splitOn(middle.build());
        assertEquals(bOff, top.addString("b"));
        assertEquals(5, top.addString("ab"));
        assertEquals(aOff, top.addString(base, aOff));
        assertEquals(5, top.build().findString("ab"));
        assertEquals(1, top.build().findString("a"));
        assertEquals(-1, top.build().findString("abc"));
        assertThrows(IllegalArgumentException.class, () -> top.addString(base, 3));
    }

    @Test
    void shouldFindManyStringsAgain() {
        BtfBuilder builder = BtfBuilder.create();
        int[] offsets = new int[100_000];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = builder.addString("name_" + i);
        }
        Btf btf = builder.build();
        BtfBuilder copy = BtfBuilder.copyOf(btf);
        for (int i = 0; i < offsets.length; i++) {
            assertEquals(offsets[i], builder.addString("name_" + i));
            assertEquals(offsets[i], copy.addString("name_" + i));
            assertEquals("name_" + i, btf.string(offsets[i]));
        }
        assertEquals(btf.stringEnd(), copy.build().stringEnd());
    }

    @Test
    void shouldLetTypesReferToLaterOnes() {
        BtfBuilder builder = BtfBuilder.create();
        builder.addPtr(2);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
        assertEquals("new BTF: type [1] PTR: type id 2 of no type (there are 2), at 0x28", e.getMessage());
        builder.addTypedef("t", 1);
        assertEquals(1, builder.build().sizeOrType(2));
    }

    @Test
    void shouldRequirePrototypesOfFunctions() {
        BtfBuilder builder = BtfBuilder.create();
        builder.addFunc("f", 2, Linkage.GLOBAL);
        builder.addPtr(0);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> builder.build("mine"));
        assertEquals("mine: type [1] FUNC 'f': refers to type [2] PTR, expected a FUNC_PROTO, at 0x28", e.getMessage());
    }

    @Test
    void shouldBeUsableAfterBuilding() {
        BtfBuilder builder = BtfBuilder.create();
        addEveryKind(builder);
        Btf first = builder.build();
        byte[] before = BtfWriter.toBytes(first);
        Btf same = builder.build();
        builder.edit(1).name("changed");
        builder.edit(3).target(1);
        builder.addFloat("float", 4);
        assertArrayEquals(before, BtfWriter.toBytes(first));
        assertArrayEquals(before, BtfWriter.toBytes(same));
        assertEquals("changed", builder.build().name(1));
        assertEquals(first.typeCount() + 1, builder.build().typeCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 16_777_215})
    void shouldAddManyElements(int vlen) {
        BtfBuilder builder = BtfBuilder.create();
        builder.addFuncProto(0);
        for (int i = 0; i < vlen; i++) {
            builder.addParam("", i & 1);
        }
        if (vlen == 16_777_215) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> builder.addParam("more", 0));
            assertEquals(
                    "type [1] FUNC_PROTO: parameter 16777215: one too many, expected at most 16777215", e.getMessage());
        }
        Btf btf = builder.build();
        assertEquals(vlen, btf.vlen(1));
        assertEquals(BtfKind.FUNC_PROTO, btf.kind(1));
        assertEquals(1, btf.word(1, 3 + 2 * 65_533 + 1));
        assertEquals(2, btf.typeCount());
    }

    @Test
    void shouldKeepWhatACopyDoesNotChange() {
        RawBtf raw = RawBtf.bigEndian().headerLength(40).withLayout();
        addEveryKind(raw);
        Btf btf = Parsing.parse(raw);
        assertBuilds(raw, BtfBuilder.copyOf(btf));

        BtfBuilder copy = BtfBuilder.copyOf(btf);
        copy.addPtr(1);
        raw.addPtr(1);
        assertBuilds(raw, copy);
        assertNotEquals(btf.typeCount(), copy.typeCount());
    }

    @Test
    void shouldRefuseToCopyUnknownHeaderData() {
        Btf btf = Parsing.parse(RawBtf.littleEndian().headerLength(36).headerByte(33, 1));
        assertThrows(BtfUnsupportedException.class, () -> BtfBuilder.copyOf(btf));
    }
}
