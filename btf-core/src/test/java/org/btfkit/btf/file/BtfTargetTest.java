package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BTF of another size in the place of an allocated section of a linked file, whose place and size code knows. */
class BtfTargetTest {
    @TempDir
    Path folder;

    /** That many INTs, each with a name of its own. */
    static RawBtf ints(ByteOrder order, int count) {
        RawBtf btf = RawBtf.of(order).headerLength(24);
        for (int i = 0; i < count; i++) {
            btf.addInt("number" + i, 4, 0);
        }
        return btf;
    }

    private Path linked(ElfVariant variant, byte[] btf) throws IOException {
        RawElf elf = RawElf.of(variant);
        elf.section(".text")
                .data(new byte[32])
                .flags(RawElf.SHF_ALLOC)
                .addr(0x1000)
                .load(4, 4);
        elf.section(".BTF")
                .data(btf)
                .flags(RawElf.SHF_ALLOC)
                .align(4)
                .addr(0x2000)
                .load(4, 4);
        elf.section(".after")
                .data(new byte[] {1, 2, 3})
                .flags(RawElf.SHF_ALLOC)
                .addr(0x4000)
                .load(4, 4);
        return Files.write(folder.resolve("linked"), elf.toBytes());
    }

    static void put(Path path, Btf btf) throws IOException {
        put(path, path, btf);
    }

    static void put(Path path, Path target, Btf btf) throws IOException {
        try (ElfFile elf = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(elf);
            BtfTarget.put(elf, editor, btf, null, null);
            if (target == path) {
                editor.writeInPlace();
            } else {
                editor.writeTo(target);
            }
        }
    }

    /** The file without the bytes of its section .BTF. */
    static byte[] rest(byte[] elf) {
        RawElfReader.Section section = new RawElfReader(elf).section(".BTF").orElseThrow();
        byte[] rest = elf.clone();
        Arrays.fill(rest, (int) section.offset(), (int) (section.offset() + section.size()), (byte) 0);
        return rest;
    }

    /** As builds of kernels do by objcopy, so that what is linked of such a file is the same to the last byte. */
    @Test
    void shouldAlignNoSectionThatItAddsButKeepThatOfOthers() throws IOException {
        for (ElfVariant variant : ElfVariant.all()) {
            Btf btf = Parsing.parse(ints(variant.order(), 3));
            RawElf empty = RawElf.of(variant);
            empty.section(".data").data(new byte[5]);
            Path without = Files.write(folder.resolve("without"), empty.toBytes());
            put(without, btf);
            assertEquals(1, alignment(without), variant.toString());
            RawElf old = RawElf.of(variant);
            old.section(".BTF").data(ints(variant.order(), 2).toBytes()).align(8);
            Path with = Files.write(folder.resolve("with"), old.toBytes());
            put(with, btf);
            assertEquals(8, alignment(with), variant.toString());
        }
    }

    private static long alignment(Path path) throws IOException {
        try (ElfFile elf = ElfFile.open(path)) {
            return elf.section(BtfSections.BTF).alignment();
        }
    }

    @Test
    void shouldFillUpSmallerBtfWithEmptyStrings() throws IOException {
        for (ElfVariant variant : ElfVariant.all()) {
            if (variant.relocatable()) {
                continue;
            }
            byte[] old = ints(variant.order(), 40).toBytes();
            for (int count : new int[] {1, 17, 39}) {
                Path path = linked(variant, old);
                byte[] before = Files.readAllBytes(path);
                byte[] small = ints(variant.order(), count).toBytes();
                Btf btf = Btf.parse(small, null, "test");
                put(path, btf);
                byte[] after = Files.readAllBytes(path);
                assertArrayEquals(rest(before), rest(after), "nothing but the section, " + variant);
                byte[] section = new RawElfReader(after).bytes(".BTF");
                assertEquals(old.length, section.length);
                byte[] expected = Arrays.copyOf(small, old.length);
                System.arraycopy(section, 20, expected, 20, 4); // str_len
                assertArrayEquals(expected, section, variant.toString());
                Btf read = BtfSource.load(path);
                assertEquals(
                        FlatAccess.of(btf).strings().own().length + old.length - small.length,
                        FlatAccess.of(read).strings().own().length);
                assertEquals(count, read.typeCount() - 1);
                assertEquals(1, read.find(BtfKind.INT, "number0"));
                KernelValidator.kernel(read);
                Object key = Files.readAttributes(path, "unix:ino").get("ino");
                put(path, btf);
                assertEquals(key, Files.readAttributes(path, "unix:ino").get("ino"), "again: no change");
            }
        }
    }

    @Test
    void shouldRefuseLargerBtf() throws IOException {
        Btf larger = Parsing.parse(ints(ByteOrder.LITTLE_ENDIAN, 41));
        for (int type : new int[] {ElfVariant.ET_EXEC, ElfVariant.ET_DYN}) {
            byte[] old = ints(ByteOrder.LITTLE_ENDIAN, 40).toBytes();
            Path path = linked(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, type), old);
            byte[] before = Files.readAllBytes(path);
            BtfException e = assertThrows(BtfException.class, () -> put(path, larger));
            assertEquals(
                    path + ": section [2] .BTF has its place in memory, so it has to keep its " + old.length
                            + " bytes, as linked code has the addresses of its start and end; the new BTF has "
                            + BtfWriter.sizeBytes(larger)
                            + ": put it in before linking, or write it to a file of its own",
                    e.getMessage());
            assertArrayEquals(before, Files.readAllBytes(path));
        }
    }

    @Test
    void shouldRefuseToFillUpBeyondWhatTheKernelTakes() throws IOException {
        byte[] old = new byte[0x1000000 + 60];
        RawBtf one = ints(ByteOrder.LITTLE_ENDIAN, 1);
        System.arraycopy(one.toBytes(), 0, old, 0, one.toBytes().length);
        Path path = linked(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC), old);
        BtfException e = assertThrows(BtfException.class, () -> put(path, Parsing.parse(one)));
        int strings = 0x1000000 + 60 - 24 - 16;
        assertEquals(
                path + ": section [2] .BTF has its place in memory, so it has to keep its " + old.length
                        + " bytes, as linked code has the addresses of its start and end; the new BTF has "
                        + one.toBytes().length + " and cannot be filled up to them, as strings of " + strings
                        + " bytes are more than the kernel takes: put it in before linking, or write it to a file of"
                        + " its own",
                e.getMessage());
    }

    /** An object is yet to be linked: its section gets the size that it needs. */
    @Test
    void shouldNotFillUpInObjects() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(ints(ByteOrder.LITTLE_ENDIAN, 40).toBytes()).flags(RawElf.SHF_ALLOC);
        Path path = Files.write(folder.resolve("object"), elf.toBytes());
        RawBtf one = ints(ByteOrder.LITTLE_ENDIAN, 1);
        put(path, Parsing.parse(one));
        assertArrayEquals(one.toBytes(), new RawElfReader(Files.readAllBytes(path)).bytes(".BTF"));
    }
}
