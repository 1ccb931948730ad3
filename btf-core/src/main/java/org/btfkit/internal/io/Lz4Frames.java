package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decompresses LZ4 files: frames as {@code lz4} writes them, and the legacy frames ({@code lz4 -l}) of kernel images.
 *
 * <p>The grammar is that of lz4's documents on the frame and the block format; words are little-endian:
 *
 * <pre>
 * file    = (frame | legacy | skippable)*
 * frame   = 0x184d2204 flags:u8 limits:u8 [size:u64] [dictionary:u32] check:u8 block* 0:u32 [checksum:u32]
 * block   = size:u32 byte* [checksum:u32]      the upper bit of the size: stored as it is
 * legacy  = 0x184c2102 (size:u32 byte*)*       8 MiB of data each, the last one less
 * skippable = 0x184d2a50..5f size:u32 byte*
 * </pre>
 *
 * <p>Of the checksums that of the whole content is verified, which {@code lz4} always writes. Blocks may refer to those
 * before them, for which the decoders of libraries that only know single blocks have no way.
 */
final class Lz4Frames {
    static final int MAGIC = 0x184d2204;
    static final int LEGACY_MAGIC = 0x184c2102;

    /** The upper 28 bits of the magic of what is to be skipped, in LZ4 and in Zstandard files. */
    static final int SKIPPABLE = 0x184d2a50;

    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int DICTIONARY = 0x01;

    /** What 8 MiB become at worst. */
    private static final int MAX_LEGACY_BLOCK = (8 << 20) + (8 << 20) / 255 + 16;

    private static final int MIN_MATCH = 4;

    private final ByteBuffer in;
    private final PlainBytes out;
    private final boolean mayBeFollowed;

    private Lz4Frames(byte[] data, int limit, boolean mayBeFollowed) {
        in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        long expected = Math.max(1 << 16, data.length * 4L);
        out = new PlainBytes((int) Math.min(limit, expected), limit);
        this.mayBeFollowed = mayBeFollowed;
    }

    /**
     * Decompresses all frames.
     *
     * @param data the file
     * @param limit how large the result may be
     * @param mayBeFollowed whether something else may stand behind the first frame, as in kernel images
     */
    static byte[] decompress(byte[] data, int limit, boolean mayBeFollowed) throws IOException {
        Lz4Frames frames = new Lz4Frames(data, limit, mayBeFollowed);
        do {
            frames.frame();
        } while (frames.in.hasRemaining() && !mayBeFollowed);
        return frames.out.toArray();
    }

    private void frame() throws IOException {
        int magic = word();
        if ((magic & ~0xf) == SKIPPABLE) {
            skip(word());
        } else if (magic == MAGIC) {
            modernFrame();
        } else if (magic == LEGACY_MAGIC) {
            legacyFrame();
        } else {
            throw new IOException("0x" + Integer.toHexString(magic) + " at 0x" + Integer.toHexString(in.position() - 4)
                    + ", expected a frame");
        }
    }

    private void modernFrame() throws IOException {
        int from = out.size();
        require(3);
        int flags = in.get();
        if (flags >>> 6 != 1 || (flags & DICTIONARY) != 0) {
            throw new IOException("frame with flags 0x" + Integer.toHexString(flags & 0xff)
                    + ", expected version 1 and no dictionary");
        }
        skip(1 + ((flags & CONTENT_SIZE) != 0 ? 8 : 0) + 1);
        for (int size = word(); size != 0; size = word()) {
            int length = size & Integer.MAX_VALUE;
            require(length);
            if (size < 0) {
                out.append(in.array(), in.position(), length);
                in.position(in.position() + length);
            } else {
                block(length, 0);
            }
            skip((flags & BLOCK_CHECKSUM) != 0 ? 4 : 0);
        }
        if ((flags & CONTENT_CHECKSUM) != 0 && word() != out.xxHash32(from)) {
            throw new IOException("frame with a wrong checksum before 0x" + Integer.toHexString(in.position()));
        }
    }

    /** Nothing marks the end of a legacy frame: a size that no block has is something else. */
    private void legacyFrame() throws IOException {
        while (in.hasRemaining()) {
            int size = in.remaining() < 4 ? -1 : in.getInt(in.position());
            boolean isBlock = size > 0 && size <= MAX_LEGACY_BLOCK;
            boolean isFrame = size == MAGIC || size == LEGACY_MAGIC || (size & ~0xf) == SKIPPABLE;
            if (isFrame || mayBeFollowed && (!isBlock || in.remaining() == 4)) {
                return;
            }
            if (!isBlock) {
                throw new IOException("LZ4 block of " + size + " bytes at 0x" + Integer.toHexString(in.position()));
            }
            in.getInt();
            require(size);
            block(size, out.size());
        }
    }

    /** A block is a row of literals and copies of what came before them; matches reach back to {@code from}. */
    private void block(int length, int from) throws IOException {
        int end = in.position() + length;
        while (in.position() < end) {
            int token = in.get() & 0xff;
            int literals = length(token >>> 4, end);
            if (literals < 0 || literals > end - in.position()) {
                throw new IOException("LZ4 block with literals past its end");
            }
            out.append(in.array(), in.position(), literals);
            in.position(in.position() + literals);
            if (in.position() == end) {
                return; // the last sequence has no match
            }
            if (end - in.position() < 2) {
                throw new IOException("LZ4 block that ends within a match");
            }
            int distance = in.getShort() & 0xffff;
            int match = length(token & 0xf, end) + MIN_MATCH;
            if (distance == 0 || distance > out.size() - from || match < MIN_MATCH) {
                throw new IOException("LZ4 block with a match " + distance + " bytes before " + out.size());
            }
            out.repeat(distance, match);
        }
        throw new IOException("LZ4 block without end");
    }

    /** Reads the bytes of a length that four bits are too few for. */
    private int length(int start, int end) throws IOException {
        int length = start;
        if (start == 0xf) {
            int more;
            do {
                if (in.position() >= end) {
                    throw new IOException("LZ4 block that ends within a length");
                }
                more = in.get() & 0xff;
                length += more;
            } while (more == 0xff);
        }
        return length;
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
