package org.btfkit.internal.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
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
    /** As many symbolic links as Linux follows. */
    private static final int MAX_LINKS = 40;

    /** How much of its target's name a temporary file has; its own must not get longer than 255 bytes. */
    private static final int MAX_SHOWN = 60;

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
     * one, else of the source; another owner or group only where the system allows that.
     *
     * @param source the file to copy
     * @param stamp the attributes that the source had when it was read; if it has changed since, nothing is written
     * @param change how the copy differs
     * @param target the file to make or replace; may be the source; a symbolic link is followed
     * @throws IOException if writing fails, the target is no regular file or must not be written to, or the source has
     *     changed
     */
    public static void copy(Path source, BasicFileAttributes stamp, FileChange change, Path target) throws IOException {
        Path place = followLinks(target);
        Path temporary = temporaryBeside(place);
        try {
            boolean isOther = Files.exists(place) && !Files.isSameFile(source, place);
            Path like = isOther ? place : source.toRealPath();
            Files.copy(like, temporary, StandardCopyOption.COPY_ATTRIBUTES);
            makeWritable(temporary);
            if (isOther) {
                try (InputStream in = Files.newInputStream(source)) {
                    overwrite(temporary, in);
                }
            }
            try (RandomInput original = new FileInput(source)) {
                apply(change, original, temporary);
            }
            keepGroupAndMode(like, temporary);
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
     * Writes a changed copy of bytes in memory. It has the mode, owner, and extended attributes of the target if there
     * is one, as in {@link #copy}.
     *
     * @param content the bytes to write
     * @param change how the file differs from them
     * @param target the file to make or replace; a symbolic link is followed
     * @throws IOException if writing fails, or the target is no regular file or must not be written to
     */
    public static void write(RandomInput content, FileChange change, Path target) throws IOException {
        Path place = followLinks(target);
        Path temporary = temporaryBeside(place);
        try {
            boolean replaces = Files.exists(place);
            if (replaces) {
                Files.copy(place, temporary, StandardCopyOption.COPY_ATTRIBUTES);
                makeWritable(temporary);
            } else {
                Files.createFile(temporary);
            }
            overwrite(temporary, new ByteArrayInputStream(content.read(0, (int) content.size())));
            apply(change, content, temporary);
            if (replaces) {
                keepGroupAndMode(place, temporary);
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
            LIVE.remove(temporary);
        }
    }

    /** Follows symbolic links, even to a file that does not exist yet. */
    private static Path followLinks(Path target) throws IOException {
        Path place = target.toAbsolutePath();
        for (int links = 0; links < MAX_LINKS && !Files.exists(place) && Files.isSymbolicLink(place); links++) {
            place = place.resolveSibling(Files.readSymbolicLink(place));
        }
        if (!Files.exists(place) && Files.isSymbolicLink(place)) {
            throw new FileSystemException(target.toString(), null, "too many levels of symbolic links");
        }
        return Files.exists(place) ? place.toRealPath() : place;
    }

    private static Path temporaryBeside(Path target) throws IOException {
        Path name = target.getFileName();
        if (name == null || Files.isDirectory(target)) {
            throw new FileSystemException(target.toString(), null, "is a folder, expected a file to write");
        }
        if (Files.exists(target)) {
            if (!Files.isRegularFile(target)) {
                throw new FileSystemException(target.toString(), null, "is no regular file, so it cannot be replaced");
            }
            if (!Files.isWritable(target)) {
                throw new AccessDeniedException(target.toString());
            }
        }
        Path folder = target.getParent();
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
        String shown = name.toString();
        shown = shown.substring(0, Math.min(shown.length(), MAX_SHOWN));
        // With the time, as processes in two containers may have one number.
        String unique = processId() + "-" + SERIAL.incrementAndGet() + "-" + Long.toHexString(System.nanoTime());
        Path temporary = target.resolveSibling("." + shown + ".btfkit-" + unique + ".tmp");
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

    /** Turns a copy of the original into the changed one. */
    private static void apply(FileChange change, RandomInput original, Path copy) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
            out.setLength(change.length());
            for (RangeCopy move : change.moves()) {
                out.seek(move.to());
                for (long done = 0; done < move.length(); done += RandomInput.PIECE_BYTES) {
                    int piece = (int) Math.min(RandomInput.PIECE_BYTES, move.length() - done);
                    out.write(original.read(move.from() + done, piece));
                }
            }
            for (BytePatch patch : change.patches()) {
                out.seek(patch.offset());
                out.write(patch.bytes());
            }
            Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
            out.getFD().sync();
        }
    }

    /** A copy of a file that nobody may write to is such a file as well. */
    private static void makeWritable(Path temporary) throws IOException {
        if (!Files.isWritable(temporary)) {
            Files.setPosixFilePermissions(
                    temporary, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    private static void overwrite(Path temporary, InputStream content) throws IOException {
        try (OutputStream out = Files.newOutputStream(temporary)) {
            content.transferTo(out);
        }
    }

    /** For when the owner cannot be kept: copying has then given up on group and mode as well. */
    private static void keepGroupAndMode(Path from, Path to) throws IOException {
        PosixFileAttributes old = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view =
                Files.getFileAttributeView(to, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view.readAttributes();
        if (!now.group().equals(old.group())) {
            try {
                view.setGroup(old.group());
            } catch (FileSystemException e) {
                // not a group of this user
            }
        }
        if (!now.permissions().equals(old.permissions())) {
            view.setPermissions(old.permissions());
        }
    }

    private static boolean unchanged(Path file, BasicFileAttributes stamp) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() == stamp.size()
                && now.lastModifiedTime().equals(stamp.lastModifiedTime())
                && (now.fileKey() == null || now.fileKey().equals(stamp.fileKey()));
    }
}
