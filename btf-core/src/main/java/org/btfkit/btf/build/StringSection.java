package org.btfkit.btf.build;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.format.Limits;

/**
 * The growing string section of BTF that is being built. A string is looked up in the base first, then here, and only
 * then appended, as libbpf's {@code btf__add_str} does.
 */
final class StringSection {
    private static final byte[] NO_NAME = {};

    /** The strings of the base, null if there is none. */
    private final FlatStrings below;

    private final int firstOff;
    private byte[] bytes;
    private int length;

    /** Finds the strings, and has them from then on; made when the first one is looked up. */
    private StringTable table;

    /** An empty section. */
    StringSection(Btf base) {
        this(base, base == null ? new byte[1] : new byte[0]);
    }

    /** A section that begins as another; the array is not written to. */
    StringSection(Btf base, byte[] section) {
        this.below = base == null ? null : FlatAccess.of(base).strings();
        this.firstOff = below == null ? 0 : below.end();
        this.bytes = section;
        this.length = section.length;
    }

    /** The number of own bytes; to be given to {@link #truncate}. */
    int length() {
        return table == null ? length : table.length();
    }

    /** Returns the own bytes, in an array of their length that is not written to from now on. */
    byte[] toBytes() {
        byte[] all = table == null ? bytes : table.bytes();
        return all.length == length() ? all : Arrays.copyOf(all, length());
    }

    /** Takes back what was added since the section had this length. */
    void truncate(int oldLength) {
        if (length() != oldLength) {
            bytes = table.bytes();
            length = oldLength;
            table = null;
        }
    }

    /**
     * Returns the bytes of a string as they will stand in the section, without the NUL.
     *
     * @throws IllegalArgumentException if it has a NUL or half of a surrogate pair
     */
    static byte[] encode(String string) {
        if (string == null) {
            return NO_NAME;
        }
        boolean plain = true;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(
                        "string '" + string.replace("\0", "\\0") + "': NUL at index " + i + ", expected none");
            }
            plain &= !Character.isSurrogate(c);
        }
        if (plain) {
            return string.getBytes(StandardCharsets.UTF_8);
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
            return Arrays.copyOf(encoded.array(), encoded.remaining());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("string '" + string + "': half of a surrogate pair, expected none", e);
        }
    }

    /** Returns a string by its offset. */
    String get(int stringOff) {
        if (stringOff < firstOff) {
            return below.get(stringOff);
        }
        byte[] section = table == null ? bytes : table.bytes();
        int from = stringOff - firstOff;
        return new String(section, from, StringTable.end(section, from) - from, StandardCharsets.UTF_8);
    }

    /** Returns the offset of a string, which is appended if it is new. */
    int add(byte[] string) {
        return add(string, 0, string.length);
    }

    /** As {@link #add(byte[])} for a string of other BTF. */
    int add(FlatStrings src, int stringOff) {
        byte[] section = src.section(stringOff);
        int from = src.index(stringOff);
        return add(section, from, StringTable.end(section, from));
    }

    /** As {@link #add(byte[])} for the bytes from {@code from} to {@code to}, without NUL. */
    private int add(byte[] holder, int from, int to) {
        if (from == to) {
            return 0;
        }
        int hash = StringTable.hash(holder, from, to);
        int inBase = below == null ? -1 : below.find(holder, from, to, hash);
        if (inBase >= 0) {
            return inBase;
        }
        if (table == null) {
            table = new StringTable(bytes, length, Limits.MAX_ARRAY - firstOff);
        }
        int own = table.find(holder, from, to, hash);
        if (own < 0) {
            own = table.add(holder, from, to, hash);
        }
        if (own < 0) {
            long needed = firstOff + (long) table.length() + (to - from) + 1;
            throw new IllegalArgumentException("string section of " + needed + " bytes, expected less than 2 GiB");
        }
        return firstOff + own;
    }
}
