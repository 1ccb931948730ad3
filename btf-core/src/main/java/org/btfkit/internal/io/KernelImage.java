package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;

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
        Compression compression = Compression.detect(Arrays.copyOf(payload, Compression.MAGIC_BYTES));
        if (compression == Compression.NONE) {
            int magic = (payload[0] & 0xff) << 16 | (payload[1] & 0xff) << 8 | payload[2] & 0xff;
            throw new BtfUnsupportedException(source + ": kernel image compressed as 0x" + Integer.toHexString(magic)
                    + ", expected gzip, xz, zstd, lz4, lzma, bzip2 or lzo");
        }
        String where = source + ": kernel image with damaged payload";
        byte[] packed = compression == Compression.GZIP ? payload : Arrays.copyOf(payload, payload.length - 4);
        byte[] kernel = compression.decompress(packed, where, kernelBytes, true);
        if (kernel.length != kernelBytes) {
            throw new BtfException(where + ": " + kernel.length + " bytes when decompressed, expected " + kernelBytes);
        }
        return kernel;
    }
}
