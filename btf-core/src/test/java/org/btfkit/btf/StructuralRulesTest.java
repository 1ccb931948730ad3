package org.btfkit.btf;

import static org.btfkit.btf.Parsing.assertFault;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.ToIntFunction;
import org.btfkit.btf.Parsing.Form;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every word of every kind that is a name offset or a type id: out of range is refused, the last in range is not. */
class StructuralRulesTest {
    private static final int INT = 1;
    private static final int PROTO = 2;

    /** Offset of the type under test from the end of the header: an INT and a FUNC_PROTO come first. */
    private static final int START = 28;

    /**
     * A kind.
     *
     * @param title the type as it stands in messages
     * @param add adds it and returns its id, 3
     * @param nameWords which of its words are name offsets
     * @param typeWords which of its words are type ids
     * @param noun what its elements are called
     * @param elementStart index of the first element's first word, 0 if it has none
     * @param elementWords words of an element
     */
    record Kind(
            String title,
            ToIntFunction<RawBtf> add,
            List<Integer> nameWords,
            List<Integer> typeWords,
            String noun,
            int elementStart,
            int elementWords) {

        /** Where the message says a word is. */
        String place(int word) {
            if (elementStart == 0 || word < elementStart) {
                return "";
            }
            return noun + " " + (word - elementStart) / elementWords + ": ";
        }

        @Override
        public String toString() {
            return title;
        }
    }

    private static Kind simple(String title, ToIntFunction<RawBtf> add, List<Integer> typeWords) {
        return new Kind(title, add, List.of(0), typeWords, "", 0, 0);
    }

    static List<Kind> kinds() {
        return List.of(
                simple("INT 't'", b -> b.addInt("t", 4, 0), List.of()),
                simple("PTR", b -> b.addPtr(INT), List.of(2)),
                simple("ARRAY", b -> b.addArray(INT, INT, 4), List.of(3, 4)),
                new Kind(
                        "STRUCT 't'",
                        b -> b.addStruct("t", 8, Member.of("a", INT, 0), Member.of("b", INT, 32)),
                        List.of(0, 3, 6),
                        List.of(4, 7),
                        "member",
                        3,
                        3),
                new Kind(
                        "UNION 't'",
                        b -> b.addUnion("t", 4, Member.of("a", INT, 0), Member.bitfield("b", INT, 0, 3)),
                        List.of(0, 3, 6),
                        List.of(4, 7),
                        "member",
                        3,
                        3),
                new Kind(
                        "ENUM 't'",
                        b -> b.addEnum("t", 4, true, new Enumerator("a", 1), new Enumerator("b", 2)),
                        List.of(0, 3, 5),
                        List.of(),
                        "enumerator",
                        3,
                        2),
                simple("FWD 't'", b -> b.addFwd("t", true), List.of()),
                simple("TYPEDEF 't'", b -> b.addTypedef("t", INT), List.of(2)),
                simple("VOLATILE", b -> b.addVolatile(INT), List.of(2)),
                simple("CONST", b -> b.addConst(INT), List.of(2)),
                simple("RESTRICT", b -> b.addRestrict(INT), List.of(2)),
                simple("FUNC 't'", b -> b.addFunc("t", PROTO, 1), List.of(2)),
                new Kind(
                        "FUNC_PROTO",
                        b -> b.addFuncProto(INT, new Param("a", INT), new Param("b", INT)),
                        List.of(0, 3, 5),
                        List.of(2, 4, 6),
                        "parameter",
                        3,
                        2),
                simple("VAR 't'", b -> b.addVar("t", INT, 1), List.of(2)),
                new Kind(
                        "DATASEC 't'",
                        b -> b.addDatasec("t", 8, new SecInfo(INT, 0, 4), new SecInfo(INT, 4, 4)),
                        List.of(0),
                        List.of(3, 6),
                        "variable",
                        3,
                        3),
                simple("FLOAT 't'", b -> b.addFloat("t", 4), List.of()),
                simple("DECL_TAG 't'", b -> b.addDeclTag("t", INT, -1, false), List.of(2)),
                simple("TYPE_TAG 't'", b -> b.addTypeTag("t", INT, true), List.of(2)),
                new Kind(
                        "ENUM64 't'",
                        b -> b.addEnum64("t", 8, false, new Enumerator("a", 1), new Enumerator("b", 2)),
                        List.of(0, 3, 6),
                        List.of(),
                        "enumerator",
                        3,
                        3));
    }

    private static RawBtf with(Kind kind, Form form) {
        RawBtf raw = form.empty();
        raw.addInt("int", 4, 0);
        raw.addFuncProto(0);
        assertEquals(3, kind.add.applyAsInt(raw));
        return raw;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldRejectNameOffsetOutOfRange(Kind kind) {
        for (Form form : Parsing.forms()) {
            int end = with(kind, form).stringEnd();
            for (int word : kind.nameWords) {
                for (int nameOff : new int[] {end, end + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff}) {
                    // A type whose own name is out of range is described without it.
                    String title = word == 0 ? kind.title.replace(" 't'", "") : kind.title;
                    assertFault(
                            with(kind, form).patch(3, word, nameOff),
                            3,
                            form.headerLength() + START + 4 * word,
                            "type [3] " + title + ": " + kind.place(word) + "name_off "
                                    + Integer.toUnsignedString(nameOff) + " past string section (" + end + " bytes)");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldRejectTypeIdOutOfRange(Kind kind) {
        for (Form form : Parsing.forms()) {
            for (int word : kind.typeWords) {
                for (int typeId : new int[] {4, 5, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff}) {
                    assertFault(
                            with(kind, form).patch(3, word, typeId),
                            3,
                            form.headerLength() + START + 4 * word,
                            "type [3] " + kind.title + ": " + kind.place(word) + "type id "
                                    + Integer.toUnsignedString(typeId) + " of no type (there are 4)");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldAcceptLastNameOffsetAndTypeId(Kind kind) {
        for (Form form : Parsing.forms()) {
            for (int word : kind.nameWords) {
                RawBtf raw = with(kind, form);
                assertEquals(4, parse(raw.patch(3, word, raw.stringEnd() - 1)).typeCount());
            }
            for (int word : kind.typeWords) {
                boolean isFunc = kind.title.startsWith("FUNC ");
                assertEquals(
                        4,
                        parse(with(kind, form).patch(3, word, isFunc ? PROTO : 3))
                                .typeCount());
            }
        }
    }

    /** Words that are neither are not looked at: sizes, offsets, values, linkages, component indexes. */
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldAcceptAnythingElsewhere(Kind kind) {
        Form form = Parsing.forms().get(0);
        int words = parse(with(kind, form)).wordCount(3);
        for (int word = 2; word < words; word++) {
            if (!kind.nameWords.contains(word) && !kind.typeWords.contains(word)) {
                Btf btf = parse(with(kind, form).patch(3, word, 0xffff_ffff));
                assertEquals(0xffff_ffff, btf.word(3, word));
            }
        }
    }

    @Test
    void shouldAcceptForwardReferencesAndSelfReferences() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addPtr(2);
        raw.addPtr(2);
        assertEquals(new BtfType.Ptr(1, 2), parse(raw).type(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4})
    void shouldRejectFunctionWithoutPrototype(int target) {
        String[] described = {"type [0] VOID", "type [1] INT 'int'", null, "type [3] FUNC 'f'", "type [4] TYPEDEF 'td'"
        };
        for (Form form : Parsing.forms()) {
            RawBtf raw = form.empty();
            raw.addInt("int", 4, 0);
            raw.addFuncProto(0);
            raw.addFunc("f", target, 1);
            raw.addTypedef("td", PROTO);
            assertFault(
                    raw,
                    3,
                    form.headerLength() + START + 8,
                    "type [3] FUNC 'f': refers to " + described[target] + ", expected a FUNC_PROTO");
        }
    }

    @Test
    void shouldCheckSplitTypesAgainstBaseAndOwn() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, 0);
        base.addFuncProto(1);
        RawBtf split = RawBtf.splitOn(base);
        split.addFunc("f", 2, 1);
        split.addPtr(4);
        int stringEnd = split.stringEnd();
        assertEquals(7, stringEnd);
        assertEquals("f", parse(split).name(3));
        assertFault(split.patch(4, 2, 5), 4, 32 + 12 + 8, "type [4] PTR: type id 5 of no type (there are 5)");
        split.patch(4, 2, 3).patch(4, 0, 7);
        assertFault(split, 4, 32 + 12, "type [4] PTR: name_off 7 past string section (7 bytes)");
    }

    @Test
    void shouldDescribeUnknownKindWithNameOutOfRange() {
        RawBtf raw = RawBtf.littleEndian().layout(new byte[4 * 31]);
        raw.add(30, "", 0, false, -1);
        raw.patch(1, 0, 44);
        assertFault(raw, 1, 32, "type [1] KIND_30: name_off 44 past string section (1 bytes)");
    }

    /** The first broken rule is reported, in the order of the data. */
    @Test
    void shouldReportFirstFault() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addPtr(9);
        raw.addPtr(8);
        assertFault(raw, 1, 32 + 8, "type [1] PTR: type id 9 of no type (there are 3)");
    }

    /** Many types are checked by two threads; the first fault is the one that is reported. */
    @Test
    void shouldReportTheFirstFaultOfMany() {
        int count = 600_000;
        RawBtf raw = RawBtf.littleEndian();
        for (int i = 0; i < count; i++) {
            raw.addPtr(0);
        }
        assertEquals(count + 1, parse(raw).typeCount());
        for (int faulty : new int[] {count, count / 2 + 2, count / 2 + 1, count / 2, 3}) {
            raw.patch(faulty, 2, count + 1);
            assertFault(
                    raw,
                    faulty,
                    32 + 12L * (faulty - 1) + 8,
                    "type [" + faulty + "] PTR: type id " + (count + 1) + " of no type (there are " + (count + 1)
                            + ")");
        }
    }
}
