package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;

/**
 * What somebody has found out about the bytes of a file, kept with the file in an extended attribute,
 * {@code user.btfkit}, of which the bytes know nothing.
 *
 * <p>The attribute holds a digest of three things: a claim, which says what has been found out, a note, which says more
 * about it, and all the bytes of the file. So it says nothing any more when a byte has changed, by whoever and whatever
 * became of the attribute meanwhile; nor does it say anything about another claim. A file that is copied without it, or
 * to where there are no such attributes, is one of which nothing is known.
 *
 * <p>Who may write to the file may write the attribute, too, and make it say what is not true. But he may as well write
 * whatever he likes to the file.
 *
 * @param claim what is true of the file, in a form that nothing else has; not kept itself
 * @param note is kept beside the digest; short, as file systems have little room there
 */
public record FileSeal(byte[] claim, byte[] note) {
    /** The name without {@code user.}, which Java puts in front. */
    static final String ATTRIBUTE = "btfkit";

    /** Of 32: a larger attribute does not fit into the inode of common file systems. */
    private static final int DIGEST_BYTES = 16;

    /** The most that is read. */
    private static final int MAX_BYTES = 256;

    /**
     * Finds the seal of a file.
     *
     * @param path the file
     * @param content its bytes, which are only read if there is a seal
     * @param claim what it has to say
     * @return its note; null if there is none, or it does not say this of these bytes
     * @throws IOException if the content cannot be read
     */
    public static byte[] find(Path path, RandomInput content, byte[] claim) throws IOException {
        byte[] value = read(path);
        if (value == null || value.length < DIGEST_BYTES) {
            return null;
        }
        byte[] note = Arrays.copyOfRange(value, DIGEST_BYTES, value.length);
        return Arrays.equals(value, new FileSeal(claim, note).value(content)) ? note : null;
    }

    /** Seals a file, unless it has this seal. */
    static void put(Path path, byte[] value) {
        if (!Arrays.equals(value, read(path))) {
            write(path, value);
        }
    }

    /** Removes the seal of a file, if it has one. */
    static void remove(Path path, LinkOption... options) {
        try {
            UserDefinedFileAttributeView view = view(path, options);
            if (view.list().contains(ATTRIBUTE)) {
                view.delete(ATTRIBUTE);
            }
        } catch (IOException e) {
            // no such attributes here; and a seal that stays says nothing about other bytes
        }
    }

    /** Makes what the attribute of a file with this content holds. */
    byte[] value(RandomInput content) throws IOException {
        byte[] digest = new ContentDigest().add(claim).add(note).add(content).finish();
        byte[] value = Arrays.copyOf(digest, DIGEST_BYTES + note.length);
        System.arraycopy(note, 0, value, DIGEST_BYTES, note.length);
        return value;
    }

    /** Does nothing where it is not possible. */
    static void write(Path path, byte[] value, LinkOption... options) {
        try {
            view(path, options).write(ATTRIBUTE, ByteBuffer.wrap(value));
        } catch (IOException e) {
            // no such attributes here, no room for them, or a file that must not be written to
        }
    }

    private static byte[] read(Path path) {
        ByteBuffer value = ByteBuffer.allocate(MAX_BYTES);
        try {
            view(path).read(ATTRIBUTE, value);
        } catch (IOException e) {
            return null; // none, or not one of ours
        }
        return Arrays.copyOf(value.array(), value.position());
    }

    private static UserDefinedFileAttributeView view(Path path, LinkOption... options) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, options);
        if (view == null) {
            throw new IOException(path + ": no attributes of users on this file system");
        }
        return view;
    }
}
