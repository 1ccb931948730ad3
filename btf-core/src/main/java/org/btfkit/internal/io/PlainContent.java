package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Recognizes what people give by mistake instead of BTF or an object. */
public final class PlainContent {
    /** As much of a file as is looked at. */
    private static final int HEAD = 256;

    /** What an archive of objects begins with, such as {@code libbpf.a}. */
    private static final String ARCHIVE = "!<arch>\n";

    private PlainContent() {}

    /**
     * Calls content what it is.
     *
     * @param content of a file
     * @return {@code ": it is empty"}, {@code ": it is a text"}, or nothing if it is something else
     * @throws IOException if reading fails
     */
    public static String describe(RandomInput content) throws IOException {
        if (content.size() == 0) {
            return ": it is empty";
        }
        byte[] head = content.read(0, (int) Math.min(HEAD, content.size()));
        if (new String(head, StandardCharsets.US_ASCII).startsWith(ARCHIVE)) {
            return "";
        }
        for (byte b : head) {
            boolean isText = b >= ' ' && b < 0x7f || b == '\n' || b == '\t' || b == '\r';
            if (!isText) {
                return "";
            }
        }
        return ": it is a text";
    }
}
