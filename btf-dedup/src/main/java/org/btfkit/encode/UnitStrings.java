package org.btfkit.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwarfSection;
import org.btfkit.dwarf.DwarfSections;
import org.btfkit.dwarf.StringPlace;

/**
 * The strings of one unit, numbered in the order of their first use in its BTF.
 *
 * <p>What is read of an entry is a <em>key</em>: where the string is in {@code .debug_str}, plus 1; or, if it is
 * elsewhere, where a copy of it is in {@link #pool}, as a negative number; 0 for none. When a type is written, its keys
 * become <em>numbers</em>. As kernels have their names in {@code .debug_str}, and each there once, that is a look at an
 * array, and no string is hashed. Two numbers may be of equal strings; that is for {@link EncodedStrings} to find out.
 */
final class UnitStrings {
    private final byte[] debugStr;

    /** By offset in {@code .debug_str}: the number of the string, 0 if it has none yet. */
    private final int[] numberOf;

    /** The keys by number, from 1 on. */
    private final IntList keys = new IntList();

    /** By number of a string in the pool its key, to find equal ones. */
    private final IntMap pooled = new IntMap();

    private byte[] pool = new byte[1024];
    private int poolLength;

    UnitStrings(DwarfSections sections) {
        debugStr = sections.bytes(DwarfSection.STR);
        numberOf = new int[debugStr.length];
        keys.add(0);
    }

    /** Begins a new unit. */
    void clear() {
        for (int i = 1; i < keys.size; i++) {
            if (keys.items[i] > 0) {
                numberOf[keys.items[i] - 1] = 0;
            }
        }
        keys.size = 1;
        pooled.clear();
        poolLength = 0;
    }

    /** Returns the key of a string that an entry has, 0 if it has none. */
    int key(DieCursor cursor, int attribute) {
        long string = cursor.string(attribute);
        if (string == DieCursor.NO_STRING) {
            return 0;
        }
        int from = StringPlace.index(string);
        if (StringPlace.isInStr(string)) {
            return from + 1;
        }
        byte[] bytes = cursor.stringBytes(string);
        return add(bytes, from, StringTable.end(bytes, from));
    }

    /** Returns the key of a string. */
    int key(String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        return add(bytes, 0, bytes.length);
    }

    private int add(byte[] bytes, int from, int to) {
        int length = to - from;
        if (pool.length - poolLength <= length) {
            pool = Arrays.copyOf(pool, Math.max(pool.length * 2, poolLength + length + 1));
        }
        System.arraycopy(bytes, from, pool, poolLength, length);
        pool[poolLength + length] = 0;
        int key = -poolLength - 1;
        poolLength += length + 1;
        return key;
    }

    /** Returns the bytes that hold the string of a key. */
    byte[] bytes(int key) {
        return key > 0 ? debugStr : pool;
    }

    /** Returns where in its bytes the string of a key begins. */
    static int from(int key) {
        return key > 0 ? key - 1 : -key - 1;
    }

    boolean isEmpty(int key) {
        return key == 0 || bytes(key)[from(key)] == 0;
    }

    boolean equals(int key, String other) {
        if (key == 0) {
            return false;
        }
        byte[] bytes = bytes(key);
        int from = from(key);
        for (int i = 0; i < other.length(); i++) {
            if (bytes[from + i] != other.charAt(i)) {
                return false;
            }
        }
        return bytes[from + other.length()] == 0;
    }

    /** Tells whether a string begins with another one. */
    boolean startsWith(int key, String prefix) {
        byte[] bytes = bytes(key);
        int from = from(key);
        for (int i = 0; i < prefix.length(); i++) {
            if (bytes[from + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String text(int key) {
        if (key == 0) {
            return "";
        }
        byte[] bytes = bytes(key);
        int from = from(key);
        return new String(bytes, from, StringTable.end(bytes, from) - from, StandardCharsets.UTF_8);
    }

    /** Returns the number of a string that is used now, 0 for none. */
    int use(int key) {
        if (key == 0) {
            return 0;
        }
        if (key < 0) {
            return usePooled(key);
        }
        int number = numberOf[key - 1];
        if (number == 0) {
            number = keys.size;
            numberOf[key - 1] = number;
            keys.add(key);
        }
        return number;
    }

    /** As {@link #use}, of a copy. The hashes looked at are odd: 0 is no key. */
    private int usePooled(int key) {
        int from = from(key);
        int end = StringTable.end(pool, from);
        int hash = StringTable.hash(pool, from, end) | 1;
        for (int number = pooled.get(hash); number != IntMap.ABSENT; number = pooled.get(hash)) {
            int other = from(keys.items[number]);
            if (Arrays.equals(pool, other, StringTable.end(pool, other), pool, from, end)) {
                return number;
            }
            hash += 2;
        }
        int number = keys.size;
        pooled.put(hash, number);
        keys.add(key);
        return number;
    }

    /** How many numbers have been given, 0 included. */
    int count() {
        return keys.size;
    }

    /** Returns the keys by number. */
    int[] keys() {
        return keys.toArray();
    }

    /** Returns what the negative keys are offsets of. */
    byte[] pool() {
        return Arrays.copyOf(pool, poolLength);
    }
}
