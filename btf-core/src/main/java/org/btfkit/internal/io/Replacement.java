package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A temporary file on its way to its target. Nobody else of this toolkit replaces the target until this is closed; then
 * the temporary file has become the target, or is gone.
 */
final class Replacement implements Closeable {
    /** As many symbolic links as Linux follows. */
    private static final int MAX_LINKS = 40;

    /** How long the end of the JVM waits for files that are being written. */
    private static final int END_MILLIS = 2_000;

    /** Those at work now. */
    private static final Set<Replacement> LIVE = ConcurrentHashMap.newKeySet();

    private static volatile boolean ending;

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Cleaner());
        } catch (IllegalStateException e) {
            ending = true; // it has been told so already
        }
    }

    private final Path named;
    private final Path target;
    private volatile TargetLock lock;
    private HiddenFile hidden;

    private Replacement(Path named, Path target) {
        this.named = named;
        this.target = target;
    }

    /**
     * Lets files that are being written become whole should the JVM be told to end, and removes what takes too long; a
     * class of its own, as a lambda would cost start-up time.
     */
    private static final class Cleaner extends Thread {
        @Override
        public void run() {
            ending = true;
            try {
                for (int waited = 0; !LIVE.isEmpty() && waited < END_MILLIS; waited++) {
                    Thread.sleep(1);
                }
            } catch (InterruptedException e) {
                // then at once
            }
            for (Replacement live : LIVE) {
                TargetLock lock = live.lock;
                if (lock != null) {
                    lock.removeFiles();
                }
            }
        }
    }

    /**
     * Begins to replace a file. There is no temporary file yet.
     *
     * @param target the file to make or replace; a symbolic link is followed
     * @throws IOException if it cannot be replaced
     */
    static Replacement of(Path target) throws IOException {
        Path place = followLinks(target);
        checkKind(place);
        Replacement replacement = new Replacement(target, place);
        LIVE.add(replacement); // before there are files that the end of the JVM would have to wait for
        try {
            if (ending) {
                throw new IOException("told to end, nothing written");
            }
            replacement.lock = TargetLock.take(place);
            checkPermissions(place);
        } catch (IOException | RuntimeException | Error e) {
            LIVE.remove(replacement);
            if (replacement.lock != null) {
                replacement.lock.close();
            }
            throw e;
        }
        return replacement;
    }

    /** The file to make or replace, without symbolic links. */
    Path target() {
        return target;
    }

    /** Where the new content goes. */
    Path temporary() {
        return lock.temporary();
    }

    /**
     * Makes the temporary file.
     *
     * @param like the file that it is a copy of, with all that this has besides its bytes; null for an empty one
     */
    HiddenFile begin(Path like) throws IOException {
        hidden = like == null ? HiddenFile.create(temporary(), named) : HiddenFile.copyOf(like, temporary(), named);
        return hidden;
    }

    /** Replaces the target. */
    void commit() throws IOException {
        hidden.rename(target);
    }

    @Override
    public void close() throws IOException {
        try {
            if (hidden != null) {
                hidden.close();
            }
            Files.deleteIfExists(temporary());
        } finally {
            lock.close();
            LIVE.remove(this);
        }
    }

    /** Follows symbolic links, even to a file that does not exist yet. */
    static Path followLinks(Path target) throws IOException {
        if (Files.exists(target)) {
            try {
                return target.toRealPath();
            } catch (NoSuchFileException e) {
                // gone since: somebody replaces it as part of a FileSet
            }
        }
        Path place = target.toAbsolutePath();
        for (int links = 0; links < MAX_LINKS && Files.isSymbolicLink(place); links++) {
            place = place.resolveSibling(Files.readSymbolicLink(place));
        }
        if (Files.isSymbolicLink(place)) {
            throw new FileSystemException(target.toString(), null, "too many levels of symbolic links");
        }
        Path folder = place.getParent();
        if (!Files.isDirectory(folder)) {
            if (!Files.exists(folder) && !Files.notExists(folder)) {
                throw new AccessDeniedException(folder.toString()); // some folder above may not be searched
            }
            throw new NoSuchFileException(folder.toString());
        }
        return folder.toRealPath().resolve(place.getFileName());
    }

    private static void checkKind(Path target) throws IOException {
        BasicFileAttributes there = attributes(target);
        if (there != null && there.isDirectory()) {
            throw new FileSystemException(target.toString(), null, "is a folder, expected a file to write");
        }
        if (there != null && !there.isRegularFile()) {
            throw new FileSystemException(target.toString(), null, "is no regular file, so it cannot be replaced");
        }
    }

    /** What a file is, asked for once, as others may remove and make it; null if it is not there. */
    private static BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    /** To be asked with the lock, without which the file might be gone for a moment. */
    private static void checkPermissions(Path target) throws IOException {
        if (Files.exists(target)) {
            checkWritable(target);
        }
        Path folder = target.getParent();
        checkWritable(folder);
        if (!Files.isExecutable(folder)) {
            throw new AccessDeniedException(folder.toString()); // what is in there may not be searched for
        }
    }

    private static void checkWritable(Path path) throws IOException {
        if (!Files.isWritable(path)) {
            if (Files.getFileStore(path).isReadOnly()) {
                throw new FileSystemException(path.toString(), null, "is on a file system that is mounted read-only");
            }
            throw new AccessDeniedException(path.toString());
        }
    }
}
