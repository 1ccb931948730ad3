package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;

/**
 * Replaces a file as a whole or not at all.
 *
 * <p>The new content goes to a temporary file beside the target, is flushed to the disk and then renamed over the
 * target, so that at every moment the target is the old or the new file. A failure removes the temporary file and
 * leaves the target as it was. What a killed process leaves is removed by the next that writes the same target, see
 * {@link TargetLock}; several that write it at a time wait for one another.
 *
 * <p>The target keeps its mode, owner, access control list and extended attributes; see {@link HiddenFile} for the one
 * exception. Other names of it (hard links) are left with the old content. A {@link FileSeal} is no attribute of the
 * target but of its bytes: it comes with the new ones, or goes.
 */
public final class AtomicFile {
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
        try (Replacement replacement = Replacement.of(target);
                RandomInput original = new FileInput(source)) {
            Path place = replacement.target();
            boolean isOther = Files.exists(place) && !Files.isSameFile(source, place);
            Path like = isOther ? place : source.toRealPath();
            HiddenFile hidden = replacement.begin(like);
            if (isOther) {
                hidden.put(original);
            }
            finish(hidden, change, original, like);
            requireUnchanged(source, stamp);
            replacement.commit();
        }
    }

    /**
     * Makes or replaces a file as a whole, as in {@link #write(RandomInput, FileChange, Path)}.
     *
     * @param bytes all that it is to hold
     * @param target the file to make or replace; a symbolic link is followed
     * @throws IOException if writing fails, or the target is no regular file or must not be written to
     */
    public static void write(byte[] bytes, Path target) throws IOException {
        write(new ArrayInput(bytes), new FileChange(bytes.length, List.of()), target);
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
        if (!isUnchanged(file, stamp)) {
            throw new IOException("changed by somebody else meanwhile, nothing written");
        }
    }

    private static boolean isUnchanged(Path file, BasicFileAttributes stamp) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() == stamp.size()
                && now.lastModifiedTime().equals(stamp.lastModifiedTime())
                && (now.fileKey() == null || now.fileKey().equals(stamp.fileKey()));
    }

    /**
     * Seals a file that needs no change, if it has not got this seal already; neither its bytes nor its time of
     * modification change. Nothing happens where files have no such attributes or this one must not be written to.
     *
     * @param file the file
     * @param stamp the attributes that it had before it was read
     * @param content its bytes
     * @param seal what is known of them
     * @throws IOException if the content cannot be read
     */
    public static void seal(Path file, BasicFileAttributes stamp, RandomInput content, FileSeal seal)
            throws IOException {
        byte[] value = seal.value(content);
        if (isUnchanged(file, stamp)) {
            FileSeal.put(file, value);
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
     * Says which names of a file will keep the old content when it is replaced; to be asked before.
     *
     * @param target the file to be replaced
     * @return the note, without a line end; null if the file has no other names (hard links), is no regular file or is
     *     not there
     */
    public static String noteOfOtherNames(Path target) {
        try {
            Map<String, Object> attributes = Files.readAttributes(target, "unix:nlink,isRegularFile");
            int names = (int) attributes.get("nlink");
            return names > 1 && attributes.get("isRegularFile").equals(true)
                    ? "the other names of " + target + " (hard links: " + (names - 1) + ") keep the old content"
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Writes the temporary file, which has what the target has besides its bytes. */
    static void fill(Replacement replacement, RandomInput content, FileChange change) throws IOException {
        Path like = Files.exists(replacement.target()) ? replacement.target() : null;
        HiddenFile hidden = replacement.begin(like);
        hidden.put(content);
        finish(hidden, change, content, like);
    }

    private static void finish(HiddenFile hidden, FileChange change, RandomInput original, Path like)
            throws IOException {
        hidden.apply(change, original);
        hidden.seal(change.seal());
        hidden.setAttributes(like);
        hidden.flush();
    }
}
