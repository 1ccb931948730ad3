package org.btfkit.encode;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.dedup.BaseIndex;

/**
 * The string section of the BTF that is encoded: each string once, in the order in which they are added; those that the
 * base has are taken from there.
 *
 * <p>Strings of {@code .debug_str} are looked up by their offset first, so that each is hashed once per object. Where
 * {@code ld -r} made the section there are copies of equal strings in it; the hash finds those.
 */
final class EncodedStrings {
    private final BaseIndex base;
    private final int firstOwn;
    private final byte[] debugStr;

    /** By offset in {@code .debug_str}: the string's offset here plus 1, 0 if it has not been added. */
    private final int[] known;

    private byte[] bytes = new byte[1 << 16];
    private int length;

    /** By slot: offset in {@link #bytes} plus 1, 0 if the slot is free; and the string's hash. */
    private int[] slots = new int[1 << 13];

    private int[] hashes = new int[1 << 13];
    private int count;

    /**
     * Makes an empty section.
     *
     * @param base the base, or null
     * @param debugStr the object's {@code .debug_str}
     */
    EncodedStrings(BaseIndex base, byte[] debugStr) {
        this.base = base;
        this.firstOwn = base == null ? 0 : base.base().stringEnd();
        this.debugStr = debugStr;
        this.known = new int[debugStr.length];
        if (base == null) {
            length = 1; // the empty string
        }
    }

    static int hash(byte[] bytes, int from, int end) {
        int hash = end - from;
        for (int i = from; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }

    /**
     * Returns the offset of a unit's string, which is added if it is new.
     *
     * @param key a key of the unit
     * @param pool the unit's pool
     */
    int add(int key, byte[] pool) {
        if (key == 0) {
            return 0;
        }
        if (key < 0) {
            return add(pool, UnitStrings.from(key));
        }
        int offset = known[key - 1];
        if (offset == 0) {
            offset = add(debugStr, key - 1) + 1;
            known[key - 1] = offset;
        }
        return offset - 1;
    }

    /** Returns the offset of a string, which is added if it is new. */
    int add(byte[] source, int from) {
        int end = UnitStrings.end(source, from);
        if (end == from) {
            return 0;
        }
        if (base != null) {
            int inBase = base.findString(source, from, end);
            if (inBase >= 0) {
                return inBase;
            }
        }
        int hash = hash(source, from, end);
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (; slots[slot] != 0; slot = slot + 1 & mask) {
            int other = slots[slot] - 1;
            if (hashes[slot] == hash && isEqual(other, source, from, end)) {
                return firstOwn + other;
            }
        }
        return firstOwn + append(source, from, end, slot, hash);
    }

    /** Returns the offset of a string, which is added if it is new. */
    int add(String string) {
        return add((string + '\0').getBytes(java.nio.charset.StandardCharsets.UTF_8), 0);
    }

    private boolean isEqual(int offset, byte[] source, int from, int end) {
        int offsetEnd = offset + end - from;
        return offsetEnd < length
                && bytes[offsetEnd] == 0
                && Arrays.equals(bytes, offset, offsetEnd, source, from, end);
    }

    private int append(byte[] source, int from, int end, int slot, int hash) {
        long needed = (long) length + end - from + 1;
        if (needed + firstOwn > Integer.MAX_VALUE - 8) {
            throw new BtfException("strings of more than 2 GiB");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(needed, bytes.length * 2L), Integer.MAX_VALUE - 8));
        }
        int offset = length;
        System.arraycopy(source, from, bytes, offset, end - from);
        length = (int) needed;
        slots[slot] = offset + 1;
        hashes[slot] = hash;
        if (++count > slots.length / 2) {
            grow();
        }
        return offset;
    }

    private void grow() {
        int[] oldSlots = slots;
        int[] oldHashes = hashes;
        slots = new int[oldSlots.length * 4];
        hashes = new int[oldSlots.length * 4];
        int mask = slots.length - 1;
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != 0) {
                int slot = oldHashes[i] & mask;
                while (slots[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                slots[slot] = oldSlots[i];
                hashes[slot] = oldHashes[i];
            }
        }
    }

    /** Returns a copy of the own strings. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }
}
