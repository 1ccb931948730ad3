package org.btfkit.cli.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.btfkit.BtfException;
import org.btfkit.internal.io.AtomicFile;

/**
 * Writes files into a tar archive of the POSIX form {@code ustar}. All of them belong to nobody and are of no date, so
 * that equal files give equal archives.
 */
public final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int PREFIX = 155;

    private TarArchive() {}

    /**
     * Writes an archive, as a whole or not at all.
     *
     * @param files bytes by name, in the order in which they go into it
     * @param target the file to make or replace; compressed with gzip if its name ends in {@code gz}
     * @throws IOException if writing fails
     * @throws BtfException if a name is too long for the form
     */
    public static void write(Map<String, byte[]> files, Path target) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (OutputStream out = target.toString().endsWith("gz") ? new GZIPOutputStream(archive) : archive) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                byte[] content = file.getValue();
                out.write(header(file.getKey(), content.length));
                out.write(content);
                out.write(new byte[-content.length & BLOCK - 1]);
            }
            out.write(new byte[2 * BLOCK]);
        }
        byte[] bytes = archive.toByteArray();
        AtomicFile.write(bytes, target);
    }

    private static byte[] header(String path, int length) {
        byte[] header = new byte[BLOCK];
        int slash = split(path);
        put(header, 0, path.substring(slash + 1));
        put(header, 345, slash < 0 ? "" : path.substring(0, slash));
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", length));
        put(header, 136, "00000000000");
        put(header, 156, "0");
        put(header, 257, "ustar");
        put(header, 263, "00");
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        header[154] = 0;
        return header;
    }

    /** Where the slash is that a long name is cut at; -1 if it is not cut. */
    private static int split(String path) {
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (length <= NAME) {
            return -1;
        }
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            int prefix = path.substring(0, slash).getBytes(StandardCharsets.UTF_8).length;
            if (prefix <= PREFIX && length - prefix - 1 <= NAME) {
                return slash;
            }
        }
        throw new BtfException(path + ": too long for a tar archive, expected a name of up to " + NAME
                + " bytes in folders of up to " + PREFIX);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
