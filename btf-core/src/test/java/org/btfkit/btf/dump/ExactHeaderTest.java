package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.assertSameText;
import static org.btfkit.btf.dump.DumpChecks.bytesOf;
import static org.btfkit.btf.dump.DumpChecks.golden;
import static org.btfkit.btf.dump.DumpChecks.parse;
import static org.btfkit.btf.dump.DumpChecks.textOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactHeaderTest {
    private static final CDumpOptions EXACT =
            CDumpOptions.DEFAULT.withExact(true).withPreamble(false).withSorted(false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exact-tagged",
                "exact-unions",
                "exact-padding",
                "exact-bitfields",
                "exact-overlaid",
                "exact-enums",
                "exact-scalars",
                "exact-names",
                "exact-twins",
                "exact-lists"
            })
    void shouldLeaveNothingToTheCompiler(String name) {
        CDumper dumper = new CDumper(parse(ExactCases.all().get(name)), EXACT);
        assertSameText(golden(name + ".h"), bytesOf(dumper::dump), name);
    }

    private static CDumper.Report report(RawBtf raw, CDumpOptions options) throws IOException {
        return new CDumper(parse(raw), options).dump(OutputStream.nullOutputStream());
    }

    private static List<String> wrong(RawBtf raw) throws IOException {
        return report(raw, CDumpOptions.DEFAULT.withSorted(false)).wrong();
    }

    @Test
    void shouldTellWhatBpftoolsTextGetsWrong() throws IOException {
        assertEquals(List.of("union slot", "struct holder", "struct tight"), wrong(ExactCases.tagged()));
        assertEquals(
                List.of("union packed", "union aligned", "union padded", "union hollow", "struct of_unions"),
                wrong(ExactCases.unions()));
        assertEquals(List.of("struct old"), wrong(ExactCases.bitfields()));
        assertEquals(List.of("enum in_short", "struct of_enums"), wrong(ExactCases.enums()));
        assertEquals(List.of("typedef __builtin_va_list, which is there twice"), wrong(ExactCases.lists()));
        assertEquals(List.of("struct turned", "struct over", "union later"), wrong(ExactCases.overlaid()));
    }

    @Test
    void shouldHaveNothingToSayOfTextThatIsRight() throws IOException {
        CDumper.Report report = report(DumpCases.order(), CDumpOptions.DEFAULT);
        assertEquals(new CDumper.Report(List.of(), List.of(), List.of()), report);
    }

    @Test
    void shouldKnowHowArmAlignsPadding() throws IOException {
        RawBtf raw = ExactCases.padding();
        assertEquals(List.of(), wrong(raw));
        int longId = raw.addInt("long unsigned int", 8, 0);
        raw.addStruct("user_pt_regs", 8, Member.of("pstate", longId, 0));
        assertEquals(List.of("struct no_long_on_arm"), wrong(raw).subList(0, 1));
    }

    @Test
    void shouldNameWhatCDoesNotHave() throws IOException {
        CDumper.Report text = report(ExactCases.names(), CDumpOptions.DEFAULT);
        assertTrue(text.foreign().contains("'Vec<u8, Global>'"), text.toString());
        assertTrue(text.foreign().contains("'typeof'"), text.toString());
        assertTrue(!text.foreign().contains("'true'"), "a keyword since C23 only: " + text);
        CDumper.Report exact = report(ExactCases.names(), EXACT);
        assertEquals(List.of(), exact.wrong());
        assertTrue(exact.foreign().contains("'Vec<u8, Global>' as Vec_u8__Global__2"), exact.toString());
    }

    @Test
    void shouldSayWhatIsLeftOut() throws IOException {
        RawBtf raw = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int fwdId = raw.addFwd("nowhere", false);
        raw.addStruct("s", 8, Member.of("a", intId, 0), Member.of("gone", fwdId, 32));
        raw.addStruct("small", 2, Member.of("a", intId, 0));
        CDumper.Report report = report(raw, EXACT);
        assertEquals(
                List.of(
                        "member 'gone' of type [3] STRUCT 's', which has no size",
                        "size of type [4] STRUCT 'small', whose members are larger"),
                report.leftOut());
    }

    @Test
    void shouldAssertSizesAndOffsets() {
        RawBtf raw = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int innerId = raw.addStruct("", 4, Member.of("x", intId, 0));
        int arrayId = raw.addArray(raw.addStruct("", 4, Member.of("y", intId, 0)), intId, 2);
        raw.addStruct(
                "s",
                24,
                Member.of("", innerId, 0),
                Member.of("in", innerId, 32),
                Member.of("all", arrayId, 64),
                Member.bitfield("b", intId, 128, 3));
        raw.addTypedef("t", innerId);
        String text = textOf(new CDumper(parse(raw), EXACT.withAsserts(true))::dump);
        String expected = """
                _Static_assert(sizeof(struct s) == 24, "struct s");
                _Static_assert(__builtin_offsetof(struct s, x) == 0 && sizeof(((struct s *)0)->x) == 4, "struct s: x");
                _Static_assert(__builtin_offsetof(struct s, in) == 4 && sizeof(((struct s *)0)->in) == 4, "struct s: in");
                _Static_assert(__builtin_offsetof(struct s, in.x) == 4 && sizeof(((struct s *)0)->in.x) == 4, \
                "struct s: in.x");
                _Static_assert(__builtin_offsetof(struct s, all) == 8 && sizeof(((struct s *)0)->all) == 8, \
                "struct s: all");
                _Static_assert(__builtin_offsetof(struct s, all[0].y) == 8 && sizeof(((struct s *)0)->all[0].y) == 4, \
                "struct s: all[0].y");

                """;
        assertTrue(text.contains(expected), text);
        assertTrue(text.contains("_Static_assert(sizeof(t) == 4, \"t\");\n"), text);
    }

    @Test
    void shouldWriteTheFirstOfSortedTypes() {
        RawBtf raw = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        raw.addEnum("", 4, false, new RawBtf.Enumerator("FIRST", 1));
        String text = textOf(new CDumper(parse(raw), EXACT.withSorted(true))::dump);
        assertTrue(text.contains("FIRST = 1,"), text);
    }
}
