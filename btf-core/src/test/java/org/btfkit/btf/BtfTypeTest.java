package org.btfkit.btf;

import static org.btfkit.btf.Parsing.assertRefused;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.btfkit.btf.Parsing.Form;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types as records: every kind with every field, both byte orders; and the same words on the flat level. */
class BtfTypeTest {
    /** A type, always with id 3 after an INT and a FUNC_PROTO, and the record that it is to be. */
    record Row(Consumer<RawBtf> add, BtfType expected) {
        @Override
        public String toString() {
            return expected.toString();
        }
    }

    private static Row row(Consumer<RawBtf> add, BtfType expected) {
        return new Row(add, expected);
    }

    static Stream<Row> integers() {
        return Stream.of(
                row(b -> b.addInt("u32", 4, 0), new BtfType.Int(3, "u32", 4, false, false, false, 0, 32)),
                row(b -> b.addInt("s", 8, RawBtf.SIGNED), new BtfType.Int(3, "s", 8, true, false, false, 0, 64)),
                row(b -> b.addInt("char", 1, RawBtf.CHAR), new BtfType.Int(3, "char", 1, false, true, false, 0, 8)),
                row(b -> b.addInt("bool", 1, RawBtf.BOOL), new BtfType.Int(3, "bool", 1, false, false, true, 0, 8)),
                row(b -> b.addInt("i128", 16, 7), new BtfType.Int(3, "i128", 16, true, true, true, 0, 128)),
                row(b -> b.addInt("f", 4, 0, 13, 5), new BtfType.Int(3, "f", 4, false, false, false, 13, 5)),
                row(b -> b.addInt("m", -1, 0xff, 0xff, 0xff), new BtfType.Int(3, "m", -1, true, true, true, 255, 255)),
                row(b -> b.addFloat("double", 8), new BtfType.Float(3, "double", 8)));
    }

    static Stream<Row> references() {
        return Stream.of(
                row(b -> b.addPtr(0), new BtfType.Ptr(3, 0)),
                row(b -> b.addPtr(1), new BtfType.Ptr(3, 1)),
                row(b -> b.addArray(1, 2, 7), new BtfType.Array(3, 1, 2, 7)),
                row(b -> b.addArray(1, 1, 0xffff_ffff), new BtfType.Array(3, 1, 1, -1)),
                row(b -> b.addTypedef("u8", 1), new BtfType.Typedef(3, "u8", 1)),
                row(b -> b.addVolatile(1), new BtfType.Volatile(3, 1)),
                row(b -> b.addConst(0), new BtfType.Const(3, 0)),
                row(b -> b.addRestrict(1), new BtfType.Restrict(3, 1)),
                row(b -> b.addFwd("s", false), new BtfType.Fwd(3, "s", false)),
                row(b -> b.addFwd("u", true), new BtfType.Fwd(3, "u", true)),
                row(b -> b.addFunc("f", 2, 0), new BtfType.Func(3, "f", 2, 0)),
                row(b -> b.addFunc("f", 2, 1), new BtfType.Func(3, "f", 2, 1)),
                row(b -> b.addFunc("f", 2, 0xffffff), new BtfType.Func(3, "f", 2, 0xffffff)),
                row(b -> b.addVar("v", 1, 2), new BtfType.Var(3, "v", 1, 2)),
                row(b -> b.addDeclTag("t", 1, -1, false), new BtfType.DeclTag(3, "t", 1, -1, false)),
                row(b -> b.addDeclTag("t", 2, 5, true), new BtfType.DeclTag(3, "t", 2, 5, true)),
                row(b -> b.addTypeTag("user", 1, false), new BtfType.TypeTag(3, "user", 1, false)),
                row(b -> b.addTypeTag("attr", 1, true), new BtfType.TypeTag(3, "attr", 1, true)));
    }

    static Stream<Row> composites() {
        return Stream.of(
                row(b -> b.addStruct("empty", 0), new BtfType.Struct(3, "empty", 0, false, List.of())),
                row(
                        b -> b.addStruct("s", 12, Member.of("a", 1, 0), Member.of("", 2, 0x0100_0020)),
                        new BtfType.Struct(
                                3,
                                "s",
                                12,
                                false,
                                List.of(new BtfType.Member("a", 1, 0, 0), new BtfType.Member("", 2, 0x0100_0020, 0)))),
                row(
                        b -> b.addStruct("bits", 4, Member.bitfield("a", 1, 0xffffff, 255), Member.of("b", 1, 8)),
                        new BtfType.Struct(
                                3,
                                "bits",
                                4,
                                true,
                                List.of(new BtfType.Member("a", 1, 0xffffff, 255), new BtfType.Member("b", 1, 8, 0)))),
                row(
                        b -> b.addUnion("", 4, Member.of("a", 1, 0), Member.of("b", 1, 0)),
                        new BtfType.Union(
                                3,
                                "",
                                4,
                                false,
                                List.of(new BtfType.Member("a", 1, 0, 0), new BtfType.Member("b", 1, 0, 0)))),
                row(
                        b -> b.addUnion("u", 1, Member.bitfield("a", 1, 0, 3)),
                        new BtfType.Union(3, "u", 1, true, List.of(new BtfType.Member("a", 1, 0, 3)))),
                row(
                        b -> b.addFuncProto(1, new Param("a", 1), Param.VARARG),
                        new BtfType.FuncProto(3, 1, List.of(new BtfType.Param("a", 1), new BtfType.Param("", 0)))),
                row(b -> b.addFuncProto(0), new BtfType.FuncProto(3, 0, List.of())),
                row(
                        b -> b.addDatasec(".bss", 24, new SecInfo(1, 8, 4), new SecInfo(2, -1, -2)),
                        new BtfType.Datasec(
                                3,
                                ".bss",
                                24,
                                List.of(new BtfType.SectionVar(1, 8, 4), new BtfType.SectionVar(2, -1, -2)))),
                row(b -> b.addDatasec(".data", 0), new BtfType.Datasec(3, ".data", 0, List.of())));
    }

    static Stream<Row> enumerations() {
        Enumerator minus = new Enumerator("minus", -1);
        Enumerator max = new Enumerator("max", 0x7fff_ffff);
        Enumerator min64 = new Enumerator("min64", Long.MIN_VALUE);
        Enumerator mixed = new Enumerator("mixed", 0x8000_0001_8000_0002L);
        return Stream.of(
                row(b -> b.addEnum("e", 4, false), new BtfType.Enum(3, "e", 4, false, List.of())),
                row(
                        b -> b.addEnum("e", 4, true, minus, max),
                        new BtfType.Enum(3, "e", 4, true, List.of(value("minus", -1), value("max", 0x7fff_ffff)))),
                row(
                        b -> b.addEnum("e", 1, false, minus, max),
                        new BtfType.Enum(
                                3, "e", 1, false, List.of(value("minus", 0xffff_ffffL), value("max", 0x7fff_ffff)))),
                row(
                        b -> b.addEnum64("e", 8, true, minus, min64),
                        new BtfType.Enum64(
                                3, "e", 8, true, List.of(value("minus", -1), value("min64", Long.MIN_VALUE)))),
                row(
                        b -> b.addEnum64("e", 8, false, mixed, minus),
                        new BtfType.Enum64(
                                3,
                                "e",
                                8,
                                false,
                                List.of(value("mixed", 0x8000_0001_8000_0002L), value("minus", -1L)))),
                row(b -> b.addEnum64("e", 8, false), new BtfType.Enum64(3, "e", 8, false, List.of())));
    }

    private static BtfType.Enumerator value(String name, long value) {
        return new BtfType.Enumerator(name, value);
    }

    @ParameterizedTest
    @MethodSource({"integers", "references", "composites", "enumerations"})
    void shouldInflateEveryField(Row row) {
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addInt("int", 4, RawBtf.SIGNED);
            raw.addFuncProto(1);
            row.add.accept(raw);
            raw.addTypedef("after", 3);
            Btf btf = parse(raw);
            BtfType type = btf.type(3);
            assertEquals(row.expected, type);
            assertEquals(3, type.typeId());
            assertEquals(type.name(), btf.name(3));
            assertEquals(raw.kindOf(3), btf.kind(3).number());
            assertEquals("after", btf.name(4));
        }
    }

    @ParameterizedTest
    @MethodSource({"integers", "references", "composites", "enumerations"})
    void shouldInflateTypesOfBaseAndSplitAlike(Row row) {
        RawBtf base = RawBtf.bigEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addFuncProto(1);
        RawBtf inBase = RawBtf.bigEndian();
        inBase.addInt("int", 4, RawBtf.SIGNED);
        inBase.addFuncProto(1);
        row.add.accept(inBase);
        RawBtf split = RawBtf.splitOn(base);
        row.add.accept(split);
        assertEquals(row.expected, parse(split).type(3));
        assertEquals(row.expected, parse(RawBtf.splitOn(inBase)).type(3));
    }

    @Test
    void shouldGiveVoidForIdZero() {
        Btf btf = parse(RawBtf.littleEndian());
        assertEquals(new BtfType.Void(), btf.type(0));
        assertEquals(0, btf.type(0).typeId());
        assertEquals("", btf.type(0).name());
        assertEquals(BtfKind.VOID, btf.kind(0));
        assertEquals(0, btf.wordCount(0));
        assertEquals(0, btf.info(0));
        assertEquals(0, btf.word(0, 17));
        assertEquals("", btf.name(0));
    }

    @Test
    void shouldGiveListsThatNobodyCanChange() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addStruct("s", 4, Member.of("m", 1, 0));
        BtfType.Struct struct = (BtfType.Struct) parse(raw).type(1);
        assertThrows(UnsupportedOperationException.class, () -> struct.members().clear());
    }

    @Test
    void shouldGiveTheWordsOfATypeOnTheFlatLevel() {
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addStruct("s", 8, Member.bitfield("m", 1, 3, 2));
            Btf btf = parse(raw);
            int[] words = {raw.string("s"), RawBtf.info(4, 1, true), 8, raw.string("m"), 1, 2 << 24 | 3};
            assertEquals(words.length, btf.wordCount(1));
            for (int i = 0; i < words.length; i++) {
                assertEquals(words[i], btf.word(1, i));
            }
            assertEquals(words[0], btf.nameOff(1));
            assertEquals(words[1], btf.info(1));
            assertEquals(words[2], btf.sizeOrType(1));
            assertEquals(1, btf.vlen(1));
            assertEquals(true, btf.kflag(1));
            assertEquals(BtfKind.STRUCT, btf.kind(1));
            assertEquals("m", btf.string(btf.word(1, 3)));
        }
    }

    @Test
    void shouldRefuseIdsAndOffsetsOutOfRange() {
        RawBtf base = RawBtf.littleEndian();
        base.addPtr(0);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("t", 1);
        Btf btf = parse(split);
        for (int typeId : new int[] {3, 4, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            String message = "no type [" + Integer.toUnsignedString(typeId) + "], there are 3";
            assertRefused(message, () -> btf.type(typeId));
            assertRefused(message, () -> btf.kind(typeId));
            assertRefused(message, () -> btf.word(typeId, 0));
            assertRefused(message, () -> btf.wordCount(typeId));
        }
        for (int offset : new int[] {3, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            assertRefused(
                    "no string at " + Integer.toUnsignedString(offset) + ", there are 3 bytes",
                    () -> btf.string(offset));
        }
        for (int index : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertRefused("type [1] has no word " + index, () -> btf.word(1, index));
            assertRefused("type [2] has no word " + index, () -> btf.word(2, index));
        }
    }

    @Test
    void shouldReadStringsFromTheMiddle() {
        RawBtf base = RawBtf.littleEndian();
        int whole = base.addString("task_struct");
        RawBtf split = RawBtf.splitOn(base);
        int own = split.addString("\u00fcber");
        Btf btf = parse(split);
        assertEquals("task_struct", btf.string(whole));
        assertEquals("struct", btf.string(whole + 5));
        assertEquals("", btf.string(whole + 11));
        assertEquals("\u00fcber", btf.string(own));
        assertEquals("ber", btf.string(own + 2));
        assertEquals("", btf.string(0));
        assertEquals("", btf.string(btf.stringEnd() - 1));
    }

    @Test
    void shouldDescribeItself() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addPtr(0);
        Btf btf = parse(raw);
        assertEquals(Parsing.SOURCE, btf.source());
        assertEquals("test.btf: 1 types", btf.toString());
    }
}
