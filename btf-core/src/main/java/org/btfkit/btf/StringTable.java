package org.btfkit.btf;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The growing string section of BTF that is being built. A string is looked up in the base first, then here, and only
 * then appended, as libbpf's {@code btf__add_str} does.
 */
final class StringTable {
    private static final byte[] NO_NAME = {};

    private final Btf base;
    private final int firstOff;
    private byte[] bytes;
    private int length;

    /** Made when the first string is looked up. */
    private StringIndex index;

    /** An empty section. */
    StringTable(Btf base) {
        this(base, base == null ? new byte[1] : new byte[0]);
    }

    /** A section that begins as another; the array is not written to. */
    StringTable(Btf base, byte[] section) {
        this.base = base;
        this.firstOff = base == null ? 0 : base.stringEnd();
        this.bytes = section;
        this.length = section.length;
    }

    /** The number of own bytes; to be given to {@link #truncate}. */
    int length() {
        return length;
    }

    /** Returns the own bytes, in an array of their length that is not written to from now on. */
    byte[] toBytes() {
        if (bytes.length != length) {
            bytes = Arrays.copyOf(bytes, length);
        }
        return bytes;
    }

    /** Takes back what was added since the section had this length. */
    void truncate(int oldLength) {
        if (length != oldLength) {
            length = oldLength;
            index = null;
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
            return base.string(stringOff);
        }
        int from = stringOff - firstOff;
        int to = from;
        while (bytes[to] != 0) {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** Returns the offset of a string, which is appended if it is new. */
    int add(byte[] string) {
        return add(string, 0, string.length);
    }

    /** As {@link #add(byte[])} for a string of other BTF. */
    int add(Btf src, int stringOff) {
        Btf owner = src.stringOwner(stringOff);
        int from = stringOff - owner.firstStringOff();
        return add(owner.strings(), from, owner.nulAfter(from));
    }

    /** As {@link #add(byte[])} for the bytes from {@code from} to {@code to}, without NUL. */
    int add(byte[] holder, int from, int to) {
        if (from == to) {
            return 0;
        }
        int hash = StringIndex.hash(holder, from, to);
        int inBase = base == null ? -1 : base.findString(holder, from, to, hash);
        if (inBase >= 0) {
            return inBase;
        }
        if (index == null) {
            index = StringIndex.of(bytes, length);
        }
        int known = index.find(bytes, length, holder, from, to, hash);
        return firstOff + (known >= 0 ? known : append(holder, from, to, hash));
    }

    private int append(byte[] holder, int from, int to, int hash) {
        long needed = length + (to - from) + 1L;
        if (firstOff + needed > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "string section of " + (firstOff + needed) + " bytes, expected less than 2 GiB");
        }
        if (needed > bytes.length) {
            long grown = Math.max(needed, bytes.length + (bytes.length >> 1) + 64L);
            bytes = Arrays.copyOf(bytes, (int) Math.min(grown, Integer.MAX_VALUE - 8));
        }
        int at = length;
        index.add(at, hash);
        System.arraycopy(holder, from, bytes, at, to - from);
        length = (int) needed;
        bytes[length - 1] = 0;
        return at;
    }
}
