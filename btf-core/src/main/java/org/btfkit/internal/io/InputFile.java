package org.btfkit.internal.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.BtfException;

/**
 * A file opened for reading, decompressed in memory if it is compressed.
 *
 * @param path the file
 * @param content its bytes after decompression
 * @param compression how the file is compressed
 */
public record InputFile(Path path, RandomInput content, Compression compression) {
    /** Frames to be skipped that a file may begin with; tools write one. */
    private static final int MAX_SKIPPED = 1000;

    /**
     * Opens a file. What is not a regular file (a pipe) is read whole.
     *
     * @param path the file
     * @return the open file; its {@link #content} is to be closed
     * @throws IOException if it cannot be opened or read
     * @throws BtfException if it is compressed and damaged
     */
    public static InputFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path) && Files.exists(path) && !Files.isDirectory(path)) {
            try (InputStream in = Files.newInputStream(path)) {
                return decompress(path, new ArrayInput(in.readAllBytes()));
            }
        }
        return decompress(path, new FileInput(path));
    }

    private static InputFile decompress(Path path, RandomInput stored) throws IOException {
        try {
            int headBytes = (int) Math.min(Compression.MAGIC_BYTES, stored.size());
            Compression compression = detect(stored, headBytes);
            if (compression == Compression.NONE) {
                return new InputFile(path, stored, compression);
            }
            if (stored.size() > Integer.MAX_VALUE - 8) {
                throw new BtfException(path + ": larger than 2 GiB, and compressed");
            }
            byte[] compressed = stored.read(0, (int) stored.size());
            stored.close();
            byte[] plain = compression.decompress(compressed, path.toString());
            return new InputFile(path, new ArrayInput(plain), compression);
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** What begins with frames that are to be skipped is known by the first one that is not. */
    private static Compression detect(RandomInput stored, int headBytes) throws IOException {
        byte[] head = stored.read(0, headBytes);
        long at = 0;
        for (int skipped = 0; Compression.isSkippable(head) && skipped < MAX_SKIPPED; skipped++) {
            at += 8 + (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL);
            if (at >= stored.size()) {
                return Compression.NONE;
            }
            head = stored.read(at, (int) Math.min(Compression.MAGIC_BYTES, stored.size() - at));
        }
        return Compression.detect(head);
    }
}
