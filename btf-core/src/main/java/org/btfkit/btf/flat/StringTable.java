package org.btfkit.btf.flat;

import java.util.Arrays;
import org.btfkit.btf.format.Limits;

/**
 * A string section with look-up by content, growing or not: NUL-terminated strings one behind the other, and a hash
 * table with open addressing of their offsets.
 *
 * <p>{@code slots[i]} is the offset of a string plus 1, or 0; {@code hashes[i]} is the string's hash, so that growing
 * reads no string and most comparisons are of hashes only. At most half of the slots are in use.
 *
 * <p>Strings are given as bytes of some array, from an index to that of the byte after the last, which in a section is
 * the NUL; and with their {@link #hash}, which who looks a string up in several tables computes once. A section that is
 * not added to may be searched by several threads.
 */
public final class StringTable {
    private byte[] bytes;
    private int length;

    private int[] slots;
    private int[] hashes;
    private int count;

    /** The greatest length of all strings. */
    private final long limit;

    /**
     * Makes an empty table.
     *
     * @param limit greatest length of all strings in bytes, NULs included
     */
    public StringTable(long limit) {
        this.limit = Math.min(limit, Limits.MAX_ARRAY);
        bytes = new byte[1 << 16];
        slots = new int[1 << 12];
        hashes = new int[1 << 12];
    }

    /**
     * Makes the table of a section's strings; of equal ones the first counts. Takes time linear in its length.
     *
     * @param section the section; written to only by {@link #add}, and then only past its end
     */
    public StringTable(byte[] section) {
        this(section, section.length, section.length);
    }

    /**
     * Makes the table of a section's strings, to which more can be added.
     *
     * @param section the section, perhaps with room behind it; copied when that is not enough
     * @param length how many bytes of it are in use
     * @param limit greatest length of all strings in bytes, NULs included
     */
    public StringTable(byte[] section, int length, long limit) {
        this.bytes = section;
        this.length = length;
        this.limit = Math.min(limit, Limits.MAX_ARRAY);
        int strings = 0;
        for (int i = 0; i < length; i++) {
            if (section[i] == 0) {
                strings++;
            }
        }
        int capacity = Integer.highestOneBit(Math.max(8, strings)) * 4;
        slots = new int[capacity];
        hashes = new int[capacity];
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (section[i] == 0) {
                int hash = hash(section, from, i);
                if (find(section, from, i, hash) < 0) {
                    insert(from, hash);
                }
                from = i + 1;
            }
        }
    }

    /**
     * Finds the end of a string.
     *
     * @param section what holds it
     * @param from index of its first byte
     * @return the index of the NUL byte that ends it
     */
    public static int end(byte[] section, int from) {
        int end = from;
        while (section[end] != 0) {
            end++;
        }
        return end;
    }

    /**
     * Computes the hash of a string.
     *
     * @param holder what holds it
     * @param from index of its first byte
     * @param end index after its last byte
     * @return the hash
     */
    public static int hash(byte[] holder, int from, int end) {
        int hash = end - from;
        for (int i = from; i < end; i++) {
            hash = hash * 31 + holder[i];
        }
        hash *= 0x9e3779b1;
        return hash ^ hash >>> 15;
    }

    /**
     * Returns the length of all strings.
     *
     * @return the length in bytes, NULs included
     */
    public int length() {
        return length;
    }

    /**
     * Returns the strings where they are.
     *
     * @return an array with all strings and perhaps room behind them; not to be written to
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Returns the strings.
     *
     * @return a copy of all
     */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Finds a string.
     *
     * @param holder what holds it
     * @param from index of its first byte
     * @param end index after its last byte
     * @param hash its {@link #hash}
     * @return its offset in this table, or -1
     */
    public int find(byte[] holder, int from, int end, int hash) {
        int mask = slots.length - 1;
        for (int i = hash & mask; slots[i] != 0; i = i + 1 & mask) {
            if (hashes[i] == hash) {
                int at = slots[i] - 1;
                int atEnd = at + end - from;
                if (atEnd < length && bytes[atEnd] == 0 && Arrays.equals(bytes, at, atEnd, holder, from, end)) {
                    return at;
                }
            }
        }
        return -1;
    }

    /**
     * Adds a string that is not there, behind all others.
     *
     * @param holder what holds it
     * @param from index of its first byte
     * @param end index after its last byte
     * @param hash its {@link #hash}
     * @return its offset, or -1 if the strings would be longer than the limit
     */
    public int add(byte[] holder, int from, int end, int hash) {
        int offset = length;
        long needed = (long) length + (end - from) + 1;
        if (needed > limit) {
            return -1;
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(needed * 2, limit));
        }
        System.arraycopy(holder, from, bytes, offset, end - from);
        length = (int) needed;
        bytes[length - 1] = 0;
        insert(offset, hash);
        return offset;
    }

    private void insert(int offset, int hash) {
        if (++count > slots.length / 2 && slots.length < 1 << 28) {
            grow();
        }
        put(offset + 1, hash);
    }

    private void put(int value, int hash) {
        int mask = slots.length - 1;
        int i = hash & mask;
        while (slots[i] != 0) {
            i = i + 1 & mask;
        }
        slots[i] = value;
        hashes[i] = hash;
    }

    private void grow() {
        int[] oldSlots = slots;
        int[] oldHashes = hashes;
        slots = new int[oldSlots.length * 4];
        hashes = new int[oldSlots.length * 4];
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != 0) {
                put(oldSlots[i], oldHashes[i]);
            }
        }
    }
}
