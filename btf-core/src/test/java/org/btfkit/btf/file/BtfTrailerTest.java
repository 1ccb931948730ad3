package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes behind the last section of BTF, above all those of another BTF. */
class BtfTrailerTest {
    @TempDir
    Path folder;

    /** 24 bytes of header, 16 of types and 1 and {@code name} of strings. */
    private static byte[] btf(RawBtf btf, String name) {
        btf.addInt(name, 4, RawBtf.SIGNED);
        return btf.headerLength(24).toBytes();
    }

    private static byte[] btf(String name) {
        return btf(RawBtf.littleEndian(), name);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private Path write(byte[]... parts) throws IOException {
        return Files.write(folder.resolve("a.btf"), join(parts));
    }

    private Path writeElf(byte[] btf) throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(btf);
        return Files.write(folder.resolve("a.o"), elf.toBytes());
    }

    private static BtfTrailer trailer(Path file) throws IOException {
        try (BtfSource source = BtfSource.open(file)) {
            return source.trailer();
        }
    }

    private static List<String> names(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        try (BtfSource source = BtfSource.open(file)) {
            for (BtfSource part : source.parts()) {
                names.add(part.btf(null).name(1));
            }
        }
        return names;
    }

    @Test
    void shouldFindNothingBehindTheLastSection() throws IOException {
        assertNull(trailer(write(btf("int"))));
        assertEquals(List.of("int"), names(write(btf("int"))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 70_000})
    void shouldFindAnotherBtfBehindZeros(int zeros) throws IOException {
        byte[] first = btf("first");
        Path file = write(first, new byte[zeros], btf("second"));
        BtfTrailer trailer = trailer(file);
        assertTrue(trailer.isBtf());
        assertEquals(
                file + ": another BTF stands behind the first, at 0x" + Integer.toHexString(first.length + zeros)
                        + ", as a linker leaves those of several objects",
                trailer.toString());
        assertEquals(List.of("first", "second"), names(file));
    }

    @Test
    void shouldFindAllOfSeveralBtfs() throws IOException {
        byte[] three = join(btf("one"), btf("second"), new byte[5], btf(RawBtf.bigEndian(), "third"), new byte[3]);
        assertEquals(List.of("one", "second", "third"), names(write(three)));
        Path elf = writeElf(three);
        assertEquals(List.of("one", "second", "third"), names(elf));
        try (BtfSource source = BtfSource.open(elf)) {
            List<BtfSource> parts = source.parts();
            assertEquals(elf + "(.BTF)", parts.get(0).btf(null).source());
            assertEquals(elf + "(.BTF+0x2d)", parts.get(1).btf(null).source());
            assertEquals(8, parts.get(2).btf(null).pointerSize());
            assertEquals(
                    elf + "(.BTF+0x62): 3 bytes after the last section, at 0x2f",
                    parts.get(2).trailer() + "");
        }
    }

    @Test
    void shouldNameBytesThatAreNoBtf() throws IOException {
        byte[] first = btf("int");
        assertEquals(
                folder.resolve("a.btf") + ": 1 byte after the last section, at 0x2d",
                trailer(write(first, new byte[1])) + "");
        for (String text : List.of("\u00eb", "\u009f\u00eb", "\u009f\u00eb\2", "BTF, as a text", "\0\0\0x")) {
            BtfTrailer trailer = trailer(write(first, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
            assertFalse(trailer.isBtf(), text);
            assertEquals(text.length(), trailer.size());
        }
    }

    @Test
    void shouldRefuseBtfThatIsCutOffBehindAnother() throws IOException {
        byte[] second = btf("second");
        Path file = write(btf("int"), java.util.Arrays.copyOf(second, second.length - 1));
        try (BtfSource source = BtfSource.open(file)) {
            BtfFormatException e = assertThrows(BtfFormatException.class, source::parts);
            assertTrue(e.getMessage().startsWith(file + "(+0x2d): string section 16..24 past the end"), e.getMessage());
        }
    }

    @Test
    void shouldValidateTheEndAsTheKernelDoes() throws IOException {
        assertEnd("1 byte after the last section, at 0x2d", write(btf("int"), new byte[1]));
        assertEnd(
                "48 bytes after the last section (another BTF, as a linker leaves those of several objects: make one of"
                        + " them), at 0x2d",
                write(btf("int"), btf("second")));
        try (BtfSource source = BtfSource.open(write(btf("int")))) {
            source.requireEnd();
        }
    }

    @Test
    void shouldValidateTheEndOfADistilledBase() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(btf("int"));
        elf.section(".BTF.base").data(join(btf("int"), new byte[4]));
        Path file = Files.write(folder.resolve("a.ko"), elf.toBytes());
        try (BtfSource source = BtfSource.open(file)) {
            BtfFormatException e = assertThrows(BtfFormatException.class, () -> source.requireEnd());
            assertEquals(file + "(.BTF.base): 4 bytes after the last section, at 0x2d", e.getMessage());
        }
    }

    private static void assertEnd(String text, Path file) throws IOException {
        try (BtfSource source = BtfSource.open(file)) {
            BtfFormatException e = assertThrows(BtfFormatException.class, () -> source.requireEnd());
            assertEquals(file + ": " + text, e.getMessage());
        }
    }

    /** Each of them has relocations of its own, which cannot all move into one. */
    @Test
    void shouldRefuseToReplaceSeveralBtfsThatHaveRelocations() throws IOException {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addDatasec(".data", 4, new SecInfo(raw.addVar("x", 1, 1), 0, 4));
        byte[] one = raw.toBytes();
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        RawElf.Section section = elf.section(".BTF").data(join(one, one));
        elf.rel(
                section,
                List.of(new RawElf.Reloc(one.length + 60, elf.symbol("x").in(section), 2, 0)));
        Path file = Files.write(folder.resolve("a.o"), elf.toBytes());
        byte[] before = Files.readAllBytes(file);
        try (ElfFile open = ElfFile.open(file)) {
            Btf other = Btf.parse(btf("int"), null, "other");
            BtfException e =
                    assertThrows(BtfException.class, () -> BtfTarget.put(open, new ElfEditor(open), other, null, null));
            assertEquals(
                    file + "(.BTF): another BTF stands behind the first, at 0x" + Integer.toHexString(one.length)
                            + ", as a linker leaves those of several objects; the relocations of .BTF are for each of"
                            + " them and do not fit one, use a file without",
                    e.getMessage());
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }
}
