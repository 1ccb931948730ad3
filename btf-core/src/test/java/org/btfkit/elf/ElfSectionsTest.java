package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.btfkit.elf.ElfSectionLaws.Edit;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections that come, change their size and go, case by case; {@link ElfSectionLaws} has the laws. */
class ElfSectionsTest {
    private static final byte[] LONG = new byte[1001];
    private static final byte[] SHORT = {1, 2, 3};

    static {
        Arrays.fill(LONG, (byte) 0x55);
    }

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    /** Sections in front of .BTF and behind it, one allocated in its segment, one that lists members of a group. */
    private static RawElf sample(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        RawElf.Section text = elf.section(".text").data(new byte[20]).align(16).flags(RawElf.SHF_ALLOC);
        if (!variant.relocatable()) {
            text.addr(0x1000).load(5, 0x1000);
        }
        elf.section(".comment").data(new byte[] {'x', 0});
        elf.section(".BTF").data(new byte[] {9, 8, 7, 6});
        RawElf.Section debug = elf.section(".debug_info").data(new byte[33]).align(8);
        RawElf.Symbol one = elf.symbol("one").in(text).value(0x1004);
        elf.symbol("two").in(debug).value(3);
        elf.rela(debug, List.of(new RawElf.Reloc(4, one, 1, 5)));
        return elf;
    }

    private Path write(RawElf elf) {
        return Elves.write(folder, elf.toBytes());
    }

    private static void edit(Path path, Edit edit) throws IOException {
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            edit.on(editor);
            editor.writeInPlace();
        }
    }

    /** Checks that an edit is refused with this message, and that the file is as it was, with nothing beside it. */
    private void assertRefused(RawElf elf, Edit edit, String message) throws IOException {
        byte[] before = elf.toBytes();
        Path path = Elves.write(folder, before);
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> edit(path, edit));
        assertTrue(e.getMessage().startsWith(path + ": " + message + ", at 0x"), e.getMessage());
        assertArrayEquals(before, Files.readAllBytes(path));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldMoveNoMoreThanItMust(ElfVariant variant) throws IOException {
        byte[] before = sample(variant).toBytes();
        Path path = Elves.write(folder, before);
        edit(path, editor -> editor.putSection(".BTF", LONG));
        RawElfReader old = new RawElfReader(before);
        byte[] after = Files.readAllBytes(path);
        RawElfReader now = new RawElfReader(after);
        for (String name : List.of(".text", ".comment", ".BTF")) {
            assertEquals(
                    old.section(name).orElseThrow().offset(),
                    now.section(name).orElseThrow().offset());
        }
        long end = now.section(".BTF").orElseThrow().offset() + LONG.length;
        assertEquals((end + 7) / 8 * 8, now.section(".debug_info").orElseThrow().offset());
        assertArrayEquals(LONG, now.bytes(".BTF"));
        assertEquals(ElfView.without(before, ".BTF"), ElfView.without(after, ".BTF"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldAddBehindEverything(ElfVariant variant) throws IOException {
        byte[] before = sample(variant).toBytes();
        Path path = Elves.write(folder, before);
        edit(path, editor -> {
            editor.putSection(".BTF.base", LONG, 0, 32);
            editor.putSection("xyz", SHORT);
        });
        byte[] after = Files.readAllBytes(path);
        RawElfReader now = new RawElfReader(after);
        int count = new RawElfReader(before).sections().size();
        RawElfReader.Section base = now.section(".BTF.base").orElseThrow();
        RawElfReader.Section xyz = now.section("xyz").orElseThrow();
        assertEquals(count, base.index());
        assertEquals(count + 1, xyz.index());
        assertEquals(32, base.addrAlign());
        assertEquals(0, base.offset() % 32);
        assertTrue(base.offset() >= before.length);
        assertEquals(base.offset() + LONG.length, xyz.offset());
        assertEquals(after.length, xyz.offset() + SHORT.length);
        assertArrayEquals(LONG, now.bytes(".BTF.base"));
        assertArrayEquals(SHORT, now.bytes("xyz"));
        // ".BTF.base" and "xyz" are new; a name that is the end of another is not
        String names = new String(now.bytes(".shstrtab"), StandardCharsets.US_ASCII);
        assertTrue(names.endsWith("\0.BTF.base\0xyz\0"), names);
        edit(path, editor -> editor.putSection("base", SHORT));
        assertEquals(
                names,
                new String(new RawElfReader(Files.readAllBytes(path)).bytes(".shstrtab"), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldComposeWithOtherChanges(ElfVariant variant) throws IOException {
        byte[] unsigned = sample(variant).toBytes();
        Path path = write(sample(variant).moduleSignature(new byte[50]));
        byte[] debug = new byte[33];
        Arrays.fill(debug, (byte) 3);
        edit(path, editor -> {
            editor.putSection(".BTF", SHORT);
            editor.putSection("xyz", LONG);
            editor.removeSection(".comment");
            try (ElfFile file = ElfFile.open(path)) {
                editor.setBytes(file.section(".debug_info"), debug);
            }
            editor.setSymbolValue(1, 0x1008);
            editor.truncate(unsigned.length);
        });
        RawElfReader now = new RawElfReader(Files.readAllBytes(path));
        assertArrayEquals(SHORT, now.bytes(".BTF"));
        assertArrayEquals(LONG, now.bytes("xyz"));
        assertArrayEquals(debug, now.bytes(".debug_info"));
        assertFalse(now.section(".comment").isPresent());
        RawElfReader.Symbol one = now.symbol("one").orElseThrow();
        assertEquals(0x1008, one.value());
        assertEquals(".text", now.sections().get(one.shndx()).name());
        assertEquals(
                ".debug_info",
                now.sections().get(now.symbol("two").orElseThrow().shndx()).name());
    }

    @Test
    void shouldForgetWhatIsTakenBack() throws IOException {
        Path path = write(sample(ElfVariant.MODULE));
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.putSection(".BTF", LONG);
            editor.putSection("xyz", LONG);
            editor.setSymbolValue(1, 5);
            assertTrue(editor.hasChanges());
            editor.removeSection("xyz");
            editor.removeSection(".BTF");
            editor.putSection(".BTF", new byte[] {9, 8, 7, 6});
            editor.setSymbolValue(1, 0x1004);
            editor.removeSection("none of that name");
            assertFalse(editor.hasChanges());
        }
    }

    @Test
    void shouldWriteCompressedFileToAnotherOne() throws IOException {
        byte[] elf = sample(ElfVariant.MODULE).toBytes();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(elf);
        }
        Path plain = Elves.write(folder, elf);
        Path from = Files.write(folder.resolve("packed.o.gz"), packed.toByteArray());
        Path target = folder.resolve("copy.o");
        try (ElfFile file = ElfFile.open(from)) {
            ElfEditor editor = new ElfEditor(file);
            editor.putSection(".BTF", LONG);
            editor.writeTo(target);
        }
        edit(plain, editor -> editor.putSection(".BTF", LONG));
        assertArrayEquals(Files.readAllBytes(plain), Files.readAllBytes(target));
    }

    /** What no section claims stays in front of the section it was in front of. */
    @Test
    void shouldKeepUnclaimedBytes() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(new byte[5]);
        elf.section(".data").data(SHORT).align(4).gapBefore(new byte[] {7, 7, 7, 7, 7, 7, 7, 7});
        Path path = write(elf);
        for (byte[] content : List.of(LONG, SHORT)) {
            edit(path, editor -> editor.putSection(".BTF", content));
            byte[] now = Files.readAllBytes(path);
            int data =
                    (int) new RawElfReader(now).section(".data").orElseThrow().offset();
            assertArrayEquals(
                    new byte[] {7, 7, 7, 7, 7, 7, 7, 7, 1, 2, 3}, Arrays.copyOfRange(now, data - 8, data + 3));
        }
    }

    // ---- numbers that need more than 16 bits

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCrossTheLimitOfSectionNumbers(boolean is64) throws IOException {
        for (ElfVariant variant : ElfVariant.all()) {
            if (!variant.relocatable() || variant.is64() != is64) {
                continue;
            }
            RawElf elf = RawElf.of(variant);
            RawElf.Section gone = elf.section(".gone").data(SHORT);
            elf.fillerSections("f", RawElf.SHN_LORESERVE - 1 - 6);
            RawElf.Section edge = elf.section(".edge").data(SHORT);
            elf.symbol("edge").in(edge).value(1);
            byte[] before = elf.toBytes();
            assertEquals(
                    RawElf.SHN_LORESERVE - 1,
                    new RawElfReader(before).sections().size());
            Path path = Elves.write(folder, before);
            edit(path, editor -> editor.putSection(".BTF", LONG));
            byte[] added = Files.readAllBytes(path);
            assertEquals(0, ByteBuffer.wrap(added).getShort(is64 ? 60 : 48));
            assertArrayEquals(LONG, new RawElfReader(added).bytes(".BTF"));
            assertEquals(ElfView.without(before), ElfView.without(added, ".BTF"));
            edit(path, editor -> editor.removeSection(".BTF"));
            assertArrayEquals(before, Files.readAllBytes(path), gone.name());
        }
    }

    @Test
    void shouldRenumberLargeSectionNumbers() throws IOException {
        for (int fillers : new int[] {RawElf.SHN_LORESERVE - 2, RawElf.SHN_LORESERVE + 5}) {
            RawElf elf = RawElf.of(ElfVariant.MODULE);
            elf.section(".gone").data(SHORT);
            elf.fillerSections("f", fillers);
            RawElf.Section edge = elf.section(".edge").data(SHORT);
            RawElf.Section far = elf.section(".far").data(LONG);
            elf.symbol("edge").in(edge).value(1);
            elf.symbol("far").in(far).value(2);
            elf.symbol("absolute").shndx(RawElf.SHN_ABS);
            byte[] before = elf.toBytes();
            Path path = Elves.write(folder, before);
            edit(path, editor -> editor.removeSection(".gone"));
            byte[] after = Files.readAllBytes(path);
            assertEquals(ElfView.without(before, ".gone"), ElfView.without(after));
            RawElfReader.Symbol moved = new RawElfReader(after).symbol("edge").orElseThrow();
            assertEquals(edge.index() - 1, moved.shndx());
            assertEquals(moved.shndx() < RawElf.SHN_LORESERVE ? moved.shndx() : RawElf.SHN_XINDEX, moved.rawShndx());
        }
    }

    // ---- refusals

    @Test
    void shouldRefuseToMoveWhatIsInMemory() throws IOException {
        for (ElfVariant variant : ElfVariant.all()) {
            if (variant.relocatable()) {
                continue;
            }
            String message = "section [1] .text has its place in memory, so it has to keep its 20 bytes,"
                    + " as linked code has the addresses of its start and end: change it before linking";
            assertRefused(sample(variant), editor -> editor.putSection(".text", LONG), message);
            assertRefused(sample(variant), editor -> editor.putSection(".text", SHORT), message);
            assertRefused(sample(variant), editor -> editor.removeSection(".text"), message);
            Path path = write(sample(variant));
            edit(path, editor -> editor.putSection(".text", Arrays.copyOf(LONG, 20)));
            assertArrayEquals(Arrays.copyOf(LONG, 20), new RawElfReader(Files.readAllBytes(path)).bytes(".text"));
        }
    }

    @Test
    void shouldRefuseWhileSomethingIsBehindTheLastSection() throws IOException {
        RawElf signed = sample(ElfVariant.MODULE).moduleSignature(new byte[50]);
        String message = "90 bytes behind the last section, such as a signature: cut them off before changing sections";
        assertRefused(signed, editor -> editor.putSection(".BTF", LONG), message);
        assertRefused(signed, editor -> editor.putSection(".BTF.base", LONG), message);
        assertRefused(signed, editor -> editor.removeSection(".comment"), message);
        Path path = write(signed);
        assertThrows(
                IllegalArgumentException.class,
                () -> edit(path, editor -> {
                    editor.putSection(".BTF", LONG);
                    editor.truncate(100);
                }));
    }

    @Test
    void shouldRefuseToRemoveWhatIsInUse() throws IOException {
        assertRefused(
                sample(ElfVariant.MODULE),
                editor -> editor.removeSection(".text"),
                "section [1] .text cannot be removed: section [6] .symtab refers to it (symbol 1)");
        assertRefused(
                sample(ElfVariant.MODULE),
                editor -> editor.removeSection(".debug_info"),
                "section [4] .debug_info cannot be removed: section [5] .rela.debug_info refers to it (sh_info)");
        assertRefused(
                sample(ElfVariant.MODULE),
                editor -> editor.removeSection(".strtab"),
                "section [7] .strtab cannot be removed: section [6] .symtab refers to it (sh_link)");
        assertRefused(
                sample(ElfVariant.MODULE),
                editor -> editor.removeSection(".shstrtab"),
                "section [8] .shstrtab has the section names, it must stay");
        RawElf elf = sample(ElfVariant.MODULE);
        elf.section(".group").type(17).entsize(4).align(4).data(new byte[] {1, 0, 0, 0, 3, 0, 0, 0});
        assertRefused(
                elf,
                editor -> editor.removeSection(".BTF"),
                "section [3] .BTF cannot be removed: section [6] .group refers to it (member of the group)");
        Path path = write(elf);
        edit(path, editor -> {
            editor.removeSection(".BTF");
            editor.removeSection(".group");
        });
        assertEquals(ElfView.without(elf.toBytes(), ".BTF", ".group"), ElfView.without(Files.readAllBytes(path)));
    }

    @Test
    void shouldRefuseSectionsThatCannotBeReplaced() throws IOException {
        RawElf elf = sample(ElfVariant.MODULE);
        elf.section(".bss").nobits(10);
        elf.section(".packed").data(SHORT).header(Shdr.FLAGS, ElfSection.SHF_COMPRESSED);
        elf.section(".twice");
        elf.section(".twice");
        assertRefused(elf, e -> e.putSection(".bss", SHORT), "section [6] .bss has no bytes to replace");
        assertRefused(
                elf,
                e -> e.putSection(".packed", SHORT),
                "section [7] .packed is compressed (SHF_COMPRESSED): decompress it first");
        assertRefused(elf, e -> e.putSection(".twice", SHORT), "sections [8] .twice and [9] .twice have one name");
        assertRefused(
                elf, e -> e.putSection(".shstrtab", SHORT), "section [12] .shstrtab has the names of the sections");
        assertRefused(
                elf,
                e -> e.putSection(".symtab", SHORT),
                "section [10] .symtab is a table that others count on: its size must stay 72 bytes");
        assertRefused(
                elf,
                e -> e.putSection(".debug_info", SHORT),
                "section [4] .debug_info has relocations, in section [5] .rela.debug_info: its size must stay 33 bytes");
    }

    @Test
    void shouldRefuseOverlaps() throws IOException {
        RawElf elf = sample(ElfVariant.MODULE);
        long debug = new RawElfReader(elf.toBytes())
                .section(".debug_info")
                .orElseThrow()
                .offset();
        elf.section(".over").data(SHORT).header(Shdr.OFFSET, debug + 30);
        assertRefused(elf, e -> e.putSection(".BTF", LONG), "section [4] .debug_info overlaps section [6] .over");
        elf.find(".over").header(Shdr.OFFSET, debug - 10);
        assertRefused(elf, e -> e.putSection(".BTF", LONG), "section [3] .BTF overlaps section [6] .over");
    }

    @Test
    void shouldRefuseNamesAndAlignmentsThatNoSectionHas() throws IOException {
        for (ElfVariant variant : ElfVariant.all()) {
            try (ElfFile file = Elves.open(folder, sample(variant))) {
                ElfEditor editor = new ElfEditor(file);
                for (String name : List.of("", "a\0b")) {
                    assertThrows(IllegalArgumentException.class, () -> editor.putSection(name, SHORT));
                }
                for (long alignment : new long[] {0, 3, -1, 12}) {
                    assertThrows(IllegalArgumentException.class, () -> editor.putSection("new", SHORT, 0, alignment));
                }
                if (!variant.relocatable()) {
                    assertThrows(
                            IllegalArgumentException.class, () -> editor.putSection("new", SHORT, RawElf.SHF_ALLOC, 1));
                }
                assertFalse(editor.hasChanges());
            }
        }
    }

    @Test
    void shouldRefuseFilesWithoutNamesOrTable() throws IOException {
        RawElf elf = sample(ElfVariant.MODULE).header(RawElf.Ehdr.SHSTRNDX, 0);
        assertRefused(elf, e -> e.putSection(".BTF", SHORT), "sections have no names, so none can be added or removed");
        RawElf none = sample(ElfVariant.MODULE).header(RawElf.Ehdr.SHOFF, 0);
        assertRefused(
                none, e -> e.putSection(".BTF", SHORT), "sections have no names, so none can be added or removed");
    }

    @Test
    void shouldRefuseBadProgramHeaders() throws IOException {
        RawElf elf = sample(new ElfVariant(true, ElfVariant.MODULE.order(), ElfVariant.ET_EXEC));
        elf.header(RawElf.Ehdr.PHNUM, 40_000);
        assertRefused(
                elf,
                e -> e.putSection(".BTF", LONG),
                "program header table of 40000 entries of 56 bytes, expected entries of 56 within the file");
    }
}
