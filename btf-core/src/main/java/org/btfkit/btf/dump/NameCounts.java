package org.btfkit.btf.dump;

import org.btfkit.btf.flat.JoinedTypes;

/**
 * Counts how often each name was used.
 *
 * <p>A hash table with open addressing whose keys are string offsets, compared by what is there: one name may be stored
 * more than once.
 */
final class NameCounts {
    private final JoinedTypes types;
    private int[] keys = new int[1 << 12];
    private int[] hashes = new int[1 << 12];
    private int[] counts = new int[1 << 12];
    private int used;

    NameCounts(JoinedTypes types) {
        this.types = types;
    }

    /** Counts a use of a name; returns how many there are now. */
    int add(int nameOff) {
        int slot = slot(nameOff);
        if (counts[slot] == 0) {
            keys[slot] = nameOff;
            hashes[slot] = hash(nameOff);
            counts[slot] = 1;
            if (++used > keys.length / 2) {
                grow();
            }
            return 1;
        }
        return ++counts[slot];
    }

    private int slot(int nameOff) {
        int mask = keys.length - 1;
        int hash = hash(nameOff);
        int slot = hash & mask;
        while (counts[slot] != 0 && !(hashes[slot] == hash && types.compareStrings(keys[slot], nameOff) == 0)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int hash(int nameOff) {
        byte[] strings = types.strings();
        int hash = 0;
        int i = nameOff;
        for (byte b = strings[i]; b != 0; b = strings[++i]) {
            hash = hash * 31 + b;
        }
        hash *= 0x9e3779b9;
        return hash ^ hash >>> 15;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldHashes = hashes;
        int[] oldCounts = counts;
        int length = oldKeys.length * 4;
        keys = new int[length];
        hashes = new int[length];
        counts = new int[length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = oldHashes[i] & length - 1;
                while (counts[slot] != 0) {
                    slot = slot + 1 & length - 1;
                }
                keys[slot] = oldKeys[i];
                hashes[slot] = oldHashes[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
