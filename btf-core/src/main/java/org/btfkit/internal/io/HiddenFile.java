package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * The file beside a target that is to become it. It is made exclusively, opened once, and from then on known by what is
 * open, not by its name.
 *
 * <p><b>Problem.</b> In a folder that others can write to, they can give the name to another file at any moment: a
 * symbolic or hard link to one of ours, say. Whoever then opens the name, or sets attributes by it, changes that one.
 *
 * <p><b>Solution.</b> Linux has each open file as {@code /proc/self/fd/N}, and a path of that form leads to the open
 * file whatever has happened to its name. Java does not tell N; but {@code /proc/self/fdinfo/N} tells the position of
 * each descriptor, and only this class sets that of this one, to a random number. Mode, group and time are set, and the
 * kind of file and the number of its names read, by that path. What is not a regular file with one name is not written
 * to. The file is renamed only while its name leads to what is open.
 *
 * <p>A new file is opened as it is made. A copy of another file is made by {@link Files#copy}, the one way in Java to
 * have access control lists and the attributes of the system with it; it sets them on what it has just made, through
 * what it has open, and closes that. What is opened after it has therefore to be looked at before anything is written.
 *
 * <p><b>What remains.</b> Who can write to the folder can put another file in the place of the target at any time, so
 * also in the moment between the last look at the name and the renaming. Where {@code /proc} is not mounted the name
 * must do, and such folders are not safe. And a file without an access control list gets one from a folder that has a
 * default one, as each new file there does: Java can neither see nor remove it. The group's bits of the mode, which are
 * kept, are the most that it can allow; {@code setfacl -b} removes it.
 */
final class HiddenFile implements Closeable {
    private static final String OPEN_FILES = "/proc/self/fd";
    private static final String POSITIONS = "/proc/self/fdinfo/";

    /** What the text of a descriptor begins with; a decimal number and a line feed follow. */
    private static final String POSITION = "pos:\t";

    /** Larger than that text with any number. */
    private static final int POSITION_BYTES = 32;

    /** Positions are less than that, as all file systems can have files of that size. */
    private static final int MAX_POSITION = 1 << 30;

    private final Path path;
    private final Path target;
    private FileChannel channel;

    /** Leads to the open file; null where {@code /proc} is not mounted. */
    private Path self;

    private Object key;

    private HiddenFile(Path path, Path target) {
        this.path = path;
        this.target = target;
    }

    /**
     * Makes an empty file, with the mode of new files.
     *
     * @param path where; there must be nothing
     * @param target the file that it is to become, for messages
     */
    static HiddenFile create(Path path, Path target) throws IOException {
        HiddenFile file = new HiddenFile(path, target);
        try {
            file.open(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw file.failure(e);
        }
        return file;
    }

    /**
     * Makes a copy of a file with its mode, owner, and extended attributes.
     *
     * @param like the file to copy
     * @param path where; there must be nothing
     * @param target the file that it is to become, for messages
     */
    static HiddenFile copyOf(Path like, Path path, Path target) throws IOException {
        HiddenFile file = new HiddenFile(path, target);
        try {
            Files.copy(like, path, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (FileSystemException e) {
            boolean isOfCopy = e.getOtherFile() != null || path.toString().equals(e.getFile());
            throw isOfCopy ? file.failure(e) : e;
        } catch (IOException e) {
            throw file.failure(e);
        }
        file.openAgain();
        return file;
    }

    /** Opens what has the name. Nobody must have had the time to give it to something else. */
    void openAgain() throws IOException {
        try {
            // For reading as well, as a pipe in its place would otherwise keep this waiting for a reader.
            open(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        } catch (AccessDeniedException e) {
            openReadOnly();
        } catch (IOException e) {
            throw replaced();
        }
    }

    /** A copy of a file that nobody may write to is such a file as well, at first. */
    private void openReadOnly() throws IOException {
        try (FileChannel readable = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            open(readable);
            Files.setAttribute(place(), "unix:mode", 0600);
            open(FileChannel.open(place(), StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (AccessDeniedException | NoSuchFileException e) {
            throw failure(e);
        }
    }

    private void open(FileChannel opened) throws IOException {
        channel = opened;
        try {
            self = find(opened);
            Map<String, Object> facts = read(place(), "unix:nlink,isRegularFile,fileKey");
            if (!facts.get("isRegularFile").equals(true) || !facts.get("nlink").equals(1)) {
                throw replaced();
            }
            key = facts.get("fileKey");
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** Returns the path of an open file, or null if the system does not have such. */
    private static Path find(FileChannel channel) throws IOException {
        String[] numbers = new File(OPEN_FILES).list();
        if (numbers == null) {
            return null;
        }
        long position = 1 + (System.nanoTime() * 0x9e37_79b9_7f4a_7c15L >>> 1) % (MAX_POSITION - 2);
        channel.position(position);
        for (int i = numbers.length - 1; i >= 0; i--) { // the last one opened is among the last
            if (position(numbers[i]) == position) {
                channel.position(position + 1); // another may have been there by chance, but does not follow
                if (position(numbers[i]) == position + 1) {
                    return Path.of(OPEN_FILES, numbers[i]);
                }
                channel.position(position);
            }
        }
        return null;
    }

    /** Returns -1 for one that has been closed meanwhile. */
    private static long position(String number) {
        byte[] text = new byte[POSITION_BYTES];
        try (FileInputStream in = new FileInputStream(POSITIONS + number)) {
            int length = in.read(text);
            String start = new String(text, 0, Math.max(0, length), StandardCharsets.US_ASCII);
            int end = start.indexOf('\n');
            return end < 0 || !start.startsWith(POSITION)
                    ? -1
                    : Long.parseLong(start.substring(POSITION.length(), end));
        } catch (IOException e) {
            return -1;
        }
    }

    private Path place() {
        return self == null ? path : self;
    }

    private Map<String, Object> read(Path file, String attributes) throws IOException {
        return file == path
                ? Files.readAttributes(file, attributes, LinkOption.NOFOLLOW_LINKS)
                : Files.readAttributes(file, attributes);
    }

    /** Replaces all bytes. */
    void put(RandomInput content) throws IOException {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw failure(e);
        }
        copy(content, new RangeCopy(0, 0, content.size()));
    }

    /** Turns a copy of the original into the changed one. */
    void apply(FileChange change, RandomInput original) throws IOException {
        long size;
        try {
            channel.truncate(change.length());
            size = channel.size();
        } catch (IOException e) {
            throw failure(e);
        }
        if (size < change.length()) {
            write(new byte[1], 1, change.length() - 1);
        }
        for (RangeCopy move : change.moves()) {
            copy(original, move);
        }
        for (BytePatch patch : change.patches()) {
            write(patch.bytes(), patch.bytes().length, patch.offset());
        }
    }

    private void copy(RandomInput from, RangeCopy range) throws IOException {
        byte[] piece = new byte[(int) Math.min(RandomInput.PIECE_BYTES, range.length())];
        for (long done = 0; done < range.length(); done += piece.length) {
            int length = (int) Math.min(piece.length, range.length() - done);
            from.read(range.from() + done, piece, 0, length);
            write(piece, length, range.to() + done);
        }
    }

    private void write(byte[] bytes, int length, long position) throws IOException {
        try {
            for (int done = 0; done < length; ) {
                // In pieces, as the JDK keeps a buffer outside of the heap as large as what is written at once.
                int piece = Math.min(RandomInput.PIECE_BYTES, length - done);
                done += channel.write(ByteBuffer.wrap(bytes, done, piece), position + done);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Seals what has been written if something is known of it; if not, removes the seal that came along with a copy,
     * which is about other bytes. Before {@link #setAttributes}: the mode of the target may not allow it.
     *
     * @param seal what is known, or null
     */
    void seal(FileSeal seal) throws IOException {
        LinkOption[] options = self == null ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
        if (seal == null) {
            FileSeal.remove(place(), options);
            return;
        }
        try (FileInput written = new FileInput(place())) {
            FileSeal.write(place(), seal.value(written), options);
        }
    }

    /** Makes this as old as a file that is written now, and gives it group and mode of a file if there is one. */
    void setAttributes(Path like) throws IOException {
        try {
            Files.setLastModifiedTime(place(), FileTime.from(Instant.now()));
            if (like != null) {
                keepGroupAndMode(like);
            }
        } catch (FileSystemException e) {
            throw failure(e);
        }
    }

    /** For when the owner cannot be kept: copying has then given up on group and mode as well. */
    private void keepGroupAndMode(Path like) throws IOException {
        // Numbers: what they are called would take a look into the user database.
        Map<String, Object> old = Files.readAttributes(like, "unix:gid,mode");
        Map<String, Object> now = read(place(), "unix:gid,mode");
        if (!now.get("gid").equals(old.get("gid"))) {
            try {
                Files.setAttribute(place(), "unix:gid", old.get("gid"));
            } catch (FileSystemException e) {
                // not a group of this user
            }
        }
        if (!now.get("mode").equals(old.get("mode"))) {
            Files.setAttribute(place(), "unix:mode", old.get("mode"));
        }
    }

    /** Sees to it that all of it is on the disk. */
    void flush() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Gives this the name of the target, in a folder without symbolic links in its path. */
    void rename(Path place) throws IOException {
        try {
            if (!key.equals(Files.readAttributes(path, "unix:fileKey", LinkOption.NOFOLLOW_LINKS)
                    .get("fileKey"))) {
                throw replaced();
            }
        } catch (NoSuchFileException e) {
            throw replaced();
        }
        try {
            Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            throw new FileSystemException(target.toString(), null, "cannot be replaced: " + e.getReason());
        }
    }

    private IOException replaced() {
        return new FileSystemException(
                target.toString(),
                null,
                "somebody has put another file in the place of the one that was to become it, nothing written; use a"
                        + " folder that others cannot write to");
    }

    /** Says of the target, which has a name that people know, what has gone wrong with this. */
    private IOException failure(IOException e) {
        if (e instanceof AccessDeniedException) {
            return new AccessDeniedException(String.valueOf(path.getParent()));
        }
        if (e instanceof NoSuchFileException) {
            return new NoSuchFileException(String.valueOf(path.getParent()));
        }
        String what = e instanceof FileSystemException ? ((FileSystemException) e).getReason() : e.getMessage();
        IOException failure = new FileSystemException(
                target.toString(),
                null,
                what + ", nothing written; the new file needs room beside the old one: check the disk, quotas and"
                        + " ulimit -f");
        failure.initCause(e);
        return failure;
    }

    /** Closes the file; the name is left to others. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
