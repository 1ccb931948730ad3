package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels as machines other than x86 boot them, put together here: BTF in memory images, packed and plain. */
class BootImageTest {
    private static final String ELSEWHERE =
            "; the BTF of a kernel is also in /sys/kernel/btf/vmlinux where it runs, and in the vmlinux of its"
                    + " linux-headers or debug package";

    @TempDir
    Path folder;

    private static byte[] btf(ByteOrder order, int typedefs) {
        RawBtf raw = RawBtf.of(order);
        int intId = raw.addInt("unsigned int", 4, 0);
        for (int i = 0; i < typedefs; i++) {
            raw.addTypedef("u32_" + i, intId);
        }
        return raw.toBytes();
    }

    /** A memory image: header, small BTF of a built-in program, bytes that only look like BTF, BTF, more. */
    private static byte[] image(String kind, ByteOrder order) {
        ByteBuffer image = ByteBuffer.allocate(70_000).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0, (byte) 'M').put(1, (byte) 'Z');
        switch (kind) {
            case "arm64" -> image.putInt(0x38, 0x644d5241);
            case "riscv64" -> image.putInt(0x38, 0x05435352);
            case "loongarch64" -> image.putInt(0x38, 0x818223cd);
            default -> image.put(0, new byte[2]);
        }
        image.put(0x1000, btf(order, 1));
        byte[] real = btf(order, 20);
        byte[] broken = btf(order, 30);
        ByteBuffer.wrap(broken).order(order).putInt(24 + 4, 0x7f << 24); // of no kind
        image.put(0x2000, broken);
        image.put(0x4000 - 4, real);
        image.putInt(0x6000, 0x0001eb9f);
        return image.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] zboot(byte[] packed, String compressor) {
        ByteBuffer image = ByteBuffer.allocate(0x500 + packed.length).order(ByteOrder.LITTLE_ENDIAN);
        image.put(new byte[] {'M', 'Z', 0, 0, 'z', 'i', 'm', 'g'});
        image.putInt(8, 0x400).putInt(12, packed.length);
        image.put(24, compressor.getBytes(StandardCharsets.US_ASCII));
        return image.put(0x400, packed).array();
    }

    private static byte[] android(int version, byte[] kernel) {
        int page = version < 3 ? 2048 : 4096;
        ByteBuffer image = ByteBuffer.allocate(page + kernel.length + 5000).order(ByteOrder.LITTLE_ENDIAN);
        image.put("ANDROID!".getBytes(StandardCharsets.US_ASCII)).putInt(8, kernel.length);
        image.putInt(0x28, version);
        if (version < 3) {
            image.putInt(0x24, page);
        }
        return image.put(page, kernel).array();
    }

    private Path write(byte[] image) throws IOException {
        return Files.write(folder.resolve("vmlinuz"), image);
    }

    private void assertHasBtf(byte[] image) throws IOException {
        Btf btf = BtfSource.load(write(image));
        assertEquals(21, btf.typeCount() - 1);
        KernelValidator.kernel(btf);
    }

    private String failure(byte[] image) throws IOException {
        Path file = write(image);
        String message =
                assertThrows(BtfException.class, () -> BtfSource.load(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm64", "riscv64", "loongarch64"})
    void shouldFindTheLargestBtfOfAnImage(String kind) throws IOException {
        byte[] image = image(kind, ByteOrder.LITTLE_ENDIAN);
        assertHasBtf(image);
        assertHasBtf(gzip(image));
        assertHasBtf(zboot(gzip(image), "gzip"));
        assertEquals(
                folder.resolve("vmlinuz") + "(BTF at 0x3ffc)",
                BtfSource.load(write(image)).source());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldReadAndroidsBootImages(int version) throws IOException {
        byte[] image = image("arm64", ByteOrder.LITTLE_ENDIAN);
        assertHasBtf(android(version, image));
        byte[] followed = gzip(image);
        assertHasBtf(android(
                version,
                ByteBuffer.allocate(followed.length + 100).put(followed).array()));
        assertHasBtf(android(version, zboot(gzip(image), "gzip")));
    }

    @ParameterizedTest
    @CsvSource({"none", "gzip"})
    void shouldReadWhatMkimageMakes(String compression) throws IOException {
        ExternalTool mkimage = ExternalTool.named("mkimage", "u-boot-tools");
        assumeTrue(mkimage.isAvailable(), "no mkimage (Debian package u-boot-tools)");
        byte[] image = image("arm64", ByteOrder.LITTLE_ENDIAN);
        Path kernel = Files.write(folder.resolve("kernel"), compression.equals("gzip") ? gzip(image) : image);
        Path out = folder.resolve("uImage");
        mkimage.check("-A", "arm64", "-T", "kernel", "-C", compression, "-d", kernel, out);
        assertHasBtf(Files.readAllBytes(out));
        mkimage.check("-A", "arm64", "-T", "multi", "-C", compression, "-d", kernel + ":" + kernel, out);
        assertHasBtf(Files.readAllBytes(out));
    }

    @Test
    void shouldFindWhatIsPackedSomewhere() throws IOException {
        byte[] packed = gzip(image("raw", ByteOrder.LITTLE_ENDIAN));
        ByteBuffer arm = ByteBuffer.allocate(5000 + packed.length).order(ByteOrder.LITTLE_ENDIAN);
        arm.putInt(0x24, 0x016f2818)
                .put(1000, new byte[] {0x1f, (byte) 0x8b, 8, 0})
                .put(4000, packed);
        assertHasBtf(arm.array());
        byte[] big = gzip(image("raw", ByteOrder.BIG_ENDIAN));
        ByteBuffer s390 = ByteBuffer.allocate(0x11000 + big.length);
        s390.put(0x10008, "S390EP".getBytes(StandardCharsets.US_ASCII)).put(0x10800, big);
        // What was not larger than the rest of the file would be no kernel.
        assertHasBtf(s390.array());
    }

    @Test
    void shouldReadElfThatIsPacked() throws IOException {
        RawElf elf = RawElf.of(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC));
        elf.section(".BTF").data(btf(ByteOrder.LITTLE_ENDIAN, 20));
        assertHasBtf(android(0, gzip(elf.toBytes())));
    }

    @Test
    void shouldSayWhatAnImageWithoutBtfIs() throws IOException {
        byte[] image = image("arm64", ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(image, 0x1000, image.length, (byte) 0);
        String without = " without BTF that could be found" + ELSEWHERE;
        assertEquals("an arm64 Image" + without, failure(image));
        assertEquals("an EFI zboot image" + without, failure(zboot(gzip(image), "gzip")));
        assertEquals("an Android boot image" + without, failure(android(2, image)));
        assertEquals(
                "an EFI zboot image compressed as 'brotli', of which nothing is known here" + ELSEWHERE,
                failure(zboot(new byte[500], "brotli")));
        byte[] vendor = new byte[5000];
        ByteBuffer.wrap(vendor).put("VNDRBOOT".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                "an Android vendor boot image, which has no kernel, expected a kernel" + ELSEWHERE, failure(vendor));
    }

    @Test
    void shouldNotTrustPlaces() throws IOException {
        byte[] zboot = zboot(gzip(image("arm64", ByteOrder.LITTLE_ENDIAN)), "gzip");
        ByteBuffer.wrap(zboot).order(ByteOrder.LITTLE_ENDIAN).putInt(12, -1);
        assertEquals(
                "an EFI zboot image with its kernel at 1024.." + (1024 + 0xffffffffL) + ", expected within its "
                        + zboot.length + " bytes",
                failure(zboot));
        byte[] cut = gzip(image("arm64", ByteOrder.LITTLE_ENDIAN));
        assertTrue(failure(zboot(Arrays.copyOf(cut, cut.length / 2), "gzip"))
                .startsWith("an EFI zboot image: cannot decompress GZIP data: "));
    }

    @Test
    void shouldNameSectionsWithoutBytes() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").nobits(100);
        assertEquals(
                "section [1] .BTF has no bytes (NOBITS), as in a file of debug information; its BTF is in the file that"
                        + " this was split from",
                failure(elf.toBytes()));
    }
}
