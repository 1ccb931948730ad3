package org.btfkit.btf.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Pahole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected texts are what pahole 1.31 prints of the same BTF; where it or a later one is at hand, it is asked. */
class LayoutPrinterTest {
    @TempDir
    Path folder;

    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int charId = raw.addInt("char", 1, RawBtf.CHAR);
    private final int longId = raw.addInt("long int", 8, RawBtf.SIGNED);

    private String print(int typeId) {
        return print(typeId, LayoutOptions.DEFAULT);
    }

    private String print(int typeId, LayoutOptions options) {
        return new LayoutPrinter(Btf.parse(raw.toBytes(), null, "test"), options).print(typeId);
    }

    private void assertPrints(String expected, int typeId, LayoutOptions options) {
        assertEquals(expected, print(typeId, options));
        Optional<ExternalTool> pahole = Pahole.recent();
        if (pahole.isPresent()) {
            List<Object> arguments = new ArrayList<>(List.of("-F", "btf", "-C", raw.nameOf(typeId)));
            arguments.addAll(options.expand() ? List.of("-E") : List.of());
            try {
                arguments.add(Files.write(folder.resolve("test.btf"), raw.toBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String text = pahole.get().check(arguments.toArray()).out();
            // With some structs it ends in an empty line.
            assertEquals(expected, text.stripTrailing() + "\n", "pahole");
        }
    }

    private BtfException failure(int typeId, LayoutOptions options) {
        return assertThrows(BtfException.class, () -> print(typeId, options));
    }

    @Test
    void shouldShowHolesAndPadding() {
        int inner = raw.addStruct("inner", 16, Member.of("l", longId, 0), Member.of("c", charId, 64));
        int typeId = raw.addStruct(
                "outer",
                40,
                Member.of("c", charId, 0),
                Member.of("i", intId, 32),
                Member.of("in", inner, 64),
                Member.of("l", longId, 192),
                Member.of("last", charId, 256));
        assertPrints("""
                struct outer {
                \tchar                       c;                    /*     0     1 */

                \t/* XXX 3 bytes hole, try to pack */

                \tint                        i;                    /*     4     4 */
                \tstruct inner               in;                   /*     8    16 */

                \t/* XXX last struct has 7 bytes of padding */

                \tlong int                   l;                    /*    24     8 */
                \tchar                       last;                 /*    32     1 */

                \t/* size: 40, cachelines: 1, members: 5 */
                \t/* sum members: 30, holes: 1, sum holes: 3 */
                \t/* padding: 7 */
                \t/* paddings: 1, sum paddings: 7 */
                \t/* last cacheline: 40 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldShowBitfields() {
        int typeId = raw.addStruct(
                "bits",
                12,
                Member.bitfield("a", intId, 0, 3),
                Member.bitfield("b", intId, 5, 4),
                Member.bitfield("c", intId, 32, 1),
                Member.of("d", charId, 64));
        assertPrints("""
                struct bits {
                \tint                        a:3;                  /*     0: 0  4 */

                \t/* XXX 2 bits hole, try to pack */
                \tint                        :2;

                \tint                        b:4;                  /*     0: 5  4 */

                \t/* XXX 23 bits hole, try to pack */

                \t/* Force alignment to the next boundary: */
                \tint                        :0;

                \tint                        c:1;                  /*     4: 0  4 */

                \t/* XXX 31 bits hole, try to pack */

                \tchar                       d __attribute__((__aligned__(4))); /*     8     1 */

                \t/* size: 12, cachelines: 1, members: 4 */
                \t/* sum members: 1 */
                \t/* sum bitfield members: 8 bits, bit holes: 3, sum bit holes: 56 bits */
                \t/* padding: 3 */
                \t/* forced alignments: 1 */
                \t/* last cacheline: 12 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldShowUnionsWithTheirMembersAtOnePlace() {
        int anonymous = raw.addStruct("", 8, Member.of("x", intId, 0), Member.of("y", intId, 32));
        int typeId = raw.addUnion(
                "u", 8, Member.of("l", longId, 0), Member.of("", anonymous, 0), Member.of("named", anonymous, 0));
        assertPrints("""
                union u {
                \tlong int                   l;                  /*     0     8 */
                \tstruct {
                \t\tint                x;                  /*     0     4 */
                \t\tint                y;                  /*     4     4 */
                \t};                                             /*     0     8 */
                \tstruct {
                \t\tint                x;                  /*     0     4 */
                \t\tint                y;                  /*     4     4 */
                \t} named;                                       /*     0     8 */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldShowCacheLines() {
        int page = raw.addArray(charId, intId, 60);
        int typeId = raw.addStruct(
                "lines", 136, Member.of("p", page, 0), Member.of("q", page, 480), Member.of("l", longId, 1024));
        String text = print(typeId);
        assertTrue(text.contains("\t/* --- cacheline 2 boundary (128 bytes) --- */\n\tlong int "), text);
        assertTrue(text.contains("cachelines: 3, members: 3"), text);
        String wide = print(typeId, new LayoutOptions(false, 32, 8));
        assertTrue(wide.contains("/* --- cacheline 1 boundary (32 bytes) was 28 bytes ago --- */"), wide);
        assertThrows(IllegalArgumentException.class, () -> print(typeId, new LayoutOptions(false, 48, 8)));
    }

    @Test
    void shouldInferAttributes() {
        int packed = raw.addStruct("packed", 5, Member.of("c", charId, 0), Member.of("i", intId, 8));
        int aligned = raw.addStruct("aligned", 64, Member.of("c", charId, 0), Member.of("i", intId, 256));
        assertTrue(print(packed).endsWith("} __attribute__((__packed__));\n"), print(packed));
        assertTrue(print(aligned).contains("i __attribute__((__aligned__(32))); /*    32     4 */"), print(aligned));
        assertTrue(print(aligned).endsWith("} __attribute__((__aligned__(64)));\n"), print(aligned));
    }

    @Test
    void shouldSpellDeclarators() {
        int fn = raw.addFuncProto(0, new Param("", intId), Param.VARARG);
        int noParams = raw.addFuncProto(raw.addPtr(0));
        int constPtr = raw.addPtr(raw.addConst(raw.addPtr(charId)));
        int anonymousEnum = raw.addEnum("", 4, true, new Enumerator("TWO", 2), new Enumerator("THREE", 3));
        int typeId = raw.addStruct(
                "decls",
                64,
                Member.of("f", raw.addPtr(fn), 0),
                Member.of("g", raw.addPtr(noParams), 64),
                Member.of("p", constPtr, 128),
                Member.of("s", raw.addPtr(raw.addConst(charId)), 192),
                Member.of("fwd", raw.addPtr(raw.addFwd("other", true)), 256),
                Member.of("e", anonymousEnum, 320),
                Member.of("v", raw.addVolatile(intId), 352),
                Member.of("z", raw.addArray(longId, intId, 0), 384),
                Member.of("a", raw.addArray(longId, intId, 2), 384),
                Member.of("flex", raw.addArray(longId, intId, 0), 512));
        assertPrints("""
                struct decls {
                \tvoid                       (*f)(int, ...);       /*     0     8 */
                \tvoid *                     (*g)(void);           /*     8     8 */
                \tchar * const *             p;                    /*    16     8 */
                \tconst char  *              s;                    /*    24     8 */
                \tunion other *              fwd;                  /*    32     8 */
                \tenum {
                \t\tTWO   = 2,
                \t\tTHREE = 3,
                \t} e;                                             /*    40     4 */
                \tvolatile int               v;                    /*    44     4 */
                \tlong int                   z[0];                 /*    48     0 */
                \tlong int                   a[2];                 /*    48    16 */
                \t/* --- cacheline 1 boundary (64 bytes) --- */
                \tlong int                   flex[];               /*    64     0 */

                \t/* size: 64, cachelines: 1, members: 10 */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldBeRightWherePaholeIsNot() {
        int negative = raw.addEnum("", 4, true, new Enumerator("MINUS", -1));
        int nested = raw.addArray(raw.addArray(intId, intId, 2), intId, 3);
        String text = print(raw.addStruct("s", 28, Member.of("e", negative, 0), Member.of("a", nested, 32)));
        assertTrue(text.contains("\t\tMINUS = -1,\n"), text);
        assertTrue(text.contains("a[3][2];"), text);
    }

    @Test
    void shouldExpandNestedStructs() {
        int inner =
                raw.addStruct("inner", 8, Member.of("x", raw.addTypedef("s32", intId), 0), Member.of("y", intId, 32));
        int typeId = raw.addStruct("outer", 16, Member.of("l", longId, 0), Member.of("in", inner, 64));
        assertPrints("""
                struct outer {
                \tlong int                   l;                                                    /*     0     8 */
                \tstruct inner {
                \t\t/* typedef s32 */ int                x;                                  /*     8     4 */
                \t\tint                y;                                                    /*    12     4 */
                \t} in; /*     8     8 */

                \t/* size: 16, cachelines: 1, members: 2 */
                \t/* last cacheline: 16 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT.withExpand(true));
    }

    @Test
    void shouldTellOfUnusedSpaceWithinMembers() {
        int holes = raw.addStruct(
                "holes",
                24,
                Member.of("a", charId, 0),
                Member.of("b", intId, 32),
                Member.of("c", charId, 64),
                Member.of("d", longId, 128));
        int bits = raw.addStruct("bits", 4, Member.bitfield("a", intId, 0, 3), Member.bitfield("b", intId, 5, 26));
        int both = raw.addStruct("both", 8, Member.of("i", intId, 0), Member.bitfield("b", charId, 40, 2));
        int typeId = raw.addStruct(
                "user",
                48,
                Member.of("h", holes, 0),
                Member.of("b", bits, 192),
                Member.of("t", raw.addTypedef("bits_t", bits), 224),
                Member.of("c", both, 256),
                Member.of("n", intId, 320));
        assertPrints("""
                struct user {
                \tstruct holes               h;                    /*     0    24 */

                \t/* XXX last struct has 2 holes */

                \tstruct bits                b;                    /*    24     4 */

                \t/* XXX last struct has 1 bit of padding, 1 bit hole */

                \tbits_t                     t;                    /*    28     4 */
                \tstruct both                c;                    /*    32     8 */

                \t/* XXX last struct has 2 bytes of padding, 6 bits of padding, 1 hole */

                \tint                        n;                    /*    40     4 */

                \t/* size: 48, cachelines: 1, members: 5 */
                \t/* padding: 4 */
                \t/* member types with holes: 2, total: 3, bit holes: 1, total: 1, bit paddings: 2, total: 7 bits */
                \t/* paddings: 1, sum paddings: 2 */
                \t/* last cacheline: 48 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldTellOfFlexibleArraysAtTheEndAndWithin() {
        int none = raw.addArray(charId, intId, 0);
        int tail = raw.addStruct("tail", 4, Member.of("n", intId, 0), Member.of("data", none, 32));
        int named = raw.addStruct(
                "named", 4, Member.of("n", intId, 0), Member.of("data", raw.addTypedef("none_t", none), 32));
        int wrap = raw.addStruct("wrap", 4, Member.of("t", raw.addTypedef("tail_t", tail), 0));
        int deep = raw.addStruct("deep", 8, Member.of("w", wrap, 0), Member.of("i", intId, 32));
        int both = raw.addStruct("both", 4, Member.of("t", tail, 0), Member.of("data", none, 32));
        int typeId = raw.addStruct(
                "user",
                24,
                Member.of("t", tail, 0),
                Member.of("n", named, 32),
                Member.of("w", wrap, 64),
                Member.of("d", deep, 96),
                Member.of("b", both, 160));
        assertPrints("""
                struct user {
                \tstruct tail                t;                    /*     0     4 */

                \t/* XXX last struct has a flexible array */

                \tstruct named               n;                    /*     4     4 */
                \tstruct wrap                w;                    /*     8     4 */

                \t/* XXX last struct has embedded flexible array(s) */

                \tstruct deep                d;                    /*    12     8 */

                \t/* XXX last struct has embedded flexible array(s) */

                \tstruct both                b;                    /*    20     4 */

                \t/* XXX last struct has a flexible array, embedded flexible array(s) */

                \t/* size: 24, cachelines: 1, members: 5 */
                \t/* flexible array members: end: 2, middle: 3 */
                \t/* last cacheline: 24 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldInferAlignmentOfMembersWithoutBytesAndBehindBitfields() {
        int empty = raw.addStruct("empty", 0);
        int typeId = raw.addStruct(
                "aligned",
                128,
                Member.bitfield("bit", longId, 0, 1),
                Member.of("group", empty, 64),
                Member.of("c", charId, 64),
                Member.of("marker", raw.addArray(charId, intId, 0), 512),
                Member.of("i", intId, 512),
                Member.of("data", raw.addArray(charId, intId, 0), 1024));
        assertPrints("""
                struct aligned {
                \tlong int                   bit:1;                /*     0: 0  8 */

                \t/* XXX 63 bits hole, try to pack */

                \tstruct empty               group __attribute__((__aligned__(8))); /*     8     0 */
                \tchar                       c __attribute__((__aligned__(8))); /*     8     1 */

                \t/* XXX 55 bytes hole, try to pack */

                \t/* --- cacheline 1 boundary (64 bytes) --- */
                \tchar                       marker[0] __attribute__((__aligned__(64))); /*    64     0 */
                \tint                        i __attribute__((__aligned__(64))); /*    64     4 */

                \t/* XXX 60 bytes hole, try to pack */

                \t/* --- cacheline 2 boundary (128 bytes) --- */
                \tchar                       data[] __attribute__((__aligned__(64))); /*   128     0 */

                \t/* size: 128, cachelines: 2, members: 6 */
                \t/* sum members: 5, holes: 2, sum holes: 115 */
                \t/* sum bitfield members: 1 bits, bit holes: 1, sum bit holes: 63 bits */
                \t/* forced alignments: 5, forced holes: 2, sum forced holes: 115 */
                } __attribute__((__aligned__(64)));
                """, typeId, LayoutOptions.DEFAULT);
    }

    @Test
    void shouldExpandEnumsAndPackedStructs() {
        int mode = raw.addEnum("mode", 4, false, new Enumerator("OFF", 0), new Enumerator("ON", 1));
        int packed = raw.addStruct("packed", 5, Member.of("c", charId, 0), Member.of("i", intId, 8));
        int typeId = raw.addStruct("outer", 12, Member.of("m", mode, 0), Member.of("p", packed, 32));
        assertPrints("""
                struct outer {
                \tenum mode {
                \t\tOFF = 0,
                \t\tON  = 1,
                \t} m;                                          /*     0     4 */
                \tstruct packed {
                \t\tchar               c;                                                    /*     4     1 */
                \t\tint                i;                                                    /*     5     4 */
                \t} __attribute__((__packed__)) p; /*     4     5 */

                \t/* size: 12, cachelines: 1, members: 2 */
                \t/* padding: 3 */
                \t/* last cacheline: 12 bytes */
                };
                """, typeId, LayoutOptions.DEFAULT.withExpand(true));
    }

    @Test
    void shouldKeepNameOfConstStructInPlace() {
        int inner = raw.addStruct("inner", 4, Member.of("i", intId, 0));
        int typeId = raw.addStruct("outer", 4, Member.of("in", raw.addConst(inner), 0));
        // As pahole has it, but for the name, which it loses.
        assertEquals("""
                struct outer {
                \tconst struct inner {
                \t\tint          i;                                                    /*     0     4 */

                \t\t/* size: 4, cachelines: 1, members: 1 */
                \t\t/* last cacheline: 4 bytes */
                \t} in; /*     0     4 */

                \t/* size: 4, cachelines: 1, members: 1 */
                \t/* last cacheline: 4 bytes */
                };
                """, print(typeId, LayoutOptions.DEFAULT.withExpand(true)));
    }

    @Test
    void shouldIndentByNoMoreThanSixteenTabs() {
        int typeId = intId;
        for (int i = 0; i < 20; i++) {
            typeId = raw.addStruct("", 4, Member.of("m", typeId, 0));
        }
        String text = print(raw.addStruct("top", 4, Member.of("m", typeId, 0)));
        int most = text.lines()
                .mapToInt(line -> line.length() - line.replaceFirst("^\t*", "").length())
                .max()
                .orElse(0);
        assertEquals(16, most, text);
    }

    @Test
    void shouldShowTypedefOfAnonymousStruct() {
        int anonymous = raw.addStruct("", 4, Member.of("counter", intId, 0));
        String text = print(raw.addTypedef("atomic_t", anonymous));
        assertTrue(text.startsWith("typedef struct {\n\tint "), text);
        assertTrue(text.endsWith("\n} atomic_t;\n"), text);
        int named = raw.addStruct("named", 4, Member.of("counter", intId, 0));
        assertEquals(print(named), print(raw.addTypedef("named_t", named)));
    }

    @Test
    void shouldUseGivenPointerSize() {
        int typeId = raw.addStruct("p", 8, Member.of("a", raw.addPtr(0), 0), Member.of("b", raw.addPtr(0), 32));
        assertTrue(print(typeId, new LayoutOptions(false, 64, 4)).contains("b;                    /*     4     4 */"));
    }

    @Test
    void shouldRejectWhatIsNoStruct() {
        assertTrue(
                failure(intId, LayoutOptions.DEFAULT).getMessage().endsWith("expected a struct or union, found INT"));
        assertThrows(BtfException.class, () -> print(0));
        assertThrows(IllegalArgumentException.class, () -> print(99));
    }

    @Test
    void shouldEndAtLoops() {
        int self = raw.nextId();
        raw.addStruct("self", 8, Member.of("s", self, 0));
        int anonymous = raw.nextId();
        raw.addStruct("", 8, Member.of("", raw.addPtr(anonymous), 0));
        int chain = 0;
        for (int i = 0; i < 40; i++) {
            chain = raw.addPtr(chain);
        }
        int pointers = raw.addStruct("pointers", 8, Member.of("p", chain, 0));
        int proto = raw.nextId();
        raw.addFuncProto(0, new Param("", proto + 1));
        raw.addPtr(proto);
        int function = raw.addStruct("function", 8, Member.of("f", proto + 1, 0));
        for (int typeId : new int[] {self, anonymous + 1, pointers, function}) {
            failure(typeId, LayoutOptions.DEFAULT.withExpand(true));
        }
    }

    @Test
    void shouldEndAtExponentialText() {
        int typeId = intId;
        for (int i = 0; i < 60; i++) {
            typeId = raw.addStruct("", 4, Member.of("a", typeId, 0), Member.of("b", typeId, 0));
        }
        int last = typeId;
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertTrue(failure(last, LayoutOptions.DEFAULT).getMessage().contains("characters"));
        });
    }
}
