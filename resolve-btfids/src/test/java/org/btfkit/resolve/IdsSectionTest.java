package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfFormatException;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Section;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsSectionTest {
    @TempDir
    Path folder;

    /** An object with a section of 64 bytes and nothing in it. */
    private static RawElf elf() {
        RawElf elf = RawElf.of(ElfVariant.MODULE).withSymtab();
        elf.section(".text").data(new byte[20]);
        elf.section(".BTF_ids").data(new byte[64]);
        return elf;
    }

    private static RawElf.Symbol add(RawElf elf, String symbol, long value, long size) {
        return elf.symbol(symbol).in(elf.find(".BTF_ids")).value(value).size(size);
    }

    private IdsSection collect(RawElf elf) throws IOException {
        try (ElfFile file = ElfFile.open(Files.write(folder.resolve("m.ko"), elf.toBytes()))) {
            return IdsSection.collect(file);
        }
    }

    /** Asserts that the object is refused, with the offset that the fault has in the section. */
    private void assertRefused(RawElf elf, String message, int offset) throws IOException {
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> collect(elf));
        long start = new RawElfReader(elf.toBytes())
                .section(".BTF_ids")
                .orElseThrow()
                .offset();
        assertEquals(start + offset, e.fileOffset());
        String expected =
                folder.resolve("m.ko") + ": .BTF_ids: " + message + ", at 0x" + Long.toHexString(start + offset);
        assertEquals(expected, e.getMessage());
    }

    @Test
    void shouldPutSymbolsIntoSetsAndList() throws IOException {
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdList("l", List.of(Entry.of(Kind.UNION, "u"), Entry.UNUSED)))
                .with(new IdSet8("s8", 1, List.of(Entry.func("f__2", 7), Entry.UNUSED)))
                .with(new BtfIdsObject.IdSet("s__1", List.of(Entry.of(Kind.TYPEDEF, "t"))));
        IdsSection ids = collect(object.toElf());
        assertEquals("[union 'u', func 'f__2', typedef 't']", ids.symbols().toString());
        assertEquals("[union 'u']", ids.listed().toString());
        assertEquals("[set8 's8', set 's__1']", ids.sets().toString());
        IdSet set8 = ids.sets().get(0);
        assertEquals(List.of(8, 2, 32), List.of(set8.offset, set8.count, set8.end()));
        assertEquals("func 'f__2'", set8.symbols[0].toString());
        assertNull(set8.symbols[1]);
        assertEquals(7, ids.flags(set8, 0));
        assertEquals(0, ids.flags(ids.sets().get(1), 0));
        assertTrue(ids.isFresh());
        assertFalse(ids.isEmpty());
    }

    @Test
    void shouldCollectSectionWithoutSymbolTable() throws IOException {
        assertNull(collect(RawElf.of(ElfVariant.MODULE).withSymtab()));
        RawElf stripped = RawElf.of(ElfVariant.MODULE);
        stripped.section(".BTF_ids").data(new byte[] {0, 0, 0, 0, 7, 0, 0, 0});
        IdsSection unnamed = collect(stripped);
        assertTrue(unnamed.isEmpty());
        assertEquals(1, unnamed.unnamedCount());
        assertEquals(4, unnamed.firstUnnamed());
        IdsSection empty = collect(elf());
        assertNotNull(empty);
        assertTrue(empty.isEmpty());
    }

    @Test
    void shouldRefuseSectionWithoutBytes() throws IOException {
        RawElf elf = elf();
        elf.find(".BTF_ids").nobits(64);
        assertRefused(elf, "has no plain bytes in the file, expected PROGBITS", 0);
        RawElf compressed = elf();
        compressed.find(".BTF_ids").flags(0x800);
        assertRefused(compressed, "has no plain bytes in the file, expected PROGBITS", 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 64, 1L << 40, -4})
    void shouldRefuseSlotOutOfTheSection(long value) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__func__f__1", value, 4);
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> collect(elf));
        assertTrue(
                e.getMessage().contains(".BTF_ids: symbol __BTF_ID__func__f__1 is out of the section (64 bytes), at"),
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"__BTF_ID__func__f__1, 6", "__BTF_ID__set__s, 7", "__BTF_ID__set8__s, 1"})
    void shouldRefuseSymbolBetweenSlots(String symbol, int value) throws IOException {
        RawElf elf = elf();
        add(elf, symbol, value, 8);
        assertRefused(elf, "symbol " + symbol + " is not on a slot, expected an offset that is a multiple of 4", value);
    }

    @ParameterizedTest
    @CsvSource({"set8, 12, 8", "set8, 0, 8", "set8, 4, 8", "set, 6, 4", "set, 0, 4", "set, 3, 4"})
    void shouldRefuseSetOfBrokenSize(String kind, long size, int unit) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__" + kind + "__s", 8, size);
        assertRefused(
                elf,
                "symbol __BTF_ID__" + kind + "__s has st_size " + size + ", expected a multiple of " + unit
                        + " that is not 0",
                8);
    }

    @ParameterizedTest
    @CsvSource({"set8, 64", "set, 60"})
    void shouldRefuseSetPastTheEnd(String kind, long size) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__" + kind + "__s", 8, size);
        assertRefused(
                elf,
                "symbol __BTF_ID__" + kind + "__s: st_size " + size + " past the end of the section (64 bytes)",
                8);
    }

    @Test
    void shouldRefuseSizeThatIsNegative() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set__s", 8, -4);
        assertRefused(elf, "symbol __BTF_ID__set__s has st_size -4, expected a multiple of 4 that is not 0", 8);
    }

    @Test
    void shouldTakeSetThatFillsTheSection() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set8__s", 0, 64);
        assertEquals(7, collect(elf).sets().get(0).count);
    }

    @Test
    void shouldRefuseOverlappingSets() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set8__later", 16, 8);
        add(elf, "__BTF_ID__set__earlier", 0, 20);
        assertRefused(elf, "set 'earlier' and set8 'later' overlap", 16);
    }

    @Test
    void shouldTakeSetsOfOneName() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set__s", 0, 8);
        add(elf, "__BTF_ID__set__s", 8, 8);
        assertEquals("[set 's', set 's']", collect(elf).sets().toString());
    }

    @Test
    void shouldRefuseTwoSymbolsOnOneSlot() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__func__f__1", 12, 4);
        add(elf, "__BTF_ID__struct__s__2", 12, 4);
        assertRefused(elf, "one slot is named by two symbols, for func 'f' and struct 's'", 12);
    }

    @ParameterizedTest
    @CsvSource({"0, set8 's'", "4, set8 's'", "12, set8 's'", "24, set 't'"})
    void shouldRefuseSymbolOnWordsThatHoldNoId(int value, String set) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set8__s", 0, 24);
        add(elf, "__BTF_ID__set__t", 24, 8);
        add(elf, "__BTF_ID__func__f__1", value, 4);
        assertRefused(elf, "symbol for func 'f' names a word of " + set + " that holds no id", value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"func__f", "func__f__", "func__f__1a", "struct____1", "union__1"})
    void shouldRefuseNameWithoutNumber(String rest) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__" + rest, 0, 4);
        String kind = rest.substring(0, rest.indexOf('_'));
        assertRefused(elf, "symbol __BTF_ID__" + rest + ", expected __BTF_ID__" + kind + "__NAME__DIGITS", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"enum__e__1", "set9__s", "funcs__f__1", "set_s", "", "typedef_t__1"})
    void shouldRefuseUnknownKind(String rest) throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__" + rest, 0, 4);
        assertRefused(
                elf,
                "symbol __BTF_ID__" + rest
                        + " is of an unknown kind, expected struct, union, typedef, func, set or set8",
                0);
    }

    @Test
    void shouldIgnoreSymbolsOfOtherSections() throws IOException {
        RawElf elf = elf();
        Section text = elf.find(".text");
        elf.symbol("__BTF_ID__nonsense").in(text);
        elf.symbol("__BTF_ID__func__f__1").shndx(RawElf.SHN_ABS);
        elf.symbol("__BTF_ID__func__f__2").shndx(RawElf.SHN_UNDEF);
        add(elf, "BTF_ID__func__f__3", 1, 4);
        add(elf, "__BTF_ID_", 1, 4);
        assertTrue(collect(elf).isEmpty());
    }

    @Test
    void shouldNotBeFreshWithAnyId() throws IOException {
        RawElf elf = elf();
        add(elf, "__BTF_ID__set8__s", 0, 16);
        byte[] words = new byte[64];
        words[0] = 1;
        words[4] = 1;
        words[12] = 1;
        elf.find(".BTF_ids").data(words);
        assertTrue(collect(elf).isFresh());
        words[8] = 1;
        elf.find(".BTF_ids").data(words);
        assertFalse(collect(elf).isFresh());
    }
}
