package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes to a file: what is asked for and nothing else, all of it or none. */
class ElfEditorTest {
    private static final byte[] NEW_DATA = {10, 20, 30, 40, 50, 60, 70};

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    private static RawElf sample(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        RawElf.Section text =
                elf.section(".text").data(new byte[] {1, 2, 3, 4, 5}).align(8);
        RawElf.Section data =
                elf.section(".data").data(new byte[] {1, 2, 3, 4, 5, 6, 7}).gapBefore(new byte[3]);
        elf.symbol("one").in(text).value(0x1234).size(5);
        elf.symbol("two").in(data).value(0xf000_0000L).size(6);
        elf.symbol("three").in(data).value(7).binding(1);
        return elf;
    }

    /** Where the value of a symbol is in a file, by the definition of the symbol structures. */
    private static long valueOffset(byte[] bytes, int symbol) {
        RawElfReader.Section table = new RawElfReader(bytes).section(".symtab").orElseThrow();
        return bytes[4] == 2 ? table.offset() + 24L * symbol + 8 : table.offset() + 16L * symbol + 4;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldChangeOnlyWhatIsAskedFor(ElfVariant variant) throws IOException {
        byte[] before = sample(variant).toBytes();
        Path path = Elves.write(folder, before);
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), NEW_DATA);
            editor.setSymbolValue(2, 0xf000_0004L);
            editor.setSymbolValue(3, 0);
            assertTrue(editor.hasChanges());
            editor.writeInPlace();
        }
        byte[] after = Files.readAllBytes(path);
        RawElfReader elf = new RawElfReader(after);
        assertArrayEquals(NEW_DATA, elf.bytes(".data"));
        assertEquals(List.of(0L, 0x1234L, 0xf000_0004L, 0L), values(elf));

        byte[] expected = before.clone();
        int data = (int) elf.section(".data").orElseThrow().offset();
        System.arraycopy(NEW_DATA, 0, expected, data, NEW_DATA.length);
        int width = variant.is64() ? 8 : 4;
        for (int symbol = 2; symbol <= 3; symbol++) {
            int at = (int) valueOffset(before, symbol);
            System.arraycopy(after, at, expected, at, width);
        }
        assertArrayEquals(expected, after);
    }

    private static List<Long> values(RawElfReader elf) {
        return elf.symbols().stream().map(RawElfReader.Symbol::value).toList();
    }

    @Test
    void shouldWriteSixtyFourBitValues() throws IOException {
        Path path = Elves.write(folder, sample(ElfVariant.MODULE).toBytes());
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setSymbolValue(1, 0xffff_ffff_8234_5678L);
            editor.writeInPlace();
        }
        assertEquals(
                0xffff_ffff_8234_5678L,
                values(new RawElfReader(Files.readAllBytes(path))).get(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 32, -1, Long.MIN_VALUE})
    void shouldRefuseValueThatDoesNotFit(long value) throws IOException {
        ElfVariant variant =
                ElfVariant.all().stream().filter(v -> !v.is64()).findFirst().orElseThrow();
        try (ElfFile file = Elves.open(folder, sample(variant))) {
            ElfEditor editor = new ElfEditor(file);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> editor.setSymbolValue(1, value));
            assertEquals("no 32-bit symbol value: " + value, e.getMessage());
            assertFalse(editor.hasChanges());
        }
    }

    @Test
    void shouldRefuseBytesOfAnotherLength() throws IOException {
        try (ElfFile file = Elves.open(folder, sample(ElfVariant.MODULE))) {
            ElfEditor editor = new ElfEditor(file);
            for (int length : new int[] {0, 6, 8}) {
                IllegalArgumentException e = assertThrows(
                        IllegalArgumentException.class, () -> editor.setBytes(file.section(".data"), new byte[length]));
                assertEquals("section [2] .data has 7 bytes, not " + length, e.getMessage());
            }
        }
    }

    @Test
    void shouldNotTouchFileWithoutChanges() throws IOException {
        Path path = Elves.write(folder, sample(ElfVariant.MODULE).toBytes());
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
        BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), new byte[] {1, 2, 3, 4, 5, 6, 7});
            editor.setSymbolValue(1, 0x1234);
            editor.truncate(file.size());
            assertFalse(editor.hasChanges());
            editor.writeInPlace();
        }
        BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
        assertEquals(before.fileKey(), after.fileKey());
        assertEquals(before.lastModifiedTime(), after.lastModifiedTime());
    }

    @Test
    void shouldCopyFileWithoutChanges() throws IOException {
        byte[] bytes = sample(ElfVariant.MODULE).toBytes();
        Path target = folder.resolve("copy.o");
        try (ElfFile file = ElfFile.open(Elves.write(folder, bytes))) {
            new ElfEditor(file).writeTo(target);
        }
        assertArrayEquals(bytes, Files.readAllBytes(target));
    }

    @Test
    void shouldWriteToAnotherFile() throws IOException {
        byte[] before = sample(ElfVariant.MODULE).toBytes();
        Path path = Elves.write(folder, before);
        Path target = folder.resolve("copy.o");
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), NEW_DATA);
            editor.writeTo(target);
        }
        assertArrayEquals(before, Files.readAllBytes(path));
        assertArrayEquals(NEW_DATA, new RawElfReader(Files.readAllBytes(target)).bytes(".data"));
    }

    @Test
    void shouldCutOff() throws IOException {
        byte[] bare = sample(ElfVariant.MODULE).toBytes();
        Path path = Elves.write(
                folder, sample(ElfVariant.MODULE).trailer(new byte[1000]).toBytes());
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.truncate(bare.length);
            assertTrue(editor.hasChanges());
            editor.writeInPlace();
            assertThrows(IllegalArgumentException.class, () -> editor.truncate(bare.length + 1001));
            assertThrows(IllegalArgumentException.class, () -> editor.truncate(-1));
        }
        assertArrayEquals(bare, Files.readAllBytes(path));
    }

    @Test
    void shouldWriteCompressedFileToAnotherOneOnly() throws IOException {
        byte[] bytes = sample(ElfVariant.MODULE).trailer(new byte[10]).toBytes();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        Path path = Elves.write(folder, packed.toByteArray());
        Path target = folder.resolve("copy.o");
        try (ElfFile file = ElfFile.open(path)) {
            assertTrue(file.isCompressed());
            assertFalse(file.isOnDisk());
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), NEW_DATA);
            editor.truncate(bytes.length - 10);
            assertThrows(IllegalArgumentException.class, editor::writeInPlace);
            editor.writeTo(target);
        }
        assertArrayEquals(packed.toByteArray(), Files.readAllBytes(path));
        byte[] written = Files.readAllBytes(target);
        assertEquals(bytes.length - 10, written.length);
        assertArrayEquals(NEW_DATA, new RawElfReader(written).bytes(".data"));
    }

    @Test
    void shouldNotWriteOverChangesOfSomebodyElse() throws IOException {
        Path path = Elves.write(folder, sample(ElfVariant.MODULE).toBytes());
        byte[] other = sample(ElfVariant.MODULE).trailer(new byte[3]).toBytes();
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), NEW_DATA);
            Files.write(path, other);
            assertThrows(IOException.class, editor::writeInPlace);
        }
        assertArrayEquals(other, Files.readAllBytes(path));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    // ---- bytes that belong to two parts of the file

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRefuseSectionThatOverlapsAnother(ElfVariant variant) {
        RawElf elf = sample(variant);
        RawElfReader sound = new RawElfReader(elf.toBytes());
        long text = sound.section(".text").orElseThrow().offset();
        Elves.Use use = file -> new ElfEditor(file).setBytes(file.section(".data"), NEW_DATA);
        for (long offset : new long[] {text - 6, text, text + 4}) {
            elf.find(".data").header(Shdr.OFFSET, offset);
            String message = "section [2] .data overlaps section [1] .text";
            Elves.assertFault(folder, elf.toBytes(), use, offset, message);
        }
        elf.find(".data").header(Shdr.OFFSET, 10);
        Elves.assertFault(folder, elf.toBytes(), use, 10, "section [2] .data overlaps the ELF header");
        long table = Elves.headerOffset(elf.toBytes(), 0);
        for (long offset : new long[] {table, table + 1, elf.toBytes().length - 7}) {
            elf.find(".data").header(Shdr.OFFSET, offset);
            Elves.assertFault(folder, elf.toBytes(), use, offset, "section [2] .data overlaps the section table");
        }
    }

    @Test
    void shouldRefuseSymbolTableThatOverlapsAnotherSection() {
        RawElf elf = sample(ElfVariant.MODULE);
        RawElfReader.Section symtab =
                new RawElfReader(elf.toBytes()).section(".symtab").orElseThrow();
        elf.find(".text").header(Shdr.OFFSET, symtab.offset() + 24);
        Elves.Use use = file -> new ElfEditor(file).setSymbolValue(1, 9);
        String message = "section [3] .symtab overlaps section [1] .text";
        Elves.assertFault(folder, elf.toBytes(), use, symtab.offset(), message);
    }

    @Test
    void shouldAcceptNeighboursAndWhatHasNoBytes() throws IOException {
        RawElf elf = sample(ElfVariant.MODULE);
        elf.section(".bss").nobits(1 << 20);
        elf.section(".unused").type(0).header(Shdr.SIZE, 1 << 20);
        elf.section(".empty");
        RawElfReader sound = new RawElfReader(elf.toBytes());
        long data = sound.section(".data").orElseThrow().offset();
        for (String name : List.of(".bss", ".unused", ".empty")) {
            elf.find(name).header(Shdr.OFFSET, data + 1);
        }
        elf.find(".text").header(Shdr.OFFSET, data - 5);
        Path path = Elves.write(folder, elf.toBytes());
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), NEW_DATA);
            editor.writeInPlace();
        }
        byte[] after = Files.readAllBytes(path);
        assertArrayEquals(NEW_DATA, Arrays.copyOfRange(after, (int) data, (int) data + 7));
    }
}
