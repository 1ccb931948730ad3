package org.btfkit.internal.io;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decompresses Zstandard files: any number of frames (RFC 8878), skippable ones among them, with any window.
 *
 * <p>The decoder refuses windows above 8 MiB, and the kernel's build asks for 128. The window limits how much a decoder
 * has to keep; decompressing into one array keeps everything, so that the number does not matter: the header of each
 * frame is rewritten to ask for 8 MiB. Where a frame does not say how large its content is, arrays are tried that are
 * larger each time.
 */
final class ZstdFrames {
    static final int MAGIC = 0xfd2fb528;

    /** Exponent 13 over 1 KiB, no mantissa. */
    private static final byte WINDOW_8_MIB = 13 << 3;

    private static final int MAX_BLOCK = 128 << 10;

    private final byte[] data;
    private final ByteBuffer words;
    private final int limit;
    private final PlainBytes out;

    private ZstdFrames(byte[] data, int limit) {
        this.data = data;
        this.words = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        this.limit = limit;
        this.out = new PlainBytes(0, limit);
    }

    /**
     * Decompresses all frames.
     *
     * @param data the file; headers in it are overwritten
     * @param limit how large the result may be
     * @param mayBeFollowed whether something else may stand behind the first frame with content, as in kernel images
     */
    static byte[] decompress(byte[] data, int limit, boolean mayBeFollowed) throws IOException {
        ZstdFrames frames = new ZstdFrames(data, limit);
        int at = 0;
        while (at < data.length) {
            frames.require(at, 8);
            boolean isSkippable = (frames.words.getInt(at) & ~0xf) == Lz4Frames.SKIPPABLE;
            if (isSkippable) {
                int size = frames.words.getInt(at + 4);
                frames.require(at + 8, size);
                at += 8 + size;
            } else {
                at = frames.frame(at);
                if (mayBeFollowed) {
                    break;
                }
            }
        }
        return frames.out.toArray();
    }

    /** Decompresses one frame and returns where it ends. */
    private int frame(int start) throws IOException {
        if (words.getInt(start) != MAGIC) {
            throw new IOException("0x" + Integer.toHexString(words.getInt(start)) + " at 0x"
                    + Integer.toHexString(start) + ", expected a frame");
        }
        int descriptor = data[start + 4];
        boolean singleSegment = (descriptor & 0x20) != 0;
        int contentSizeFlag = descriptor >>> 6 & 3;
        int contentSizeBytes = contentSizeFlag == 0 ? (singleSegment ? 1 : 0) : 1 << contentSizeFlag;
        int dictionaryBytes = (1 << (descriptor & 3)) >>> 1;
        int dictionary = start + (singleSegment ? 5 : 6);
        int blocks = dictionary + dictionaryBytes + contentSizeBytes;
        require(start, blocks - start);
        long contentSize = contentSize(blocks - contentSizeBytes, contentSizeBytes);
        if (contentSize > limit) {
            throw new IOException("content of " + contentSize + " bytes, expected at most " + limit);
        }
        Blocks found = blocks(blocks, (descriptor & 0x04) != 0);
        long size = contentSizeBytes != 0 ? contentSize : found.mostBytes;

        // A shorter header without content size, its end where it was.
        int header = blocks - dictionaryBytes - 6;
        System.arraycopy(data, dictionary, data, header + 6, dictionaryBytes);
        words.putInt(header, MAGIC);
        data[header + 4] = (byte) (descriptor & 0x07);
        data[header + 5] = WINDOW_8_MIB;
        byte[] plain = new byte[(int) Math.min(Math.min(size, limit), Math.max(1 << 20, 64L * found.length()))];
        while (true) {
            try {
                int bytes = new ZstdDecompressor().decompress(data, header, found.end - header, plain, 0, plain.length);
                out.append(plain, 0, bytes);
                return found.end;
            } catch (MalformedInputException e) {
                if (plain.length >= Math.min(size, limit)) {
                    throw e;
                }
                plain = new byte[(int) Math.min(Math.min(size, limit), plain.length * 4L)];
            }
        }
    }

    private long contentSize(int at, int bytes) {
        return switch (bytes) {
            case 1 -> data[at] & 0xff;
            case 2 -> (words.getShort(at) & 0xffff) + 256;
            case 4 -> words.getInt(at) & 0xffffffffL;
            case 8 -> words.getLong(at) & Long.MAX_VALUE;
            default -> 0;
        };
    }

    /** Where the blocks of a frame are, and how much they can hold. */
    private record Blocks(int start, int end, long mostBytes) {
        int length() {
            return end - start;
        }
    }

    private Blocks blocks(int start, boolean hasChecksum) throws IOException {
        int at = start;
        long most = 0;
        boolean isLast = false;
        while (!isLast) {
            require(at, 3);
            int header = (data[at] & 0xff) | (data[at + 1] & 0xff) << 8 | (data[at + 2] & 0xff) << 16;
            isLast = (header & 1) != 0;
            int type = header >>> 1 & 3;
            int size = header >>> 3;
            int stored = type == 1 ? 1 : size; // a run of one byte
            require(at + 3, stored);
            most += type == 2 ? MAX_BLOCK : size;
            at += 3 + stored;
        }
        if (hasChecksum) {
            require(at, 4);
            at += 4;
        }
        return new Blocks(start, at, most);
    }

    private void require(int at, int length) throws IOException {
        if (length < 0 || at > data.length || length > data.length - at) {
            throw new IOException("it ends too early");
        }
    }
}
