package org.btfkit.internal.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces a file as a whole or not at all.
 *
 * <p>The new content goes to a temporary file beside the target, is flushed to the disk and then renamed over the
 * target, so that at every moment the target is the old or the new file. A failure removes the temporary file and
 * leaves the target as it was.
 */
public final class AtomicFile {
    private static final AtomicLong SERIAL = new AtomicLong();

    /** Temporary files that exist now; removed at the end should the JVM be told to stop. */
    private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Cleaner());
    }

    private AtomicFile() {}

    /** Removes what is left at the end; a class of its own, as a lambda would cost start-up time. */
    private static final class Cleaner extends Thread {
        @Override
        public void run() {
            for (Path temporary : LIVE) {
                temporary.toFile().delete();
            }
        }
    }

    /**
     * Writes a changed copy of a file. The copy has the mode, owner, and extended attributes of the target if there is
     * one, else of the source.
     *
     * @param source the file to copy
     * @param stamp the attributes that the source had when it was read; if it has changed since, nothing is written
     * @param length how many bytes of the source to keep
     * @param patches what differs in the copy
     * @param target the file to make or replace; may be the source; a symbolic link is followed
     * @throws IOException if writing fails or the source has changed
     */
    public static void copy(Path source, BasicFileAttributes stamp, long length, List<BytePatch> patches, Path target)
            throws IOException {
        Path place = followLinks(target);
        Path temporary = temporaryBeside(place);
        try {
            Files.copy(source.toRealPath(), temporary, StandardCopyOption.COPY_ATTRIBUTES);
            patch(temporary, length, patches);
            if (Files.exists(place) && !Files.isSameFile(source, place)) {
                copyOwnerAndMode(place, temporary);
            }
            if (!unchanged(source, stamp)) {
                throw new IOException("changed by somebody else meanwhile, nothing written");
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
            LIVE.remove(temporary);
        }
    }

    /**
     * Writes a changed copy of bytes in memory.
     *
     * @param content the bytes to write
     * @param patches what differs in the file
     * @param target the file to make or replace; a symbolic link is followed
     * @throws IOException if writing fails
     */
    public static void write(RandomInput content, List<BytePatch> patches, Path target) throws IOException {
        Path place = followLinks(target);
        Path temporary = temporaryBeside(place);
        try {
            Files.write(
                    temporary,
                    content.read(0, (int) content.size()),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            patch(temporary, content.size(), patches);
            if (Files.exists(place)) {
                copyOwnerAndMode(place, temporary);
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
            LIVE.remove(temporary);
        }
    }

    private static Path followLinks(Path target) throws IOException {
        return Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    }

    private static Path temporaryBeside(Path target) throws IOException {
        Path name = target.getFileName();
        if (name == null || Files.isDirectory(target)) {
            throw new IOException("is a folder, expected a file to write");
        }
        String unique = processId() + "-" + SERIAL.incrementAndGet();
        Path temporary = target.resolveSibling("." + name + ".btfkit-" + unique + ".tmp");
        LIVE.add(temporary);
        return temporary;
    }

    /** Asks the file system first: {@link ProcessHandle} takes ten milliseconds to start up. */
    private static String processId() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self")).toString();
        } catch (IOException e) {
            return Long.toString(ProcessHandle.current().pid()); // no /proc here
        }
    }

    private static void patch(Path file, long length, List<BytePatch> patches) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(length);
            for (BytePatch patch : patches) {
                out.seek(patch.offset());
                out.write(patch.bytes());
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            out.getFD().sync();
        }
    }

    private static void copyOwnerAndMode(Path from, Path to) throws IOException {
        PosixFileAttributes old = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view =
                Files.getFileAttributeView(to, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view.readAttributes();
        if (!now.owner().equals(old.owner()) || !now.group().equals(old.group())) {
            view.setOwner(old.owner());
            view.setGroup(old.group());
        }
        view.setPermissions(old.permissions());
    }

    private static boolean unchanged(Path file, BasicFileAttributes stamp) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() == stamp.size()
                && now.lastModifiedTime().equals(stamp.lastModifiedTime())
                && (now.fileKey() == null || now.fileKey().equals(stamp.fileKey()));
    }
}
