package org.btfkit.dedup;

import java.util.Arrays;

/** Strings in one section, found by content: a hash table of offsets, with the strings' hashes beside them. */
final class StringTable {
    /** The strings, each with its NUL byte, and room behind them. */
    private byte[] bytes;

    private int length;

    /** Offset + 1 of a string per slot, 0 where the slot is free; and its hash. */
    private int[] slots = new int[1 << 12];

    private int[] hashes = new int[1 << 12];
    private int count;

    /** The greatest length of all strings. */
    private final long limit;

    /**
     * Makes an empty table.
     *
     * @param limit greatest length of all strings in bytes
     */
    StringTable(long limit) {
        this.limit = Math.min(limit, Integer.MAX_VALUE - 8);
        bytes = new byte[1 << 16];
    }

    /** Makes the table of a section's strings; of equal ones the first counts. */
    StringTable(byte[] section) {
        bytes = section;
        length = section.length;
        limit = length;
        int from = 0;
        while (from < length) {
            int end = end(section, from);
            int hash = hash(section, from, end);
            if (find(section, from, end, hash) < 0) {
                insert(from, hash);
            }
            from = end + 1;
        }
    }

    /** Returns the position of the NUL byte that ends a string. */
    static int end(byte[] section, int from) {
        int end = from;
        while (section[end] != 0) {
            end++;
        }
        return end;
    }

    /** Returns the hash of a string, given with the position of its NUL byte. */
    static int hash(byte[] section, int from, int end) {
        int hash = end - from;
        for (int i = from; i < end; i++) {
            hash = hash * 31 + section[i];
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }

    /** Returns the length of all strings in bytes. */
    int length() {
        return length;
    }

    /** Returns a copy of all strings. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Finds a string.
     *
     * @return its offset in this table, or -1
     */
    int find(byte[] section, int from, int end, int hash) {
        int mask = slots.length - 1;
        for (int slot = hash & mask; slots[slot] != 0; slot = slot + 1 & mask) {
            int offset = slots[slot] - 1;
            if (hashes[slot] == hash && isEqual(offset, section, from, end)) {
                return offset;
            }
        }
        return -1;
    }

    private boolean isEqual(int offset, byte[] section, int from, int end) {
        int size = end + 1 - from;
        return size <= length - offset && Arrays.equals(bytes, offset, offset + size, section, from, end + 1);
    }

    /**
     * Adds a string that is not there, behind all others.
     *
     * @return its offset, or -1 if the strings would be longer than the limit
     */
    int add(byte[] section, int from, int end, int hash) {
        int offset = length;
        long newLength = (long) length + end + 1 - from;
        if (newLength > limit) {
            return -1;
        }
        if (newLength > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(newLength * 2, limit));
        }
        System.arraycopy(section, from, bytes, offset, end + 1 - from);
        length = (int) newLength;
        insert(offset, hash);
        return offset;
    }

    private void insert(int offset, int hash) {
        if (++count > slots.length / 2) {
            grow();
        }
        put(offset + 1, hash);
    }

    private void put(int value, int hash) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = value;
        hashes[slot] = hash;
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
