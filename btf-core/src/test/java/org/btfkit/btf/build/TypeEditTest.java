package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;

class TypeEditTest {
    private static final int INT_ID = 1;
    private static final int PTR_ID = 2;
    private static final int ARRAY_ID = 3;
    private static final int STRUCT_ID = 4;
    private static final int ENUM_ID = 5;
    private static final int PROTO_ID = 6;
    private static final int FUNC_ID = 7;
    private static final int VAR_ID = 8;
    private static final int DATASEC_ID = 9;
    private static final int ENUM64_ID = 10;

    private static RawBtf sample() {
        RawBtf raw = RawBtf.bigEndian().headerLength(24);
        raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addPtr(INT_ID);
        raw.addArray(INT_ID, INT_ID, 3);
        raw.addStruct("s", 8, Member.of("a", INT_ID, 0), Member.of("b", INT_ID, 32));
        raw.addEnum("e", 4, false, new Enumerator("A", 1), new Enumerator("B", 2));
        raw.addFuncProto(0, new Param("p", INT_ID), new Param("q", PTR_ID));
        raw.addFunc("f", PROTO_ID, 1);
        raw.addVar("v", INT_ID, 1);
        raw.addDatasec(".data", 4, new SecInfo(VAR_ID, 0, 4));
        raw.addEnum64("e64", 8, false, new Enumerator("C", 1));
        return raw;
    }

    private static void assertEdited(RawBtf expected, Btf original, BtfBuilder builder) {
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
        assertArrayEquals(sample().toBytes(), BtfWriter.toBytes(original), "the original has changed");
    }

    @Test
    void shouldRename() {
        Btf btf = Parsing.parse(sample());
        BtfBuilder builder = BtfBuilder.copyOf(btf);
        builder.edit(FUNC_ID).name("f_impl");
        builder.edit(STRUCT_ID).name("");
        builder.edit(VAR_ID).name("s");
        RawBtf raw = sample();
        int implOff = raw.addString("f_impl");
        raw.patch(FUNC_ID, 0, implOff).patch(STRUCT_ID, 0, 0).patch(VAR_ID, 0, raw.string("s"));
        assertEdited(raw, btf, builder);
    }

    @Test
    void shouldRetarget() {
        Btf btf = Parsing.parse(sample());
        BtfBuilder builder = BtfBuilder.copyOf(btf);
        builder.edit(PTR_ID).target(STRUCT_ID);
        builder.edit(FUNC_ID).target(11);
        builder.addFuncProto(0);
        RawBtf raw = sample();
        raw.patch(PTR_ID, 2, STRUCT_ID).patch(FUNC_ID, 2, 11);
        raw.addFuncProto(0);
        assertEdited(raw, btf, builder);
    }

    @Test
    void shouldRetargetArraysAndElements() {
        Btf btf = Parsing.parse(sample());
        BtfBuilder builder = BtfBuilder.copyOf(btf);
        builder.edit(ARRAY_ID).array(PTR_ID, 0);
        builder.edit(STRUCT_ID).elementTarget(1, PTR_ID).elementName(0, "first").size(16);
        builder.edit(PROTO_ID).elementTarget(0, PTR_ID).elementName(1, "").target(INT_ID);
        builder.edit(DATASEC_ID).elementTarget(0, VAR_ID).size(12);
        builder.edit(ENUM_ID).elementName(1, "A");
        builder.edit(ENUM64_ID).elementName(0, "B");
        RawBtf raw = sample();
        int firstOff = raw.addString("first");
        raw.patch(ARRAY_ID, 3, PTR_ID).patch(ARRAY_ID, 4, 0);
        raw.patch(STRUCT_ID, 7, PTR_ID).patch(STRUCT_ID, 3, firstOff).patch(STRUCT_ID, 2, 16);
        raw.patch(PROTO_ID, 4, PTR_ID).patch(PROTO_ID, 5, 0).patch(PROTO_ID, 2, INT_ID);
        raw.patch(DATASEC_ID, 2, 12);
        raw.patch(ENUM_ID, 5, raw.string("A")).patch(ENUM64_ID, 3, raw.string("B"));
        assertEdited(raw, btf, builder);
    }

    @Test
    void shouldChangeLinkageAndSectionVariables() {
        Btf btf = Parsing.parse(sample());
        BtfBuilder builder = BtfBuilder.copyOf(btf);
        builder.edit(FUNC_ID).linkage(BtfType.Linkage.EXTERN);
        builder.edit(VAR_ID).linkage(BtfType.Linkage.STATIC);
        builder.edit(DATASEC_ID).variable(0, VAR_ID, 8, 12);
        RawBtf raw = sample();
        int info = btf.info(FUNC_ID);
        assertEquals(1, info & 0xffff, "linkage before");
        raw.patch(FUNC_ID, 1, info + 1).patch(VAR_ID, 3, 0);
        raw.patch(DATASEC_ID, 4, 8).patch(DATASEC_ID, 5, 12);
        assertEdited(raw, btf, builder);
    }

    @Test
    void shouldEditOwnTypesOfSplitBtfOnly() {
        Btf base = Parsing.parse(sample());
        BtfBuilder builder = BtfBuilder.splitOn(base);
        int typedefId = builder.addTypedef("t", PTR_ID);
        builder.edit(typedefId).target(INT_ID).name("int");
        assertEquals(1, builder.build().nameOff(typedefId), "the base's string");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> builder.edit(PTR_ID));
        assertEquals("no own type [2], expected 11 to 11", e.getMessage());
    }

    @Test
    void shouldRefuseWhatTheKindDoesNotHave() {
        BtfBuilder builder = BtfBuilder.copyOf(Parsing.parse(sample()));
        assertRule(
                "type [2] PTR: name 'p', expected none",
                () -> builder.edit(PTR_ID).name("p"));
        assertRule(
                "type [7] FUNC 'f': empty name, expected one",
                () -> builder.edit(FUNC_ID).name(""));
        assertRule(
                "type [5] ENUM 'e': enumerator 0: empty name, expected one",
                () -> builder.edit(ENUM_ID).elementName(0, ""));
        assertRule(
                "type [5] ENUM 'e': has no elements with types",
                () -> builder.edit(ENUM_ID).elementTarget(0, 1));
        assertRule(
                "type [9] DATASEC '.data': has no elements with names",
                () -> builder.edit(DATASEC_ID).elementName(0, "x"));
        assertRule(
                "type [2] PTR: has no size, expected a kind that has",
                () -> builder.edit(PTR_ID).size(8));
        assertRule(
                "type [4] STRUCT 's': has no linkage, expected a FUNC or VAR",
                () -> builder.edit(STRUCT_ID).linkage(BtfType.Linkage.GLOBAL));
        assertRule(
                "type [4] STRUCT 's': has no variables, expected a DATASEC",
                () -> builder.edit(STRUCT_ID).variable(0, VAR_ID, 0, 4));
        assertRule(
                "type [9] DATASEC '.data': has no element 1, there are 1",
                () -> builder.edit(DATASEC_ID).variable(1, VAR_ID, 0, 4));
        assertRule(
                "type [9] DATASEC '.data': type id -1, expected 0 or more",
                () -> builder.edit(DATASEC_ID).variable(0, -1, 0, 4));
        assertArrayEquals(sample().toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Test
    void shouldRefuseUnknownKinds() {
        byte[] layout = new byte[4 * 31];
        RawBtf raw = RawBtf.littleEndian().layout(layout);
        raw.add(30, "new", 0, false, 0);
        BtfBuilder builder = BtfBuilder.copyOf(Parsing.parse(raw));
        assertRule("type [1] KIND_30 'new': unknown kind, expected a known one", () -> builder.edit(1));
    }

    private static void assertRule(String message, Runnable call) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
