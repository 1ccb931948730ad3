package org.btfkit.internal.io;

import io.airlift.compress.bzip2.BZip2HadoopStreams;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.btfkit.BtfException;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZInputStream;

/** The compressions that kernels and modules are shipped in. */
public enum Compression {
    /** Not compressed. */
    NONE,
    /** {@code .gz}. */
    GZIP,
    /** {@code .xz}. */
    XZ,
    /** {@code .zst}. */
    ZSTD,
    /** {@code .lz4}, of the kernel's legacy kind as well. */
    LZ4,
    /** {@code .lzma}, which xz took the place of. */
    LZMA,
    /** {@code .bz2}. */
    BZIP2,
    /** {@code .lzo}, of lzop. */
    LZO;

    /** How many bytes {@link #detect} wants to see. */
    static final int MAGIC_BYTES = 13;

    /** Memory that an xz dictionary may take, in KiB. Modules use 1 or 2 MiB, xz at most 64 MiB. */
    private static final int XZ_MEMORY_KIB = 256 << 10;

    /** Largest array that every JVM can allocate. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    /**
     * Tells how data is compressed.
     *
     * @param head the first bytes of the data, fewer if it is shorter
     * @return the compression its magic number stands for
     */
    static Compression detect(byte[] head) {
        if (startsWith(head, 0x1f, 0x8b)) {
            return GZIP;
        }
        if (startsWith(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZ;
        }
        if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) {
            return ZSTD;
        }
        if (startsWith(head, 0x04, 0x22, 0x4d, 0x18) || startsWith(head, 0x02, 0x21, 0x4c, 0x18)) {
            return LZ4;
        }
        boolean isBzip2 = startsWith(head, 'B', 'Z', 'h') && head.length >= 10 && head[3] >= '1' && head[3] <= '9';
        if (isBzip2 && (hasAt4(head, 0x314159265359L) || hasAt4(head, 0x177245385090L))) {
            return BZIP2;
        }
        if (startsWith(head, 0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n')) {
            return LZO;
        }
        return isLzma(head) ? LZMA : NONE;
    }

    /** Tells whether data begins with a frame that is to be skipped; what follows it says how it is compressed. */
    static boolean isSkippable(byte[] head) {
        return head.length >= 8
                && (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() & ~0xf) == Lz4Frames.SKIPPABLE;
    }

    /** The first block of bzip2 begins with the digits of pi, the end of empty data with those of its root. */
    private static boolean hasAt4(byte[] head, long mark) {
        return ByteBuffer.wrap(head).getLong(2) << 16 == mark << 16;
    }

    /** There is no magic: what every encoder writes for properties, a dictionary's size, and one that can be. */
    private static boolean isLzma(byte[] head) {
        if (head.length < 13 || head[0] != 0x5d) {
            return false;
        }
        ByteBuffer words = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int dictionary = words.getInt(1);
        long size = words.getLong(5);
        int rest = dictionary & dictionary - 1;
        boolean isUsual = dictionary >= 4096 && (rest == 0 || rest == Integer.highestOneBit(dictionary) >>> 1);
        return isUsual && (size == -1 || size >= 0 && size < 1L << 38);
    }

    private static boolean startsWith(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Decompresses data.
     *
     * @param compressed all of the compressed data
     * @param source where it came from, for messages
     * @return the plain bytes
     * @throws BtfException if the data is damaged, cut off, or larger than 2 GiB when decompressed
     */
    byte[] decompress(byte[] compressed, String source) {
        return decompress(compressed, source, MAX_BYTES, false);
    }

    /**
     * Decompresses data that may be part of something larger.
     *
     * @param compressed the compressed data; may be overwritten
     * @param source where it came from, for messages
     * @param limit how large the plain bytes may be
     * @param mayBeFollowed whether something else may stand behind the data
     * @return the plain bytes
     * @throws BtfException if the data is damaged, cut off, or larger when decompressed
     */
    public byte[] decompress(byte[] compressed, String source, int limit, boolean mayBeFollowed) {
        try {
            return switch (this) {
                case ZSTD -> ZstdFrames.decompress(compressed, limit, mayBeFollowed);
                case LZ4 -> Lz4Frames.decompress(compressed, limit, mayBeFollowed);
                case LZO -> LzoFile.decompress(compressed, limit, mayBeFollowed);
                case BZIP2 -> readBzip2(compressed, limit, mayBeFollowed);
                case NONE, GZIP, XZ, LZMA -> read(compressed, limit, mayBeFollowed);
            };
        } catch (IOException | RuntimeException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            if (e instanceof EOFException || e instanceof IndexOutOfBoundsException) {
                reason = "it ends too early";
            }
            throw new BtfException(source + ": cannot decompress " + this + " data: " + reason, e);
        }
    }

    /** The decoder reads one stream; another one begins with a mark that no compressed data has. */
    private byte[] readBzip2(byte[] compressed, int limit, boolean mayBeFollowed) throws IOException {
        PlainBytes plain = new PlainBytes((int) Math.min(limit, 4L * compressed.length), limit);
        int start = 0;
        while (start < compressed.length) {
            int end = start + 1;
            while (end < compressed.length && !isBzip2(compressed, end)) {
                end++;
            }
            byte[] part = read(Arrays.copyOfRange(compressed, start, end), limit, mayBeFollowed);
            plain.append(part, 0, part.length);
            start = mayBeFollowed ? compressed.length : end;
        }
        return plain.toArray();
    }

    private static boolean isBzip2(byte[] data, int at) {
        return data[at] == 'B' && at + 10 <= data.length && detect(Arrays.copyOfRange(data, at, at + 10)) == BZIP2;
    }

    private byte[] read(byte[] compressed, int limit, boolean mayBeFollowed) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(compressed);
        try (InputStream plain = open(in, mayBeFollowed)) {
            byte[] bytes = plain.readNBytes(limit);
            if (bytes.length == limit && plain.read() >= 0) {
                throw new IOException("larger than " + limit + " bytes when decompressed");
            }
            if (this == LZMA && !mayBeFollowed && in.available() > 0) {
                throw new IOException(in.available() + " bytes behind its end");
            }
            return bytes;
        }
    }

    private InputStream open(InputStream in, boolean mayBeFollowed) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPInputStream(in, 1 << 16);
            case XZ ->
                mayBeFollowed ? new SingleXZInputStream(in, XZ_MEMORY_KIB) : new XZInputStream(in, XZ_MEMORY_KIB);
            case LZMA -> new LZMAInputStream(in, XZ_MEMORY_KIB);
            case BZIP2 -> new BZip2HadoopStreams().createInputStream(in);
            case NONE, ZSTD, LZ4, LZO -> in;
        };
    }
}
