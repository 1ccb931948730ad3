package org.btfkit.internal.io;

import io.airlift.compress.lzo.LzoDecompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.Adler32;

/**
 * Decompresses what lzop writes: headers with a name and checksums, then blocks of LZO1X; words are big-endian.
 *
 * <pre>
 * file   = (magic:9 version:u16 library:u16 needed:u16 method:u8 level:u8 flags:u32 [filter:u32] mode:u32 mtime:u64
 *          name_len:u8 name checksum:u32 [extra_len:u32 extra checksum:u32] block* 0:u32)*
 * block  = plain_len:u32 len:u32 [adler32:u32] [crc32:u32] [adler32:u32] [crc32:u32] byte*
 * </pre>
 *
 * <p>A block that did not shrink is stored, without the second pair of checksums. Of the checksums the first is
 * verified, which lzop always writes.
 */
final class LzoFile {
    private static final int MAGIC_BYTES = 9;
    private static final int FIRST_WITH_LEVEL = 0x0940;
    private static final int ADLER_PLAIN = 1;
    private static final int ADLER_PACKED = 2;
    private static final int EXTRA = 0x40;
    private static final int CRC_PLAIN = 0x100;
    private static final int CRC_PACKED = 0x200;
    private static final int FILTER = 0x800;

    /** What lzop itself takes for a block at most. */
    private static final int MAX_BLOCK = 64 << 20;

    private final ByteBuffer in;
    private final PlainBytes out;

    private LzoFile(byte[] data, int limit) {
        in = ByteBuffer.wrap(data);
        out = new PlainBytes((int) Math.min(limit, 4L * data.length), limit);
    }

    /**
     * Decompresses all parts.
     *
     * @param data the file
     * @param limit how large the result may be
     * @param mayBeFollowed whether something else may stand behind the first part, as in kernel images
     */
    static byte[] decompress(byte[] data, int limit, boolean mayBeFollowed) throws IOException {
        LzoFile file = new LzoFile(data, limit);
        do {
            file.blocks(file.header());
        } while (file.in.hasRemaining() && !mayBeFollowed);
        return file.out.toArray();
    }

    /** Reads a header and returns its flags. */
    private int header() throws IOException {
        require(MAGIC_BYTES + 6);
        if ((in.get(in.position()) & 0xff) != 0x89 || in.get(in.position() + 1) != 'L') {
            throw new IOException("no header at 0x" + Integer.toHexString(in.position()));
        }
        skip(MAGIC_BYTES);
        int version = in.getShort() & 0xffff;
        boolean isNew = version >= FIRST_WITH_LEVEL;
        skip(isNew ? 4 : 2);
        require(2);
        int method = in.get();
        if (method < 1 || method > 3) {
            throw new IOException("method " + method + ", expected LZO1X (1 to 3)");
        }
        skip(isNew ? 1 : 0);
        int flags = word();
        if ((flags & FILTER) != 0) {
            throw new IOException("filtered data, expected plain");
        }
        skip(isNew ? 12 : 8);
        require(1);
        skip((in.get() & 0xff) + 4);
        if ((flags & EXTRA) != 0) {
            skip(word());
            skip(4);
        }
        return flags;
    }

    private void blocks(int flags) throws IOException {
        for (int plain = word(); plain != 0; plain = word()) {
            int packed = word();
            if (plain < 0 || plain > MAX_BLOCK || packed < 0 || packed > plain) {
                throw new IOException("block of " + packed + " bytes for " + plain);
            }
            boolean hasChecksum = (flags & ADLER_PLAIN) != 0;
            int checksum = hasChecksum ? word() : 0;
            skip((flags & CRC_PLAIN) != 0 ? 4 : 0);
            if (packed < plain) {
                skip(((flags & ADLER_PACKED) != 0 ? 4 : 0) + ((flags & CRC_PACKED) != 0 ? 4 : 0));
            }
            require(packed);
            byte[] bytes = new byte[plain];
            int size = plain;
            if (packed == plain) {
                System.arraycopy(in.array(), in.position(), bytes, 0, plain);
            } else {
                size = new LzoDecompressor().decompress(in.array(), in.position(), packed, bytes, 0, plain);
            }
            in.position(in.position() + packed);
            Adler32 found = new Adler32();
            found.update(bytes, 0, size);
            if (size != plain || hasChecksum && (int) found.getValue() != checksum) {
                throw new IOException("block with a wrong checksum before 0x" + Integer.toHexString(in.position()));
            }
            out.append(bytes, 0, plain);
        }
    }

    private int word() throws IOException {
        require(4);
        return in.getInt();
    }

    private void skip(int length) throws IOException {
        require(length);
        in.position(in.position() + length);
    }

    private void require(int length) throws IOException {
        if (length < 0 || length > in.remaining()) {
            throw new IOException("it ends too early");
        }
    }
}
