package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdLookupTest {
    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static BtfIdsObject object() {
        return BtfIdsObject.of(ElfVariant.MODULE).withSurroundings(false);
    }

    private static BtfIdsObject listOf(Entry... entries) {
        return object().with(new IdList("", List.of(entries)));
    }

    private List<String> warnings(RawElf elf, RawBtf btf) throws IOException {
        Workbench.Result result = bench.resolve(elf.toBytes(), bench.given(btf));
        result.orThrow();
        return result.log().warnings;
    }

    private int[] resolved(BtfIdsObject object, RawBtf btf) throws IOException {
        byte[] file = bench.resolve(object.toBytes(), bench.given(btf)).orThrow();
        return new RawElfReader(file).words(".BTF_ids");
    }

    /** Four types of each kind that an id can name, and others, all called x; then a split with the same. */
    private static RawBtf everyKind(RawBtf btf) {
        btf.addInt("x", 4, 0);
        int proto = btf.addFuncProto(0);
        btf.addFwd("x", false);
        btf.addFunc("x", proto, 1);
        btf.addTypedef("x", proto);
        btf.addUnion("x", 0);
        btf.addStruct("x", 0);
        btf.addVar("x", proto - 1, 1);
        return btf;
    }

    @Test
    void shouldFindByKindAndName() throws IOException {
        BtfIdsObject object = listOf(
                Entry.of(Kind.STRUCT, "x"), Entry.of(Kind.UNION, "x"), Entry.of(Kind.TYPEDEF, "x"), Entry.func("x"));
        assertArrayEquals(new int[] {7, 6, 5, 4}, resolved(object, everyKind(RawBtf.littleEndian())));
    }

    @Test
    void shouldPreferTheBase() throws IOException {
        RawBtf split = everyKind(RawBtf.splitOn(everyKind(RawBtf.littleEndian())));
        split.addStruct("own", 0);
        BtfIdsObject object = listOf(Entry.of(Kind.STRUCT, "x"), Entry.of(Kind.STRUCT, "own"));
        assertArrayEquals(new int[] {7, 17}, resolved(object, split));
    }

    @Test
    void shouldWarnOfSeveralTypesInIdOrder() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int number = btf.addInt("int", 4, 0);
        btf.addStruct("b", 4, Member.of("m", number, 0));
        btf.addStruct("a", 4, Member.of("m", number, 0));
        btf.addStruct("a", 4, Member.of("n", number, 0));
        btf.addStruct("b", 4, Member.of("m", number, 0));
        btf.addStruct("a", 4, Member.of("m", number, 0));
        btf.addStruct("c", 0);
        btf.addStruct("c", 0);
        BtfIdsObject object =
                listOf(Entry.of(Kind.STRUCT, "a"), Entry.of(Kind.STRUCT, "b"), Entry.of(Kind.STRUCT, "a"));
        assertEquals(
                List.of(
                        "multiple IDs found for 'a': 3, 4 - using 3 (layouts differ)",
                        "multiple IDs found for 'b': 2, 5 - using 2 (same layout)",
                        "multiple IDs found for 'a': 3, 6 - using 3 (same layout)"),
                warnings(object.toElf(), btf));
        assertArrayEquals(new int[] {3, 2, 3}, resolved(object, btf));
    }

    @Test
    void shouldNameTheSetsOfUnresolvedSymbols() throws IOException {
        BtfIdsObject object = object().with(
                        new IdSet8("one", 0, List.of(Entry.func("f"), Entry.func("g"), Entry.func("f"))),
                        new BtfIdsObject.IdSet("two", List.of(Entry.func("f"))),
                        new IdList("l", List.of(Entry.of(Kind.STRUCT, "s"), Entry.of(Kind.STRUCT, "f"))));
        assertEquals(
                List.of(
                        "resolve_btfids: unresolved symbol f (func in set8 'one', set 'two': not in the symbol"
                                + " table)",
                        "resolve_btfids: unresolved symbol g (func in set8 'one': not in the symbol table)",
                        "resolve_btfids: unresolved symbol s (struct: not in BTF)",
                        "resolve_btfids: unresolved symbol f (struct: not in BTF)"),
                warnings(object.toElf(), RawBtf.littleEndian()));
    }

    @Test
    void shouldSayThatAnotherKindHasTheName() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        btf.addUnion("x", 0);
        BtfIdsObject object = listOf(Entry.of(Kind.STRUCT, "x"), Entry.func("x"));
        assertEquals(
                List.of(
                        "resolve_btfids: unresolved symbol x (struct: BTF has no such struct, but a union of that"
                                + " name)",
                        "resolve_btfids: unresolved symbol x (func: BTF has no such func, but a union of that"
                                + " name)"),
                warnings(object.toElf(), btf));
    }

    private String reasonWith(RawElf elf) throws IOException {
        List<String> warnings = warnings(elf, RawBtf.littleEndian());
        assertEquals(1, warnings.size());
        String start = "resolve_btfids: unresolved symbol f (func: ";
        assertEquals(start, warnings.get(0).substring(0, start.length()));
        return warnings.get(0).substring(start.length(), warnings.get(0).length() - 1);
    }

    @Test
    void shouldSayThatFunctionIsDefinedButNotInBtf() throws IOException {
        RawElf elf = listOf(Entry.func("f")).toElf();
        elf.symbol("f.cold").type(2).in(elf.section(".text.cold"));
        elf.symbol("f").type(2).in(elf.section(".text"));
        assertEquals("in the symbol table, but not in BTF", reasonWith(elf));
    }

    @Test
    void shouldSayThatFunctionIsOfAnotherObject() throws IOException {
        RawElf elf = listOf(Entry.func("f")).toElf();
        elf.symbol("f").binding(1);
        assertEquals("defined in another object, and not in its BTF", reasonWith(elf));
    }

    @Test
    void shouldSayThatOnlyVariantsAreThere() throws IOException {
        RawElf elf = listOf(Entry.func("f")).toElf();
        RawElf.Section text = elf.section(".text");
        elf.symbol("ff.constprop.0").type(2).in(text);
        elf.symbol("f.data").type(1).in(text);
        assertEquals("not in the symbol table", reasonWith(elf));
        elf.symbol("f.isra.0").type(2).in(text);
        assertEquals("only f.isra.0 is in the symbol table", reasonWith(elf));
    }

    @Test
    void shouldCountNamesNotSlots() throws IOException {
        BtfIdsObject object = listOf(Entry.func("f"), Entry.func("f"), Entry.of(Kind.STRUCT, "f"), Entry.UNUSED);
        Workbench.Result result = bench.resolve(object.toBytes(), bench.given(RawBtf.littleEndian()));
        assertEquals(2, result.report().missingNames());
    }

    @Test
    void shouldWriteNothingWhereWarningsAreFatal() throws IOException {
        BtfIdsObject object = listOf(Entry.func("f"), Entry.of(Kind.STRUCT, "s"));
        RawBtf btf = RawBtf.littleEndian();
        btf.addStruct("s", 0);
        btf.addStruct("s", 0);
        Workbench.Result result =
                bench.resolve(object.toBytes(), bench.given(btf).withFatalWarnings(true));
        assertEquals(2, result.log().warnings.size());
        assertEquals(
                bench.path("object.ko") + ": 2 warnings, which are fatal as asked; not written",
                result.refusal().getMessage());

        RawBtf enough = RawBtf.littleEndian();
        enough.addStruct("s", 0);
        enough.addFunc("f", enough.addFuncProto(0), 1);
        bench.resolve(object.toBytes(), bench.given(enough).withFatalWarnings(true))
                .orThrow();
    }
}
