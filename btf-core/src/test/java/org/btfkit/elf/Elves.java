package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Shdr;

/** Opens assembled ELF files, and says what must be complained about. */
final class Elves {
    /** What is done with a file to see whether it is sound. */
    interface Use {
        void of(ElfFile file) throws IOException;
    }

    private Elves() {}

    static Path write(Path folder, byte[] bytes) {
        try {
            return Files.write(folder.resolve("test.o"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ElfFile open(Path folder, RawElf elf) throws IOException {
        return ElfFile.open(write(folder, elf.toBytes()));
    }

    static void assertFault(Path folder, byte[] bytes, long fileOffset, String message) {
        assertFault(folder, bytes, file -> {}, fileOffset, message);
    }

    static void assertFault(Path folder, byte[] bytes, Use use, long fileOffset, String message) {
        Path path = write(folder, bytes);
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> {
            try (ElfFile file = ElfFile.open(path)) {
                use.of(file);
            }
        });
        assertEquals(path + ": " + message + ", at 0x" + Long.toHexString(fileOffset), e.getMessage());
        assertEquals(fileOffset, e.fileOffset());
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(bytes[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    /** Where the header of a section is in a file whose e_shoff is right. */
    static long headerOffset(byte[] bytes, int index) {
        boolean is64 = bytes[4] == 2;
        long table = is64 ? buffer(bytes).getLong(40) : buffer(bytes).getInt(32) & 0xffffffffL;
        return table + index * (is64 ? 64L : 40L);
    }

    /** Writes a field of a section header of a finished file. */
    static byte[] patched(byte[] bytes, int index, Shdr field, long value) {
        boolean is64 = bytes[4] == 2;
        byte[] copy = bytes.clone();
        ByteBuffer out = buffer(copy);
        int at = (int) headerOffset(bytes, index);
        switch (field) {
            case NAME -> out.putInt(at, (int) value);
            case TYPE -> out.putInt(at + 4, (int) value);
            case OFFSET -> putWord(out, is64, at + (is64 ? 24 : 16), value);
            case SIZE -> putWord(out, is64, at + (is64 ? 32 : 20), value);
            case LINK -> out.putInt(at + (is64 ? 40 : 24), (int) value);
            case ENTSIZE -> putWord(out, is64, at + (is64 ? 56 : 36), value);
            default -> throw new IllegalArgumentException(field.toString());
        }
        return copy;
    }

    private static void putWord(ByteBuffer out, boolean is64, int at, long value) {
        if (is64) {
            out.putLong(at, value);
        } else {
            out.putInt(at, (int) value);
        }
    }
}
