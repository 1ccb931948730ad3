package org.btfkit.internal.io;

import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.tukaani.xz.SingleXZInputStream;

/**
 * A bootable x86 kernel ({@code bzImage}, {@code vmlinuz}): boot code with the compressed vmlinux in it.
 *
 * <p>The kernel's {@code Documentation/arch/x86/boot.rst} gives the places: a setup header at 0x1f1, marked "HdrS" at
 * 0x202, whose fields {@code payload_offset} and {@code payload_length} (since protocol 2.08) tell where the payload
 * is, counted from the end of the setup sectors. The payload is compressed; its last four bytes are its size when
 * decompressed, which gzip has there anyway.
 */
public final class KernelImage {
    /** How much of a file {@link #isKernelImage} wants to see, up to the end of the fields that are used. */
    static final int HEADER_BYTES = 0x250;

    private static final int SETUP_SECTS = 0x1f1;
    private static final int MARK = 0x202;
    private static final int VERSION = 0x206;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;

    /** Where an image has no number of setup sectors, it has this many. */
    private static final int DEFAULT_SETUP_SECTS = 4;

    private static final int SECTOR = 512;

    /** What x86 has address space for ({@code KERNEL_IMAGE_SIZE}). */
    private static final int MAX_KERNEL_BYTES = 1 << 30;

    /** Far more than any kernel gets; keeps a few bytes from claiming a gigabyte of memory. */
    private static final int MAX_RATIO = 4096;

    /** The kernel compresses with up to 128 MiB of dictionary. */
    private static final int XZ_MEMORY_KIB = 256 << 10;

    private static final int LZ4_LEGACY_MAGIC = 0x184c2102;

    /** Exponent 13 over 1 KiB, no mantissa. */
    private static final byte ZSTD_WINDOW_8_MIB = 13 << 3;

    /** Most that a block of a legacy LZ4 frame holds. */
    private static final int LZ4_BLOCK_BYTES = 8 << 20;

    private final byte[] payload;
    private final String source;
    private final int kernelBytes;

    private KernelImage(byte[] payload, String source) {
        this.payload = payload;
        this.source = source;
        ByteBuffer words = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        this.kernelBytes = words.getInt(payload.length - 4);
        long most = Math.min(MAX_KERNEL_BYTES, (long) MAX_RATIO * payload.length);
        if (kernelBytes <= 0 || kernelBytes > most) {
            throw new BtfException(source + ": payload of " + Integer.toUnsignedString(kernelBytes)
                    + " bytes when decompressed, expected 1 to " + most);
        }
    }

    /**
     * Tells whether data is a bootable x86 kernel.
     *
     * @param input the data
     * @return true if there is a setup header
     * @throws IOException if reading fails
     */
    public static boolean isKernelImage(RandomInput input) throws IOException {
        if (input.size() < HEADER_BYTES) {
            return false;
        }
        byte[] mark = input.read(MARK, 4);
        return mark[0] == 'H' && mark[1] == 'd' && mark[2] == 'r' && mark[3] == 'S';
    }

    /**
     * Decompresses the kernel.
     *
     * @param image a bootable x86 kernel
     * @param source where it came from, for messages
     * @return the kernel, an ELF file that may be followed by relocations
     * @throws IOException if reading fails
     * @throws BtfException if the image is damaged, or compressed as is not supported
     */
    public static byte[] kernel(RandomInput image, String source) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(image.read(0, HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int version = header.getShort(VERSION) & 0xffff;
        if (version < 0x208) {
            throw new BtfUnsupportedException(source + ": kernel image of boot protocol " + (version >>> 8) + "."
                    + (version & 0xff) + ", expected 2.8 or later");
        }
        int setupSectors = header.get(SETUP_SECTS) & 0xff;
        if (setupSectors == 0) {
            setupSectors = DEFAULT_SETUP_SECTS;
        }
        long length = header.getInt(PAYLOAD_LENGTH) & 0xffffffffL;
        long start = (setupSectors + 1L) * SECTOR + (header.getInt(PAYLOAD_OFFSET) & 0xffffffffL);
        if (length < 16 || start + length > image.size() || length > MAX_KERNEL_BYTES) {
            throw new BtfException(source + ": kernel image with payload " + start + ".." + (start + length)
                    + ", expected within its " + image.size() + " bytes");
        }
        return new KernelImage(image.read(start, (int) length), source).decompress();
    }

    private byte[] decompress() {
        byte[] kernel;
        try {
            kernel = decompressAny();
        } catch (BtfException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new BtfException(source + ": kernel image with damaged payload: " + e.getMessage(), e);
        }
        if (kernel.length != kernelBytes) {
            throw new BtfException(source + ": kernel image with damaged payload: " + kernel.length
                    + " bytes when decompressed, expected " + kernelBytes);
        }
        return kernel;
    }

    private byte[] decompressAny() throws IOException {
        int length = payload.length - 4;
        switch (Compression.detect(Arrays.copyOf(payload, Compression.MAGIC_BYTES))) {
            case GZIP -> {
                return read(new GZIPInputStream(new ByteArrayInputStream(payload), 1 << 16));
            }
            case XZ -> {
                return read(new SingleXZInputStream(new ByteArrayInputStream(payload, 0, length), XZ_MEMORY_KIB));
            }
            case ZSTD -> {
                byte[] kernel = new byte[kernelBytes];
                int start = shrinkZstdWindow();
                int bytes = new ZstdDecompressor().decompress(payload, start, length - start, kernel, 0, kernelBytes);
                return bytes == kernelBytes ? kernel : Arrays.copyOf(kernel, bytes);
            }
            case NONE -> {
                ByteBuffer blocks = ByteBuffer.wrap(payload, 0, length).order(ByteOrder.LITTLE_ENDIAN);
                if (blocks.getInt() == LZ4_LEGACY_MAGIC) {
                    return readLz4(blocks);
                }
            }
        }
        throw new BtfUnsupportedException(
                source + ": kernel image compressed as " + knownName() + ", expected gzip, xz, zstd or lz4");
    }

    private byte[] read(InputStream in) throws IOException {
        try (in) {
            return in.readNBytes(kernelBytes);
        }
    }

    /**
     * Rewrites the header of the Zstandard frame (RFC 8878, section 3.1.1.1) to ask for a window of 8 MiB.
     *
     * <p>The kernel's build asks for 128 MiB, and the decoder refuses more than 8. The window limits how much a decoder
     * has to keep; decompressing into one array keeps everything, so that the number does not matter.
     *
     * @return where the new header begins; it is not longer than the old one, and ends where that ended
     */
    private int shrinkZstdWindow() {
        int descriptor = payload[4];
        boolean singleSegment = (descriptor & 0x20) != 0;
        int contentSizeFlag = descriptor >>> 6 & 3;
        int contentSizeBytes = contentSizeFlag == 0 ? (singleSegment ? 1 : 0) : 1 << contentSizeFlag;
        int dictionaryBytes = (1 << (descriptor & 3)) >>> 1;
        int dictionary = singleSegment ? 5 : 6;
        int start = dictionary + contentSizeBytes - 6;
        System.arraycopy(payload, dictionary, payload, start + 6, dictionaryBytes);
        payload[start] = 0x28;
        payload[start + 1] = (byte) 0xb5;
        payload[start + 2] = 0x2f;
        payload[start + 3] = (byte) 0xfd;
        payload[start + 4] = (byte) (descriptor & 0x07);
        payload[start + 5] = ZSTD_WINDOW_8_MIB;
        return start;
    }

    /** A legacy frame is a row of blocks, each after its compressed size; all but the last are full. */
    private byte[] readLz4(ByteBuffer blocks) {
        byte[] kernel = new byte[kernelBytes];
        Lz4Decompressor decompressor = new Lz4Decompressor();
        int written = 0;
        while (blocks.hasRemaining() && written < kernelBytes) {
            int size = blocks.remaining() < 4 ? -1 : blocks.getInt();
            if (size < 0 || size > blocks.remaining()) {
                throw new BtfException(source + ": kernel image with damaged payload: LZ4 block of " + size
                        + " bytes, there are " + blocks.remaining());
            }
            int room = Math.min(LZ4_BLOCK_BYTES, kernelBytes - written);
            written += decompressor.decompress(payload, blocks.position(), size, kernel, written, room);
            blocks.position(blocks.position() + size);
        }
        return written == kernelBytes ? kernel : Arrays.copyOf(kernel, written);
    }

    private String knownName() {
        int magic = (payload[0] & 0xff) << 16 | (payload[1] & 0xff) << 8 | payload[2] & 0xff;
        return switch (magic) {
            case 0x425a68 -> "bzip2";
            case 0x5d0000 -> "lzma";
            case 0x894c5a -> "lzo";
            default -> "0x" + Integer.toHexString(magic);
        };
    }
}
