package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Ehdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading sound ELF files of both classes, both byte orders and every type. */
class ElfFileTest {
    private static final byte[] PREFIX = "__BTF_ID__".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    static List<ElfVariant> relocatable() {
        return ElfVariant.all().stream().filter(ElfVariant::relocatable).toList();
    }

    private static RawElf sample(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        RawElf.Section text = elf.section(".text").data(new byte[] {1, 2, 3}).align(16);
        text.flags(RawElf.SHF_ALLOC);
        elf.section(".bss").nobits(1L << 30).flags(RawElf.SHF_ALLOC | RawElf.SHF_WRITE);
        RawElf.Section ids = elf.section(".BTF_ids").data(new byte[24]).addr(0xf234_5678L);
        ids.info(7).entsize(4).link(text).gapBefore(new byte[5]);
        elf.symbol("local").in(text).value(2).size(1).type(2);
        elf.symbol("__BTF_ID__func__f__1").in(ids).value(0xf234_567cL).size(4).type(1);
        elf.symbol("__BTF_ID_").in(ids).value(0xffff_fff0L).size(0xffff_ffffL);
        elf.symbol("absolute").shndx(RawElf.SHN_ABS).value(0x8000_0000L);
        elf.symbol("common").shndx(RawElf.SHN_COMMON).binding(1).size(8);
        elf.symbol("elsewhere").shndx(RawElf.SHN_UNDEF).binding(2);
        elf.symbol("").type(3).in(text);
        return elf;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReadHeader(ElfVariant variant) throws IOException {
        byte[] bytes = sample(variant).toBytes();
        Path path = Elves.write(folder, bytes);
        try (ElfFile file = ElfFile.open(path)) {
            assertEquals(variant.is64(), file.is64());
            assertEquals(variant.order(), file.order());
            assertEquals(variant.type(), file.type());
            assertEquals(variant.machine(), file.machine());
            assertEquals(variant.relocatable(), file.type() == ElfFile.ET_REL);
            assertEquals(bytes.length, file.size());
            assertEquals(path, file.path());
            assertEquals(path.toString(), file.toString());
            assertFalse(file.isCompressed());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReadSections(ElfVariant variant) throws IOException {
        RawElf elf = sample(variant);
        RawElfReader expected = new RawElfReader(elf.toBytes());
        try (ElfFile file = Elves.open(folder, elf)) {
            assertEquals(expected.sections().size(), file.sections().size());
            for (RawElfReader.Section s : expected.sections()) {
                ElfSection section = file.sections().get(s.index());
                assertEquals(
                        new ElfSection(
                                s.index(),
                                s.name(),
                                s.type(),
                                s.flags(),
                                s.addr(),
                                s.offset(),
                                s.size(),
                                s.link(),
                                s.info(),
                                s.addrAlign(),
                                s.entsize()),
                        section);
                if (section.hasBytes()) {
                    assertArrayEquals(expected.bytes(s), file.bytes(section));
                    assertEquals(s.size(), file.content(section).size());
                }
            }
            assertEquals("[3] .BTF_ids", file.section(".BTF_ids").toString());
            assertFalse(file.section(".bss").hasBytes());
            assertFalse(file.sections().get(0).hasBytes());
            assertArrayEquals(
                    new byte[] {2, 3}, file.content(file.section(".text")).read(1, 2));
            assertNull(file.section(".BTF"));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReadSymbols(ElfVariant variant) throws IOException {
        RawElf elf = sample(variant);
        RawElfReader expected = new RawElfReader(elf.toBytes());
        try (ElfFile file = Elves.open(folder, elf)) {
            ElfSymbols symbols = file.symbols();
            assertEquals(expected.symbols().size(), symbols.count());
            assertEquals(".symtab", symbols.section().name());
            for (RawElfReader.Symbol s : expected.symbols()) {
                int i = s.index();
                assertEquals(s.name(), symbols.name(i));
                assertEquals(s.value(), symbols.value(i));
                assertEquals(s.size(), symbols.size(i));
                assertEquals(s.type(), symbols.type(i));
                assertEquals(s.name().startsWith("__BTF_ID__"), symbols.nameStartsWith(i, PREFIX));
                int section = s.rawShndx() >= RawElf.SHN_LORESERVE ? ElfSymbols.NO_SECTION : s.shndx();
                assertEquals(section, symbols.sectionIndex(i), s.name());
            }
            assertEquals("", symbols.name(0));
            assertEquals(0xf234_567cL, symbols.value(2));
        }
    }

    @Test
    void shouldReadSixtyFourBitValues() throws IOException {
        RawElf elf = RawElf.of(new ElfVariant(true, ByteOrder.BIG_ENDIAN, ElfVariant.ET_EXEC));
        RawElf.Section section =
                elf.section(".data").addr(0xffff_ffff_8234_5678L).data(new byte[8]);
        elf.symbol("high").in(section).value(0xffff_ffff_8234_567cL).size(Long.MIN_VALUE);
        try (ElfFile file = Elves.open(folder, elf)) {
            assertEquals(0xffff_ffff_8234_567cL, file.symbols().value(1));
            assertEquals(Long.MIN_VALUE, file.symbols().size(1));
            assertEquals(4, file.symbols().value(1) - file.section(".data").address());
        }
    }

    /** The extended numbering: e_shnum and e_shstrndx in the null section, SHN_XINDEX in symbols. */
    @ParameterizedTest
    @MethodSource("relocatable")
    void shouldReadMoreSectionsThanSixteenBitsHold(ElfVariant variant) throws IOException {
        RawElf elf = RawElf.of(variant).fillerSections(".filler", 65_290);
        RawElf.Section far = elf.section(".BTF_ids").data(new byte[] {1, 2, 3, 4});
        RawElf.Section near = elf.find(".filler");
        elf.symbol("__BTF_ID__func__f__1").in(far).value(4);
        elf.symbol("near").in(near);
        elf.symbol("absolute").shndx(RawElf.SHN_ABS);
        elf.symbol("global").in(far).binding(1);
        try (ElfFile file = Elves.open(folder, elf)) {
            assertTrue(file.sections().size() > 65_290);
            ElfSection section = file.section(".BTF_ids");
            assertEquals(65_291, section.index());
            assertArrayEquals(new byte[] {1, 2, 3, 4}, file.bytes(section));
            assertEquals(65_291, file.symbols().sectionIndex(1));
            assertEquals(1, file.symbols().sectionIndex(2));
            assertEquals(ElfSymbols.NO_SECTION, file.symbols().sectionIndex(3));
            assertEquals(65_291, file.symbols().sectionIndex(4));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReadOtherOrdersOfParts(ElfVariant variant) throws IOException {
        try (ElfFile file =
                Elves.open(folder, sample(variant).sectionHeadersFirst().oneStringTable())) {
            assertEquals(24, file.section(".BTF_ids").size());
            assertEquals("local", file.symbols().name(1));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldAcceptFileWithoutSections(ElfVariant variant) throws IOException {
        try (ElfFile file = Elves.open(folder, RawElf.of(variant).header(Ehdr.SHOFF, 0))) {
            assertEquals(List.of(), file.sections());
            assertNull(file.section(".BTF_ids"));
            assertNull(file.symbols());
        }
    }

    @Test
    void shouldAcceptFileWithoutSectionNames() throws IOException {
        try (ElfFile file = Elves.open(folder, sample(ElfVariant.MODULE).header(Ehdr.SHSTRNDX, 0))) {
            assertEquals("", file.sections().get(1).name());
            assertEquals("local", file.symbols().name(1));
        }
    }

    @Test
    void shouldHaveNoSymbolsWithoutTable() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".text");
        try (ElfFile file = Elves.open(folder, elf)) {
            assertNull(file.symbols());
        }
    }

    @Test
    void shouldHaveOnlyTheNullSymbolInEmptyTable() throws IOException {
        try (ElfFile file = Elves.open(folder, RawElf.of(ElfVariant.MODULE).withSymtab())) {
            assertEquals(1, file.symbols().count());
            assertEquals("", file.symbols().name(0));
        }
    }

    @Test
    void shouldReadTheSampleModule() throws IOException {
        byte[] bytes = SampleModule.module();
        RawElfReader expected = new RawElfReader(bytes);
        try (ElfFile file = ElfFile.open(Elves.write(folder, bytes))) {
            assertEquals(expected.sections().size(), file.sections().size());
            assertEquals(expected.symbols().size(), file.symbols().count());
            assertArrayEquals(expected.bytes(".BTF_ids"), file.bytes(file.section(".BTF_ids")));
            assertArrayEquals(Arrays.copyOfRange(bytes, 16, 64), file.bytes(16, 48));
        }
    }

    @Test
    void shouldTellElfByItsFirstBytes() {
        assertTrue(ElfFile.isElf(new byte[] {0x7f, 'E', 'L', 'F'}));
        assertTrue(ElfFile.isElf(SampleModule.module()));
        assertFalse(ElfFile.isElf(new byte[] {0x7f, 'E', 'L'}));
        assertFalse(ElfFile.isElf(new byte[] {0x7f, 'E', 'L', 'f'}));
        assertFalse(ElfFile.isElf(new byte[0]));
        assertFalse(ElfFile.isElf(SampleModule.vmlinuxBtf()));
    }

    @Test
    void shouldNotOpenWhatIsNotThere() {
        Path missing = folder.resolve("missing.ko");
        IOException e = assertThrows(IOException.class, () -> ElfFile.open(missing));
        assertTrue(e instanceof NoSuchFileException || e.getMessage().contains(missing.toString()), e.toString());
        assertThrows(IOException.class, () -> ElfFile.open(folder));
    }

    @Test
    void shouldReadFileThroughSymbolicLink() throws IOException {
        Path path = Elves.write(folder, SampleModule.module());
        Path link = Files.createSymbolicLink(folder.resolve("link.ko"), path);
        try (ElfFile file = ElfFile.open(link)) {
            assertEquals(link, file.path());
            assertTrue(file.sections().size() > 3);
        }
    }
}
