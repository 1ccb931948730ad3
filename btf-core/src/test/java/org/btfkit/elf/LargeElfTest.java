package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files larger than any array; with holes, so that they take no room on the disk. */
class LargeElfTest {
    static final long FAR = 3L << 30;
    private static final int HEADER_BYTES = 64;

    @TempDir
    Path folder;

    private Path path;

    static List<ByteOrder> orders() {
        return List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    @BeforeEach
    void setUp() throws IOException {
        path = sparseFile(folder);
    }

    /** A file that is a hole of three gigabytes. */
    static Path sparseFile(Path folder) throws IOException {
        Path path = folder.resolve("large.o");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(FAR);
        } catch (IOException e) {
            assumeTrue(false, "no large files in " + folder + ": " + e);
        }
        return path;
    }

    /** The ELF header at the start, a section of 2.5 GiB of zeros, and everything else behind 3 GiB. */
    static byte[] write(Path path, ByteOrder order) throws IOException {
        ElfVariant variant = new ElfVariant(true, order, ElfVariant.ET_EXEC);
        RawElf elf = RawElf.of(variant);
        RawElf.Section debug = elf.section(".debug_info");
        RawElf.Section data = elf.section(".data").data(new byte[] {1, 2, 3, 4});
        elf.symbol("symbol").in(data).value(77);
        elf.symbol("far").in(debug).value(FAR);
        byte[] small = elf.toBytes();
        ByteBuffer moved = ByteBuffer.wrap(small).order(order);
        for (RawElfReader.Section section : new RawElfReader(small.clone()).sections()) {
            int at = (int) Elves.headerOffset(small, section.index());
            if (section.name().equals(".debug_info")) {
                moved.putLong(at + 24, HEADER_BYTES);
                moved.putLong(at + 32, FAR - (512 << 20));
            } else if (section.index() > 0) {
                moved.putLong(at + 24, section.offset() + FAR);
            }
        }
        moved.putLong(40, Elves.headerOffset(small, 0) + FAR);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(small, 0, HEADER_BYTES);
            file.seek(FAR + HEADER_BYTES);
            file.write(small, HEADER_BYTES, small.length - HEADER_BYTES);
        }
        return small;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void shouldReadOnlyWhatIsAskedFor(ByteOrder order) throws IOException {
        byte[] small = write(path, order);
        try (ElfFile file = ElfFile.open(path)) {
            assertEquals(FAR + small.length, file.size());
            assertArrayEquals(new byte[] {1, 2, 3, 4}, file.bytes(file.section(".data")));
            assertEquals("symbol", file.symbols().name(1));
            assertEquals(77, file.symbols().value(1));
            assertEquals(FAR, file.symbols().value(2));
            ElfSection debug = file.section(".debug_info");
            assertEquals(FAR - (512 << 20), file.content(debug).size());
            assertArrayEquals(new byte[16], file.content(debug).read(debug.size() - 16, 16));
            assertArrayEquals(
                    new byte[] {3, 4}, file.bytes(file.section(".data").offset() + 2, 2));
            ElfFormatException e = assertThrows(ElfFormatException.class, () -> file.bytes(debug));
            assertEquals(path + ": section [1] .debug_info is larger than 2 GiB, at 0x40", e.getMessage());
        }
    }

    @Test
    void shouldRejectSectionPastTheEnd() throws IOException {
        byte[] small = write(path, ByteOrder.LITTLE_ENDIAN);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            ByteBuffer size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            size.putLong(0, FAR + small.length - HEADER_BYTES + 1);
            file.seek(Elves.headerOffset(small, 1) + 32);
            file.write(size.array());
        }
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> ElfFile.open(path));
        assertEquals(HEADER_BYTES, e.fileOffset());
    }

    /** As many entries as fit into the file; their table would overflow an array, and their objects any memory. */
    @Test
    void shouldRejectMoreSectionsThanThereCanBe() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE).header(RawElf.Ehdr.SHNUM, 0).sectionHeadersFirst();
        for (long count : new long[] {1 << 23, 1 << 25, 40 << 20}) {
            elf.find("").header(Shdr.SIZE, count);
            byte[] bytes = elf.toBytes();
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.write(bytes);
            }
            ElfFormatException e = assertThrows(ElfFormatException.class, () -> ElfFile.open(path));
            assertEquals(
                    path + ": section table of " + count + " entries, expected at most 4194304, at 0x40",
                    e.getMessage());
        }
    }
}
