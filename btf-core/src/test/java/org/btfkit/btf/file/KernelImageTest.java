package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;

/** Bootable kernels, put together here: setup header, boot code, payload, more of the file. */
class KernelImageTest {
    @TempDir
    Path folder;

    /** How the kernel's build compresses. */
    enum Packing {
        GZIP,
        XZ,
        ZSTD,
        LZ4,
        LZMA,
        BZIP2,
        LZO;

        /** The payload, which ends with the size of what is in it. */
        byte[] pack(byte[] kernel) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            switch (this) {
                case GZIP -> {
                    try (OutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(kernel);
                    }
                    return out.toByteArray();
                }
                case XZ -> {
                    FilterOptions[] filters = {new X86Options(), new LZMA2Options(1)};
                    try (OutputStream xz = new XZOutputStream(out, filters)) {
                        xz.write(kernel);
                    }
                }
                case ZSTD -> {
                    byte[] packed = new byte[new ZstdCompressor().maxCompressedLength(kernel.length)];
                    int size = new ZstdCompressor().compress(kernel, 0, kernel.length, packed, 0, packed.length);
                    out.write(packed, 0, size);
                }
                case LZ4 -> packLz4(kernel, out);
                case LZMA -> {
                    try (OutputStream lzma = new LZMAOutputStream(out, new LZMA2Options(1), -1)) {
                        lzma.write(kernel);
                    }
                }
                case BZIP2 -> out.write(packWith(ExternalTool.named("bzip2", "bzip2"), kernel));
                case LZO -> out.write(packWith(ExternalTool.named("lzop", "lzop"), kernel));
            }
            out.write(littleEndian(kernel.length));
            return out.toByteArray();
        }

        private static byte[] packWith(ExternalTool tool, byte[] kernel) throws IOException {
            assumeTrue(tool.isAvailable(), () -> "no " + tool);
            try (Scratch scratch = Scratch.create()) {
                return tool.check("-9", "-c", Files.write(scratch.resolve("kernel"), kernel))
                        .stdout();
            }
        }

        private static void packLz4(byte[] kernel, ByteArrayOutputStream out) throws IOException {
            out.write(littleEndian(0x184c2102));
            for (int from = 0; from < kernel.length; from += 8 << 20) {
                int length = Math.min(8 << 20, kernel.length - from);
                byte[] packed = new byte[new Lz4Compressor().maxCompressedLength(length)];
                int size = new Lz4Compressor().compress(kernel, from, length, packed, 0, packed.length);
                out.write(littleEndian(size));
                out.write(packed, 0, size);
            }
        }
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static byte[] btf() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addTypedef("u32", raw.addInt("unsigned int", 4, 0));
        return raw.toBytes();
    }

    /** An ELF file with BTF, more than one LZ4 block long, with relocations behind it as vmlinux.bin.all has them. */
    private static byte[] vmlinux() {
        byte[] code = new byte[9 << 20];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (i % 5 == 0 ? 0xe8 : i >>> 12);
        }
        RawElf elf = RawElf.of(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC));
        elf.section(".text").data(code);
        elf.section(".BTF").data(btf());
        byte[] bytes = elf.toBytes();
        return Arrays.copyOf(bytes, bytes.length + 1000);
    }

    private static byte[] image(int setupSectors, byte[] payload) {
        int start = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512;
        int offset = 700;
        ByteBuffer image =
                ByteBuffer.allocate(start + offset + payload.length + 333).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0, (byte) 'M').put(1, (byte) 'Z').put(0x1f1, (byte) setupSectors);
        image.put(0x202, new byte[] {'H', 'd', 'r', 'S'}).putShort(0x206, (short) 0x20f);
        image.putInt(0x248, offset).putInt(0x24c, payload.length);
        return image.put(start + offset, payload).array();
    }

    private Path write(byte[] image) throws IOException {
        return Files.write(folder.resolve("vmlinuz"), image);
    }

    private void assertHasBtf(byte[] image) throws IOException {
        Btf btf = BtfSource.load(write(image));
        assertEquals(2, btf.find(BtfKind.TYPEDEF, "u32"));
    }

    private String failure(byte[] image) throws IOException {
        Path file = write(image);
        return assertThrows(BtfException.class, () -> BtfSource.load(file)).getMessage();
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void shouldReadBtfOfPackedKernel(Packing packing) throws IOException {
        byte[] payload = packing.pack(vmlinux());
        assertHasBtf(image(39, payload));
        assertHasBtf(image(0, payload));
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void shouldRejectDamagedPayload(Packing packing) throws IOException {
        byte[] payload = packing.pack(vmlinux());
        byte[] shortened = Arrays.copyOf(payload, payload.length / 2);
        System.arraycopy(payload, payload.length - 4, shortened, shortened.length - 4, 4);
        assertTrue(failure(image(39, shortened)).contains("damaged payload"));
        byte[] wrongSize = payload.clone();
        wrongSize[wrongSize.length - 4] ^= 1;
        assertTrue(failure(image(39, wrongSize)).contains("damaged payload"));
    }

    @Test
    void shouldNotTrustSizes() throws IOException {
        byte[] payload = Packing.GZIP.pack(btf());
        byte[] huge = payload.clone();
        Arrays.fill(huge, huge.length - 4, huge.length, (byte) 0xff);
        assertTrue(failure(image(39, huge)).contains("4294967295 bytes when decompressed"));
        byte[] outside = image(39, payload);
        ByteBuffer.wrap(outside).order(ByteOrder.LITTLE_ENDIAN).putInt(0x24c, outside.length);
        assertTrue(failure(outside).contains("expected within its"));
        byte[] old = image(39, payload);
        old[0x206] = 7;
        assertTrue(failure(old).contains("boot protocol 2.7"));
    }

    @Test
    void shouldNameCompressionThatIsNotSupported() throws IOException {
        byte[] payload = new byte[100];
        payload[0] = 'B';
        payload[1] = 'O';
        payload[2] = 'H';
        payload[96] = 1;
        Path file = write(image(39, payload));
        BtfException e = assertThrows(BtfUnsupportedException.class, () -> BtfSource.load(file));
        assertTrue(
                e.getMessage().contains("compressed as 0x424f48, expected gzip, xz, zstd, lz4, lzma, bzip2 or lzo"),
                e.getMessage());
    }

    @Test
    void shouldRejectPayloadThatIsNoElf() throws IOException {
        assertTrue(failure(image(39, Packing.ZSTD.pack(new byte[1000]))).contains("not an ELF file"));
    }
}
