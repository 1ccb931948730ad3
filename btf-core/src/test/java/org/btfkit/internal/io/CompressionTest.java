package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.btfkit.BtfException;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Compressed files are read as if they were not; damaged ones are refused with one line. */
class CompressionTest {
    private static final byte[] MODULE = SampleModule.module();

    @TempDir
    Path folder;

    private byte[] compress(Compression how, byte[] bytes) throws IOException {
        return switch (how) {
            case NONE -> bytes;
            case GZIP -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (OutputStream gzip = new GZIPOutputStream(out)) {
                    gzip.write(bytes);
                }
                yield out.toByteArray();
            }
            case XZ -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(1))) {
                    xz.write(bytes);
                }
                yield out.toByteArray();
            }
            case ZSTD -> zstd(bytes);
            case LZ4 -> tool("lz4", "lz4", bytes);
            case LZMA -> tool("lzma", "xz-utils", bytes);
            case BZIP2 -> tool("bzip2", "bzip2", bytes);
            case LZO -> tool("lzop", "lzop", bytes);
        };
    }

    private byte[] tool(String name, String debianPackage, byte[] bytes, Object... options) throws IOException {
        ExternalTool tool = ExternalTool.named(name, debianPackage);
        assumeTrue(tool.isAvailable(), "no " + name + " (Debian package " + debianPackage + ")");
        Path plain = Files.write(folder.resolve("plain"), bytes);
        Object[] arguments = Arrays.copyOf(options, options.length + 2);
        arguments[options.length] = "-c";
        arguments[options.length + 1] = plain;
        return tool.check(arguments).stdout();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private byte[] zstd(byte[] bytes, Object... options) throws IOException {
        ExternalTool zstd = ExternalTool.named("zstd", "zstd");
        assumeTrue(zstd.isAvailable(), "no zstd (Debian package zstd)");
        Path plain = Files.write(folder.resolve("plain"), bytes);
        Object[] arguments = Arrays.copyOf(options, options.length + 3);
        arguments[options.length] = "-q";
        arguments[options.length + 1] = "-c";
        arguments[options.length + 2] = plain;
        return zstd.check(arguments).stdout();
    }

    private InputFile open(byte[] bytes) throws IOException {
        return InputFile.open(Files.write(folder.resolve("input"), bytes));
    }

    private byte[] read(byte[] bytes) throws IOException {
        InputFile file = open(bytes);
        try (RandomInput content = file.content()) {
            return content.read(0, (int) content.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldReadAsIfNotCompressed(Compression how) throws IOException {
        byte[] compressed = compress(how, MODULE);
        assertArrayEquals(MODULE, read(compressed));
        assertEquals(how, open(compressed).compression());
        assertEquals(folder.resolve("input"), open(compressed).path());
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldReadEmptyContent(Compression how) throws IOException {
        assertArrayEquals(new byte[0], read(compress(how, new byte[0])));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldReadContentThatDoesNotShrink(Compression how) throws IOException {
        byte[] noise = new byte[300_000];
        new Random(7).nextBytes(noise);
        assertArrayEquals(noise, read(compress(how, noise)));
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "LZMA")
    void shouldReadSeveralPartsInOneFile(Compression how) throws IOException {
        byte[] first = compress(how, Arrays.copyOf(MODULE, 1000));
        byte[] second = compress(how, Arrays.copyOfRange(MODULE, 1000, MODULE.length));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertArrayEquals(MODULE, read(both));
    }

    @Test
    void shouldReadWhatToolsWrite() throws IOException {
        for (String[] command : new String[][] {
            {"xz", "xz-utils", "--check=crc32", "--lzma2=dict=2MiB"},
            {"xz", "xz-utils", "--x86", "--lzma2=preset=9e"},
            {"xz", "xz-utils", "--block-size=1024", "-0"},
            {"gzip", "gzip", "-9"},
            {"gzip", "gzip", "-1"},
            {"zstd", "zstd", "-19"},
            {"zstd", "zstd", "--no-check"},
            {"zstd", "zstd", "--fast=5"},
            {"lz4", "lz4", "-9"},
            {"lz4", "lz4", "-l"},
            {"lz4", "lz4", "-BD", "-B4"},
            {"lz4", "lz4", "-BX", "--content-size", "--no-frame-crc"},
            {"lzma", "xz-utils", "-9"},
            {"bzip2", "bzip2", "-1"},
            {"lzop", "lzop", "-9"},
            {"lzop", "lzop", "-1"}
        }) {
            ExternalTool tool = ExternalTool.named(command[0], command[1]);
            assumeTrue(tool.isAvailable(), "no " + command[0]);
            Path plain = Files.write(folder.resolve("module.ko"), MODULE);
            Object[] arguments = Arrays.copyOfRange(command, 2, command.length + 2, Object[].class);
            arguments[arguments.length - 2] = "-c";
            arguments[arguments.length - 1] = plain;
            assertArrayEquals(MODULE, read(tool.check(arguments).stdout()), Arrays.toString(command));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldRejectTruncatedData(Compression how) throws IOException {
        byte[] whole = compress(how, MODULE);
        for (int length = Compression.MAGIC_BYTES; length < whole.length; length += 64) {
            byte[] cut = Arrays.copyOf(whole, length);
            String message = assertThrows(BtfException.class, () -> read(cut)).getMessage();
            String start = folder.resolve("input") + ": cannot decompress " + how + " data: ";
            assertTrue(message.startsWith(start), message);
            assertFalse(message.endsWith("null"), message);
        }
    }

    /** A flip that no checksum covers may give other content; it never gives another kind of error. */
    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldRejectDamagedData(Compression how) throws IOException {
        byte[] whole = compress(how, MODULE);
        Random random = new Random(1234);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            damaged[Compression.MAGIC_BYTES + random.nextInt(whole.length - Compression.MAGIC_BYTES)] ^=
                    (byte) (1 + random.nextInt(255));
            try {
                read(damaged);
            } catch (BtfException e) {
                refused++;
                assertTrue(e.getMessage().contains(": cannot decompress " + how + " data: "), e.getMessage());
                assertFalse(e.getMessage().endsWith("null"), e.getMessage());
            }
        }
        assertTrue(refused > 190, "refused " + refused);
    }

    @Test
    void shouldRejectWindowThatIsTooLarge() throws IOException {
        byte[] large = new byte[20 << 20];
        byte[] compressed = zstd(large, "--ultra", "-22", "--long=27", "--no-content-size");
        assertArrayEquals(large, read(compressed));
        assertArrayEquals(large, read(zstd(large, "--ultra", "-22", "--long=27")));
    }

    /** As pzstd writes them before and between frames; LZ4 has them, too. */
    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"ZSTD", "LZ4"})
    void shouldSkipFramesThatAreToBeSkipped(Compression how) throws IOException {
        byte[] skippable = {0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
        byte[] first = compress(how, Arrays.copyOf(MODULE, 1000));
        byte[] second = compress(how, Arrays.copyOfRange(MODULE, 1000, MODULE.length));
        byte[] file = concat(skippable, skippable, first, skippable, second, skippable);
        assertEquals(how, open(file).compression());
        assertArrayEquals(MODULE, read(file));
        assertEquals(Compression.NONE, open(skippable).compression());
        assertEquals(Compression.NONE, open(concat(skippable, MODULE)).compression());
        byte[] cut = Arrays.copyOf(file, file.length - 1);
        assertTrue(
                assertThrows(BtfException.class, () -> read(cut)).getMessage().endsWith("it ends too early"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"ZSTD", "LZ4", "LZMA", "XZ"})
    void shouldRefuseWhatStandsBehind(Compression how) throws IOException {
        byte[] file = concat(compress(how, MODULE), new byte[] {'m', 'o', 'r', 'e', 'b', 'y', 't', 'e', 's', 0, 0, 0});
        String message = assertThrows(BtfException.class, () -> read(file)).getMessage();
        assertTrue(message.contains("cannot decompress " + how + " data: "), message);
    }

    /** Blocks and sizes that claim far more than there is. */
    @Test
    void shouldNotTrustSizesOfFrames() throws IOException {
        byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xe0, -1, -1, -1, -1, 0, 0, 0, 0, 1, 0, 0};
        assertTrue(assertThrows(BtfException.class, () -> read(zstd))
                .getMessage()
                .contains("content of 4294967295 bytes"));
        byte[] lz4 = {2, 0x21, 0x4c, 0x18, 6, 0, 0, 0, 0x1f, 1, 1, 0, -1, -1};
        assertTrue(assertThrows(BtfException.class, () -> read(lz4))
                .getMessage()
                .endsWith("LZ4 block that ends within a length"));
        byte[] before = {2, 0x21, 0x4c, 0x18, 4, 0, 0, 0, 0x10, 1, 2, 0};
        assertTrue(assertThrows(BtfException.class, () -> read(before))
                .getMessage()
                .endsWith("LZ4 block with a match 2 bytes before 1"));
    }

    @Test
    void shouldRejectDictionaryThatIsTooLarge() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(1 << 20);
        try (OutputStream xz = new XZOutputStream(out, options)) {
            xz.write(MODULE);
        }
        byte[] compressed = out.toByteArray();
        // The dictionary size is one byte of the filter flags, protected by a checksum: 37 stands for 1.5 GiB.
        compressed[16] = 37;
        CRC32 crc = new CRC32();
        int headerBytes = 4 * (compressed[12] + 1);
        crc.update(compressed, 12, headerBytes - 4);
        for (int i = 0; i < 4; i++) {
            compressed[12 + headerBytes - 4 + i] = (byte) (crc.getValue() >>> 8 * i);
        }
        BtfException e = assertThrows(BtfException.class, () -> read(compressed));
        assertTrue(e.getMessage().contains("cannot decompress XZ data: "), e.getMessage());
        assertTrue(e.getMessage().contains("KiB of memory"), e.getMessage());
    }

    @Test
    void shouldTakeOtherDataForPlain() throws IOException {
        for (byte[] head : List.of(
                new byte[] {0x1f},
                new byte[] {0x1f, (byte) 0x8c, 8},
                new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z'},
                new byte[] {0x28, (byte) 0xb5, 0x2f})) {
            assertEquals(Compression.NONE, open(head).compression());
            assertArrayEquals(head, read(head));
        }
    }

    // ---- pipes

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldReadFromPipe(Compression how) throws Exception {
        ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
        assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
        byte[] compressed = compress(how, MODULE);
        Path pipe = folder.resolve("pipe");
        mkfifo.check(pipe);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(compressed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        InputFile file = InputFile.open(pipe);
        writer.get();
        assertEquals(how, file.compression());
        assertEquals(MODULE.length, file.content().size());
        assertArrayEquals(MODULE, file.content().read(0, MODULE.length));
    }

    @Test
    void shouldNotOpenFoldersOrMissingFiles() {
        assertThrows(IOException.class, () -> InputFile.open(folder));
        assertThrows(IOException.class, () -> InputFile.open(folder.resolve("missing")));
    }

    /** A device may never end; a socket cannot be opened, for which the system has words that say nothing. */
    @Test
    void shouldRefuseDevicesAndSockets() throws IOException {
        Path zero = Path.of("/dev/zero");
        FileSystemException device = assertThrows(FileSystemException.class, () -> InputFile.open(zero));
        assertEquals("/dev/zero: is a device, expected a file or a pipe", device.getMessage());
        Path place = folder.resolve("socket");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(place));
            FileSystemException e = assertThrows(FileSystemException.class, () -> InputFile.open(place));
            assertEquals(place + ": is a socket, expected a file or a pipe", e.getMessage());
        }
        assertEquals(0, InputFile.open(Path.of("/dev/null")).content().size());
    }

    // ---- plain files

    @Test
    void shouldNoticeThatFileBecameShorter() throws IOException {
        Path path = Files.write(folder.resolve("input"), new byte[200_000]);
        try (FileInput input = new FileInput(path)) {
            Files.write(path, new byte[100_000]);
            IOException e = assertThrows(IOException.class, () -> input.read(0, 200_000));
            assertEquals("file became shorter while it was read", e.getMessage());
            assertEquals(200_000, input.size());
        }
    }

    @Test
    void shouldReadWindows() throws IOException {
        byte[] bytes = new byte[200_000];
        new Random(3).nextBytes(bytes);
        Path path = Files.write(folder.resolve("input"), bytes);
        try (FileInput file = new FileInput(path)) {
            for (RandomInput input : List.of(file, new ArrayInput(bytes))) {
                RandomInput window = input.slice(1_000, 150_000);
                assertEquals(150_000, window.size());
                assertArrayEquals(Arrays.copyOfRange(bytes, 1_500, 101_500), window.read(500, 100_000));
                assertArrayEquals(
                        Arrays.copyOfRange(bytes, 1_503, 1_508),
                        window.slice(500, 9).read(3, 5));
            }
        }
    }
}
