package org.btfkit.dwarf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.Compression;

/**
 * Reads the bytes of a debug section, compressed in any of the three ways: {@code SHF_COMPRESSED} with zlib or zstd
 * (ELF gABI, chapter 4, "Compression Header"), and sections called {@code .zdebug_} that begin with {@code ZLIB} and
 * their size.
 */
final class SectionBytes {
    private static final int ELFCOMPRESS_ZLIB = 1;
    private static final int ELFCOMPRESS_ZSTD = 2;
    private static final byte[] OLD_MAGIC = {'Z', 'L', 'I', 'B'};
    private static final int OLD_HEADER_BYTES = 12;

    /** What compression can save at most: zlib's limit. More is an attack, or a section of nothing but zeros. */
    private static final long MAX_RATIO = 1100;

    private static final long SMALL_BYTES = 16 << 20;

    private final ElfFile file;
    private final ElfSection section;

    SectionBytes(ElfFile file, ElfSection section) {
        this.file = file;
        this.section = section;
    }

    /** Tells whether a section is compressed. */
    static boolean isCompressed(ElfSection section) {
        return (section.flags() & ElfSection.SHF_COMPRESSED) != 0 || isOld(section);
    }

    private static boolean isOld(ElfSection section) {
        return section.name().startsWith(".zdebug_");
    }

    /** Reads the section; an array of its own. */
    byte[] read() throws IOException {
        if (!section.hasBytes()) {
            return new byte[0];
        }
        byte[] stored = file.bytes(section);
        if ((section.flags() & ElfSection.SHF_COMPRESSED) != 0) {
            return decompress(stored);
        }
        return isOld(section) ? decompressOld(stored) : stored;
    }

    private byte[] decompress(byte[] stored) {
        int headerBytes = file.is64() ? 24 : 12;
        if (stored.length < headerBytes) {
            throw fault("compression header of " + stored.length + " bytes, expected " + headerBytes);
        }
        ByteBuffer header = ByteBuffer.wrap(stored).order(file.order());
        int type = header.getInt(0);
        long size = file.is64() ? header.getLong(8) : header.getInt(4) & 0xffffffffL;
        if (type != ELFCOMPRESS_ZLIB && type != ELFCOMPRESS_ZSTD) {
            throw fault("compression type " + Integer.toUnsignedString(type) + ", expected 1 (zlib) or 2 (zstd)");
        }
        return inflate(stored, headerBytes, size, type == ELFCOMPRESS_ZSTD);
    }

    private byte[] decompressOld(byte[] stored) {
        if (stored.length < OLD_HEADER_BYTES || !Arrays.equals(stored, 0, 4, OLD_MAGIC, 0, 4)) {
            throw fault("no ZLIB header, which a section of that name begins with");
        }
        long size = ByteBuffer.wrap(stored).order(ByteOrder.BIG_ENDIAN).getLong(4);
        return inflate(stored, OLD_HEADER_BYTES, size, false);
    }

    private byte[] inflate(byte[] stored, int from, long size, boolean isZstd) {
        if (size < 0 || size > Math.min(Integer.MAX_VALUE - 8, SMALL_BYTES + MAX_RATIO * stored.length)) {
            throw fault("said to have " + Long.toUnsignedString(size) + " bytes when decompressed, of " + stored.length
                    + " compressed ones");
        }
        byte[] bytes;
        try {
            bytes = isZstd ? zstd(stored, from, (int) size) : zlib(stored, from, (int) size);
        } catch (IOException | RuntimeException e) {
            throw fault("cannot be decompressed: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        if (bytes.length != size) {
            throw fault("has " + bytes.length + " bytes when decompressed, expected " + size);
        }
        return bytes;
    }

    private byte[] zstd(byte[] stored, int from, int size) {
        byte[] compressed = Arrays.copyOfRange(stored, from, stored.length);
        return Compression.ZSTD.decompress(compressed, section.name(), size, false);
    }

    private static byte[] zlib(byte[] stored, int from, int size) throws IOException {
        ByteArrayInputStream compressed = new ByteArrayInputStream(stored, from, stored.length - from);
        try (InputStream plain = new InflaterInputStream(compressed)) {
            return plain.readNBytes(size);
        }
    }

    private DwarfFormatException fault(String what) {
        return new DwarfFormatException(file.toString(), "section " + section + ": " + what, section.name(), 0);
    }
}
