package org.btfkit.btf;

import java.util.Arrays;

/**
 * Finds whole strings of a string section: a hash table with open addressing.
 *
 * <p>{@code slots[i]} is the offset of a string plus 1, or 0; {@code hashes[i]} is the string's hash, so that growing
 * reads no string and most comparisons are of hashes only. At most half of the slots are in use. The section itself is
 * passed in each time, as it moves when it grows.
 */
final class StringIndex {
    private int[] slots;
    private int[] hashes;
    private int count;

    StringIndex(int expected) {
        int capacity = Integer.highestOneBit(Math.max(8, expected)) * 4;
        slots = new int[capacity];
        hashes = new int[capacity];
    }

    /** Indexes a section as it is; of equal strings the first one counts. */
    static StringIndex of(byte[] section, int length) {
        int strings = 0;
        for (int i = 0; i < length; i++) {
            if (section[i] == 0) {
                strings++;
            }
        }
        StringIndex index = new StringIndex(strings);
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (section[i] == 0) {
                int hash = hash(section, from, i);
                if (index.find(section, length, section, from, i, hash) < 0) {
                    index.add(from, hash);
                }
                from = i + 1;
            }
        }
        return index;
    }

    static int hash(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9e3779b9;
        return hash ^ hash >>> 16;
    }

    /**
     * Finds a string.
     *
     * @param section the section that is indexed
     * @param length how many bytes of it are in use
     * @param bytes what holds the string to look for, from {@code from} to {@code to} without NUL
     * @return its offset in the section, or -1
     */
    int find(byte[] section, int length, byte[] bytes, int from, int to, int hash) {
        int mask = slots.length - 1;
        for (int i = hash & mask; slots[i] != 0; i = i + 1 & mask) {
            if (hashes[i] == hash) {
                int at = slots[i] - 1;
                int end = at + to - from;
                if (end < length && section[end] == 0 && Arrays.equals(section, at, end, bytes, from, to)) {
                    return at;
                }
            }
        }
        return -1;
    }

    /** Adds a string that is not there yet. */
    void add(int offset, int hash) {
        if (++count > slots.length / 2 && slots.length < 1 << 30) {
            grow();
        }
        put(offset + 1, hash);
    }

    private void put(int slot, int hash) {
        int mask = slots.length - 1;
        int i = hash & mask;
        while (slots[i] != 0) {
            i = i + 1 & mask;
        }
        slots[i] = slot;
        hashes[i] = hash;
    }

    private void grow() {
        int[] oldSlots = slots;
        int[] oldHashes = hashes;
        int[] newHashes = new int[oldSlots.length * 2];
        slots = new int[oldSlots.length * 2];
        hashes = newHashes;
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != 0) {
                put(oldSlots[i], oldHashes[i]);
            }
        }
    }
}
