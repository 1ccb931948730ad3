package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.BtfException;
import org.btfkit.fixtures.raw.RawBtf;

/**
 * A folder, in memory where there is such a thing, in which objects are resolved.
 *
 * <p>Every refusal is checked here: it must leave the object as it was, down to inode and time, and no file beside it.
 *
 * <p>Each thread has files of its own: jqwik may go on shrinking one property while it runs the next.
 */
final class Workbench implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    /** Long ago, so that any write shows. */
    private static final FileTime OLD = FileTime.fromMillis(1_000_000_000_000L);

    /** What tells one file from another that has taken its place. */
    record Stamp(Object key, FileTime modified, long size) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        }
    }

    /** Keeps what it is told. */
    static final class Log implements ResolveListener {
        final List<String> warnings = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final List<String> details = new ArrayList<>();

        @Override
        public void warning(String text) {
            warnings.add(text);
        }

        @Override
        public void note(String text) {
            notes.add(text);
        }

        @Override
        public void detail(String text) {
            details.add(text);
        }
    }

    /**
     * What became of an object.
     *
     * @param bytes the file afterwards
     * @param touched whether the file was written
     * @param report null if refused
     * @param refusal null unless refused
     */
    record Result(byte[] bytes, boolean touched, ObjectReport report, ResolveException refusal, Log log) {
        boolean isRefused() {
            return refusal != null;
        }

        /** The file; an error if the object was refused. */
        byte[] orThrow() {
            if (refusal != null) {
                throw new AssertionError("refused: " + refusal.getMessage(), refusal);
            }
            return bytes;
        }
    }

    /** Resolving, repairing or checking. */
    @FunctionalInterface
    interface Action {
        ObjectReport run(BtfIdsResolver resolver, Path object, ResolveListener listener) throws IOException;
    }

    private final Path folder;

    Workbench() {
        try {
            boolean memory = Files.isDirectory(MEMORY) && Files.isWritable(MEMORY);
            folder = memory ? Files.createTempDirectory(MEMORY, "btfkit-") : Files.createTempDirectory("btfkit-");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A path in the folder, of this thread's own. */
    Path path(String name) {
        return folder.resolve(prefix() + name);
    }

    private static String prefix() {
        return Thread.currentThread().getId() + "-";
    }

    /** Writes a file that looks old. */
    Path write(String name, byte[] bytes) throws IOException {
        Path file = Files.write(path(name), bytes);
        Files.setLastModifiedTime(file, OLD);
        return file;
    }

    /** Options to resolve objects whose own BTF is {@code btf}: its base, if it has one. */
    ResolveOptions own(RawBtf btf) throws IOException {
        RawBtf base = btf.base();
        return ResolveOptions.withBase(base == null ? null : write("base.btf", base.toBytes()));
    }

    /** Options to resolve objects with {@code btf}, whatever their own is. */
    ResolveOptions given(RawBtf btf) throws IOException {
        return own(btf).withBtf(write("given.btf", btf.toBytes()));
    }

    /** The same with the BTF that the ids in the objects are from. */
    ResolveOptions withOld(ResolveOptions options, RawBtf old) throws IOException {
        Path base = old.base() == null ? null : write("old-base.btf", old.base().toBytes());
        return options.withOld(write("old.btf", old.toBytes()), base);
    }

    Result resolve(byte[] object, ResolveOptions options) throws IOException {
        return run(object, options, (resolver, file, listener) -> resolver.resolve(file, null, listener));
    }

    Result embed(byte[] object, ResolveOptions options) throws IOException {
        return run(object, options, orRefuse((resolver, file, listener) -> resolver.embed(file, null, listener)));
    }

    /** Takes BTF that cannot be transformed for a refusal, after which nothing may have changed either. */
    private static Action orRefuse(Action action) {
        return (resolver, file, listener) -> {
            try {
                return action.run(resolver, file, listener);
            } catch (ResolveException e) {
                throw e;
            } catch (BtfException e) {
                throw new ResolveException(null, e.getMessage());
            }
        };
    }

    /** Writes files beside the object, whose paths are {@code path("object.ko" + suffix)}. */
    Result detach(byte[] object, ResolveOptions options) throws IOException {
        return run(object, options, orRefuse(BtfIdsResolver::detach));
    }

    /** Copies what {@link #detach} has written into the object. */
    Result patch(byte[] object, ResolveOptions options) throws IOException {
        Path blob = path("object.ko.BTF_ids");
        return run(object, options, orRefuse((resolver, file, listener) -> resolver.patch(blob, file, null, listener)));
    }

    Result repair(byte[] object, ResolveOptions options) throws IOException {
        return run(object, options, (resolver, file, listener) -> resolver.repair(file, null, listener));
    }

    Result check(byte[] object, ResolveOptions options) throws IOException {
        return run(object, options, BtfIdsResolver::check);
    }

    private Result run(byte[] object, ResolveOptions options, Action action) throws IOException {
        Path file = write("object.ko", object);
        Stamp before = Stamp.of(file);
        Log log = new Log();
        ObjectReport report = null;
        ResolveException refusal = null;
        try {
            report = action.run(new BtfIdsResolver(options), file, log);
        } catch (ResolveException e) {
            refusal = e;
            assertEquals(before, Stamp.of(file), "touched although refused");
            assertArrayEquals(object, Files.readAllBytes(file), "written although refused");
        }
        String temporary = "." + prefix();
        try (Stream<Path> files = Files.list(folder)) {
            Stream<String> names = files.map(path -> path.getFileName().toString());
            assertEquals(
                    List.of(), names.filter(name -> name.startsWith(temporary)).toList(), "left over");
        }
        boolean touched = !before.equals(Stamp.of(file));
        return new Result(Files.readAllBytes(file), touched, report, refusal, log);
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file); // a property that is still shrinking writes and removes files
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
