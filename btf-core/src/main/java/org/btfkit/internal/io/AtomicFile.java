package org.btfkit.internal.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;

/**
 * Replaces a file as a whole or not at all.
 *
 * <p>The new content goes to a temporary file beside the target, is flushed to the disk and then renamed over the
 * target, so that at every moment the target is the old or the new file. A failure removes the temporary file and
 * leaves the target as it was. What a killed process leaves is removed by the next that writes the same target, see
 * {@link TargetLock}; several that write it at a time wait for one another.
 *
 * <p>The target keeps its mode, owner, access control list and extended attributes. Other names of it (hard links) are
 * left with the old content.
 */
public final class AtomicFile {
    private static final String GROUP_AND_MODE = "unix:gid,mode";

    private AtomicFile() {}

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
        try (Replacement replacement = Replacement.of(target)) {
            Path place = replacement.target();
            Path temporary = replacement.temporary();
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
            requireUnchanged(source, stamp);
            replacement.commit();
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
        try (Replacement replacement = Replacement.of(target)) {
            fill(replacement, content, change);
            replacement.commit();
        }
    }

    /**
     * Fails if a file is no longer the one that was read.
     *
     * @param file the file
     * @param stamp the attributes that it had before it was read
     * @throws IOException if it has been changed or replaced
     */
    public static void requireUnchanged(Path file, BasicFileAttributes stamp) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        if (now.size() != stamp.size()
                || !now.lastModifiedTime().equals(stamp.lastModifiedTime())
                || (now.fileKey() != null && !now.fileKey().equals(stamp.fileKey()))) {
            throw new IOException("changed by somebody else meanwhile, nothing written");
        }
    }

    /**
     * Removes what a killed process has left beside a file that needs no change.
     *
     * @param target the file that would have been written to
     * @throws IOException if the file cannot be found
     */
    public static void removeLeftovers(Path target) throws IOException {
        TargetLock.removeLeftovers(Replacement.followLinks(target));
    }

    /**
     * Counts the names of a file that will keep the old content when it is replaced.
     *
     * @param target the file to be replaced
     * @return the number of its hard links but one; 0 if it is no regular file or not there
     */
    public static int otherNames(Path target) {
        try {
            Map<String, Object> attributes = Files.readAttributes(target, "unix:nlink,isRegularFile");
            return attributes.get("isRegularFile").equals(true) ? (int) attributes.get("nlink") - 1 : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Writes the temporary file, which has what the target has besides its bytes. */
    static void fill(Replacement replacement, RandomInput content, FileChange change) throws IOException {
        Path place = replacement.target();
        Path temporary = replacement.temporary();
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
        // Numbers: what they are called would take a look into the user database.
        Map<String, Object> old = Files.readAttributes(from, GROUP_AND_MODE);
        Map<String, Object> now = Files.readAttributes(to, GROUP_AND_MODE);
        if (!now.get("gid").equals(old.get("gid"))) {
            try {
                Files.setAttribute(to, "unix:gid", old.get("gid"));
            } catch (FileSystemException e) {
                // not a group of this user
            }
        }
        if (!now.get("mode").equals(old.get("mode"))) {
            Files.setAttribute(to, "unix:mode", old.get("mode"));
        }
    }
}
