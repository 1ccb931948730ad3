package org.btfkit.internal.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
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

    /** The device that ends at once: what is read of it is an empty file. */
    private static final Path NULL_DEVICE = Path.of("/dev/null");

    /** The bits of {@code st_mode} that say what a file is, and what they say of a pipe and a socket. */
    private static final int S_IFMT = 0xf000;

    private static final int S_IFIFO = 0x1000;
    private static final int S_IFSOCK = 0xc000;

    /**
     * Opens a file. A pipe is read whole, which waits for who writes to it. Sockets cannot be opened, and devices, such
     * as terminals, need not end.
     *
     * @param path the file
     * @return the open file; its {@link #content} is to be closed
     * @throws IOException if it cannot be opened or read, or is a socket or a device
     * @throws BtfException if it is compressed and damaged
     */
    public static InputFile open(Path path) throws IOException {
        if (isReadOnce(path)) {
            requirePipe(path);
            try (InputStream in = Files.newInputStream(path)) {
                return decompress(path, new ArrayInput(in.readAllBytes()));
            }
        }
        return decompress(path, new FileInput(path));
    }

    /**
     * Tells whether a path leads to something that is there and neither a regular file nor a folder: it may wait for a
     * writer when it is opened, and can be neither read again nor replaced.
     *
     * @param path a file; a symbolic link is followed
     * @return true for a pipe, a socket or a device
     */
    public static boolean isReadOnce(Path path) {
        return !Files.isRegularFile(path) && Files.exists(path) && !Files.isDirectory(path);
    }

    private static void requirePipe(Path path) throws IOException {
        int kind = (int) Files.getAttribute(path, "unix:mode") & S_IFMT;
        if (kind != S_IFIFO && !Files.isSameFile(path, NULL_DEVICE)) {
            String what = kind == S_IFSOCK ? "a socket" : "a device";
            throw new FileSystemException(path.toString(), null, "is " + what + ", expected a file or a pipe");
        }
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
