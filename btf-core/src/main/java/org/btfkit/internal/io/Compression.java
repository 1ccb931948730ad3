package org.btfkit.internal.io;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.btfkit.BtfException;
import org.tukaani.xz.XZInputStream;

/** The compressions that kernel modules are shipped in. */
public enum Compression {
    /** Not compressed. */
    NONE,
    /** {@code .gz}. */
    GZIP,
    /** {@code .xz}. */
    XZ,
    /** {@code .zst}. */
    ZSTD;

    /** How many bytes {@link #detect} wants to see. */
    static final int MAGIC_BYTES = 6;

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
        return NONE;
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
        try (InputStream plain = open(new ByteArrayInputStream(compressed))) {
            byte[] bytes = plain.readNBytes(MAX_BYTES);
            if (bytes.length == MAX_BYTES) {
                throw new BtfException(source + ": larger than 2 GiB when decompressed");
            }
            return bytes;
        } catch (BtfException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            if (e instanceof EOFException) {
                reason = "it ends too early";
            }
            throw new BtfException(source + ": cannot decompress " + this + " data: " + reason, e);
        }
    }

    private InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, 1 << 16);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}
