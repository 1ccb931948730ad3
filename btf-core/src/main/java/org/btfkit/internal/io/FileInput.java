package org.btfkit.internal.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Input from a file; only what is asked for is read. Several threads may read at the same time. */
public final class FileInput implements RandomInput {
    private final RandomAccessFile file;
    private final long size;

    /**
     * Opens a file for reading.
     *
     * @param path the file
     * @throws IOException if it cannot be opened; a folder cannot
     */
    public FileInput(Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "r");
        size = file.length();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public synchronized void read(long position, byte[] into, int at, int length) throws IOException {
        file.seek(position);
        try {
            // In pieces, as the JDK allocates a buffer outside of the heap as large as what is asked for.
            for (int done = 0; done < length; done += PIECE_BYTES) {
                file.readFully(into, at + done, Math.min(PIECE_BYTES, length - done));
            }
        } catch (EOFException e) {
            throw new IOException("file became shorter while it was read", e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
