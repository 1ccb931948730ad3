package org.btfkit.elf;

import static org.btfkit.elf.Elves.assertFault;
import static org.btfkit.elf.Elves.headerOffset;
import static org.btfkit.elf.Elves.patched;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Ehdr;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inconsistent ELF files: each is refused with one line that has the place, never by a bounds or memory error. */
class ElfFormatTest {
    private static final Elves.Use SYMBOLS = ElfFile::symbols;

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all().subList(0, 4);
    }

    /** Sections: the null section, .text, .symtab, .strtab, .shstrtab. */
    private static RawElf sample(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        elf.symbol("one").in(elf.section(".text").data(new byte[12])).value(4);
        return elf;
    }

    private static RawElf sample() {
        return sample(ElfVariant.MODULE);
    }

    private static RawElfReader.Section section(RawElf elf, String name) {
        return new RawElfReader(elf.toBytes()).section(name).orElseThrow();
    }

    @Test
    void shouldRejectWhatIsNotElf() {
        assertFault(folder, new byte[0], 0, "not an ELF file: it is empty");
        assertFault(folder, "#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII), 0, "not an ELF file: it is a text");
        assertFault(folder, new byte[] {0x7f, 'E', 'L'}, 0, "not an ELF file");
        assertFault(folder, new byte[4096], 0, "not an ELF file");
        assertFault(folder, sample().header(Ehdr.MAGIC, 0x7f454c47L).toBytes(), 0, "not an ELF file");
        assertFault(folder, "!<arch>\n".getBytes(StandardCharsets.US_ASCII), 0, "not an ELF file");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectTruncatedHeader(ElfVariant variant) {
        byte[] whole = sample(variant).toBytes();
        for (int length = 4; length < (variant.is64() ? 64 : 52); length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length < 16) {
                assertFault(folder, cut, length, "truncated ELF header");
            } else {
                assertFault(folder, cut, 0, "ELF header past the end of the file (" + length + " bytes)");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 127, -1})
    void shouldRejectOtherIdentification(int value) {
        String found = " " + value + ", expected 1";
        assertFault(folder, sample().header(Ehdr.CLASS, value).toBytes(), 4, "ELF class" + found + " or 2");
        assertFault(folder, sample().header(Ehdr.DATA, value).toBytes(), 5, "ELF byte order" + found + " or 2");
        assertFault(folder, sample().header(Ehdr.IDENT_VERSION, value).toBytes(), 6, "ELF version" + found);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectOtherSectionHeaderSize(ElfVariant variant) {
        int right = variant.is64() ? 64 : 40;
        for (int size : new int[] {0, 1, right - 1, right + 1, 104 - right, 0xffff}) {
            byte[] bytes = sample(variant).header(Ehdr.SHENTSIZE, size).toBytes();
            assertFault(folder, bytes, variant.is64() ? 58 : 46, "e_shentsize " + size + ", expected " + right);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSectionTablePastTheEnd(ElfVariant variant) {
        int size = sample(variant).toBytes().length;
        List<Long> offsets = new ArrayList<>(List.of(size - 39L, (long) size, size + 1L, 0x7fff_ffffL, 0xffff_ffffL));
        if (variant.is64()) {
            offsets.addAll(List.of(1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1L, -64L));
        }
        for (long offset : offsets) {
            byte[] bytes = sample(variant).header(Ehdr.SHOFF, offset).toBytes();
            assertFault(folder, bytes, offset, "section table past the end of the file (" + size + " bytes)");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectTruncatedSectionTable(ElfVariant variant) {
        byte[] whole = sample(variant).toBytes();
        long table = headerOffset(whole, 0);
        for (int length = (int) headerOffset(whole, 1); length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertFault(folder, cut, table, "section table of 5 entries past the end of the file");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSectionCountPastTheEnd(ElfVariant variant) {
        long table = headerOffset(sample(variant).toBytes(), 0);
        for (int count : new int[] {6, 0xffff}) {
            byte[] bytes = sample(variant).header(Ehdr.SHNUM, count).toBytes();
            assertFault(folder, bytes, table, "section table of " + count + " entries past the end of the file");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectExtendedSectionCountPastTheEnd(ElfVariant variant) {
        long table = headerOffset(sample(variant).toBytes(), 0);
        List<Long> counts = new ArrayList<>(List.of(6L, 0x7fff_ffffL, 0xffff_ffffL));
        if (variant.is64()) {
            counts.addAll(List.of(Long.MAX_VALUE, Long.MIN_VALUE, -1L, 1L << 58));
        }
        for (long count : counts) {
            RawElf elf = sample(variant).header(Ehdr.SHNUM, 0);
            elf.find("").header(Shdr.SIZE, count);
            String message = "section table of " + Long.toUnsignedString(count) + " entries past the end of the file";
            assertFault(folder, elf.toBytes(), table, message);
        }
    }

    @Test
    void shouldRejectSectionTableWithoutEntries() {
        byte[] bytes = sample().header(Ehdr.SHNUM, 0).toBytes();
        assertFault(folder, bytes, headerOffset(bytes, 0), "e_shstrndx 4, expected below 0");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectNameTableThatIsNoSection(ElfVariant variant) {
        long table = headerOffset(sample(variant).toBytes(), 0);
        for (int index : new int[] {5, 6, 0xfffe}) {
            byte[] bytes = sample(variant).header(Ehdr.SHSTRNDX, index).toBytes();
            assertFault(folder, bytes, table, "e_shstrndx " + index + ", expected below 5");
        }
        for (int index : new int[] {5, 0x7fff_ffff, 0x8000_0000, -1}) {
            RawElf elf = sample(variant).header(Ehdr.SHSTRNDX, RawElf.SHN_XINDEX);
            elf.find("").header(Shdr.LINK, index);
            String message = "e_shstrndx " + Integer.toUnsignedString(index) + ", expected below 5";
            assertFault(folder, elf.toBytes(), table, message);
        }
    }

    /** Without that check the bytes of a NOBITS section would be read, which are nowhere. */
    @ParameterizedTest
    @ValueSource(longs = {12, 1L << 20, 1L << 31, 1L << 62, -1})
    void shouldRejectNameTableThatIsNoStringTable(long size) {
        RawElf elf = sample().header(Ehdr.SHSTRNDX, 1);
        String message = "e_shstrndx 1 is no string table";
        assertFault(folder, elf.toBytes(), headerOffset(elf.toBytes(), 1), message);
        elf.find(".text").nobits(size);
        assertFault(folder, elf.toBytes(), headerOffset(elf.toBytes(), 1), message);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSectionLargerThanTheFile(ElfVariant variant) {
        int size = sample(variant).toBytes().length;
        long offset = section(sample(variant), ".text").offset();
        List<Long> sizes = new ArrayList<>(List.of(size - offset + 1, 0x7fff_ffffL, 0xffff_ffffL));
        if (variant.is64()) {
            sizes.addAll(List.of(1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1L));
        }
        for (long bad : sizes) {
            RawElf elf = sample(variant);
            elf.find(".text").header(Shdr.SIZE, bad);
            String message = "section [1] .text: " + Long.toUnsignedString(bad) + " bytes past the end of the file ("
                    + size + " bytes)";
            assertFault(folder, elf.toBytes(), offset, message);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSectionPastTheEnd(ElfVariant variant) {
        int size = sample(variant).toBytes().length;
        List<Long> offsets = new ArrayList<>(List.of(size - 11L, size + 1L, 0x7fff_ffffL, 0xffff_ffffL));
        if (variant.is64()) {
            offsets.addAll(List.of(1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1L, -12L));
        }
        for (long bad : offsets) {
            RawElf elf = sample(variant);
            elf.find(".text").header(Shdr.OFFSET, bad);
            String message = "section [1] .text: 12 bytes past the end of the file (" + size + " bytes)";
            assertFault(folder, elf.toBytes(), bad, message);
        }
    }

    @Test
    void shouldAcceptEmptySectionAtTheEnd() throws IOException {
        RawElf elf = sample();
        int size = elf.toBytes().length;
        elf.find(".text").header(Shdr.SIZE, 0).header(Shdr.OFFSET, size);
        try (ElfFile file = Elves.open(folder, elf)) {
            assertEquals(0, file.bytes(file.section(".text")).length);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSectionNameOutOfTable(ElfVariant variant) {
        byte[] sound = sample(variant).toBytes();
        RawElfReader.Section names = section(sample(variant), ".shstrtab");
        for (int nameOff : new int[] {(int) names.size(), 0x7fff_ffff, 0x8000_0000, -1}) {
            RawElf elf = sample(variant);
            elf.find(".text").header(Shdr.NAME, nameOff);
            String message = "name offset " + Integer.toUnsignedString(nameOff) + " past section [4] .shstrtab ("
                    + names.size() + " bytes)";
            assertFault(folder, elf.toBytes(), headerOffset(sound, 1), message);
        }
    }

    @Test
    void shouldRejectSectionNameWithoutEnd() {
        byte[] bytes = sample().toBytes();
        RawElfReader.Section names = section(sample(), ".shstrtab");
        bytes[(int) (names.offset() + names.size() - 1)] = 'x';
        int nameOff = (int) names.size() - ".shstrtab\0".length();
        String message = "string " + nameOff + " of section [4] .shstrtab has no end";
        assertFault(folder, bytes, headerOffset(bytes, 4), message);
    }

    @Test
    void shouldRejectTwoSectionsOfTheNameAskedFor() {
        RawElf elf = sample();
        elf.section(".BTF").data(new byte[3]);
        elf.section(".BTF").data(new byte[5]);
        long second = new RawElfReader(elf.toBytes()).sections().get(3).offset();
        String message = "sections [2] .BTF and [3] .BTF have one name";
        assertFault(folder, elf.toBytes(), file -> file.section(".BTF"), second, message);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSymbolsOfOddSize(ElfVariant variant) {
        long offset = section(sample(variant), ".symtab").offset();
        byte[] sound = sample(variant).toBytes();
        int entry = variant.is64() ? 24 : 16;
        for (int entsize : new int[] {0, 1, entry - 1, entry + 1, 40 - entry}) {
            String message = "section [2] .symtab: " + 2 * entry + " bytes in entries of " + entsize
                    + ", expected entries of " + entry;
            assertFault(folder, patched(sound, 2, Shdr.ENTSIZE, entsize), SYMBOLS, offset, message);
        }
        String message = "section [2] .symtab: " + (2 * entry - 1) + " bytes in entries of " + entry
                + ", expected entries of " + entry;
        assertFault(folder, patched(sound, 2, Shdr.SIZE, 2 * entry - 1), SYMBOLS, offset, message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 0x7fff_ffff, 0x8000_0000, -1})
    void shouldRejectSymbolNamesThatAreNoSection(int link) {
        byte[] bytes = patched(sample().toBytes(), 2, Shdr.LINK, link);
        String message = "section [2] .symtab: sh_link " + Integer.toUnsignedString(link) + " is no string table";
        assertFault(folder, bytes, SYMBOLS, section(sample(), ".symtab").offset(), message);
    }

    @Test
    void shouldRejectSymbolNamesOfAnotherType() {
        byte[] bytes = patched(sample().toBytes(), 2, Shdr.LINK, 1);
        String message = "section [2] .symtab: sh_link [1] .text is no string table";
        assertFault(folder, bytes, SYMBOLS, section(sample(), ".symtab").offset(), message);
    }

    @Test
    void shouldRejectTwoSymbolTables() {
        RawElf elf = sample();
        elf.section(".symtab2").type(RawElf.SHT_SYMTAB).entsize(24);
        String message = "sections [2] .symtab2 and [3] .symtab are both symbol tables";
        assertFault(folder, elf.toBytes(), SYMBOLS, section(elf, ".symtab").offset(), message);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectSymbolNameOutOfTable(ElfVariant variant) {
        long offset = section(sample(variant), ".symtab").offset() + (variant.is64() ? 24 : 16);
        byte[] prefix = {'o'};
        for (int nameOff : new int[] {1, 5, 0x7fff_ffff, 0x8000_0000, -1}) {
            RawElf elf = sample(variant);
            elf.findSymbol("one").nameOff(nameOff);
            String message = "name offset " + Integer.toUnsignedString(nameOff) + " past section [3] .strtab (1 bytes)";
            assertFault(folder, elf.toBytes(), file -> file.symbols().name(1), offset, message);
            assertFault(folder, elf.toBytes(), file -> file.symbols().nameStartsWith(1, prefix), offset, message);
        }
    }

    @Test
    void shouldRejectSymbolNameWithoutEnd() {
        byte[] bytes = sample().toBytes();
        RawElfReader.Section names = section(sample(), ".strtab");
        bytes[(int) (names.offset() + names.size() - 1)] = 'x';
        long offset = section(sample(), ".symtab").offset() + 24;
        String message = "string 1 of section [3] .strtab has no end";
        assertFault(folder, bytes, file -> file.symbols().name(1), offset, message);
    }

    @Test
    void shouldRejectLargeIndexWithoutItsTable() {
        RawElf elf = sample();
        elf.findSymbol("one").shndx(RawElf.SHN_XINDEX);
        long offset = section(sample(), ".symtab").offset() + 24;
        String message = "symbol 1 has SHN_XINDEX, but there is no SHT_SYMTAB_SHNDX section";
        assertFault(folder, elf.toBytes(), file -> file.symbols().sectionIndex(1), offset, message);
    }

    @Test
    void shouldRejectLargeIndexTableThatIsTooShort() {
        RawElf elf = sample();
        RawElf.Section table = elf.section(".symtab_shndx").type(RawElf.SHT_SYMTAB_SHNDX);
        table.data(new byte[7]).header(Shdr.LINK, 3);
        String message = "section [2] .symtab_shndx has 1 entries, expected 2";
        assertFault(
                folder, elf.toBytes(), SYMBOLS, section(elf, ".symtab_shndx").offset(), message);
    }

    /** Its fields stand for fields of the file header that are too small; its type and place mean nothing. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 9, 18, 19})
    void shouldSeeNoTableInTheNullSection(int type) throws IOException {
        RawElf elf = sample();
        elf.find("").header(Shdr.TYPE, type).header(Shdr.OFFSET, -1).header(Shdr.SIZE, Long.MAX_VALUE);
        elf.find("").header(Shdr.LINK, type == 18 ? 2 : 3).header(Shdr.ENTSIZE, 24);
        try (ElfFile file = Elves.open(folder, elf)) {
            assertEquals(0, file.sections().get(0).type());
            assertEquals("one", file.symbols().name(1));
        }
    }
}
