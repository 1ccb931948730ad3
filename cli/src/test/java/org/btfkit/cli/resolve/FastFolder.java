package org.btfkit.cli.resolve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder in memory, if there is one: for tests that write and flush thousands of files. */
final class FastFolder implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;

    private FastFolder(Path path) {
        this.path = path;
    }

    static FastFolder create() {
        try {
            Path folder = Files.isWritable(MEMORY)
                    ? Files.createTempDirectory(MEMORY, "btfkit-")
                    : Files.createTempDirectory("btfkit-");
            return new FastFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    /** Deletes the folder and the files in it; there are no folders in it. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : List.copyOf(files.toList())) {
                Files.delete(file);
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
