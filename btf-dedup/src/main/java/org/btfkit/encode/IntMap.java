package org.btfkit.encode;

import java.util.Arrays;

/** A map from numbers other than 0 to numbers, with open addressing; emptied and used again for unit after unit. */
final class IntMap {
    /** What is found for a key that is not there. */
    static final int ABSENT = Integer.MIN_VALUE;

    private int[] keys = new int[64];
    private int[] values = new int[64];
    private int count;

    int get(int key) {
        int slot = slot(key);
        return keys[slot] == 0 ? ABSENT : values[slot];
    }

    void put(int key, int value) {
        int slot = slot(key);
        values[slot] = value;
        if (keys[slot] == 0) {
            keys[slot] = key;
            if (++count > keys.length / 2) {
                grow();
            }
        }
    }

    void clear() {
        if (count > 0) {
            Arrays.fill(keys, 0);
            count = 0;
        }
    }

    private int slot(int key) {
        int mask = keys.length - 1;
        int slot = key * 0x9E3779B9 >>> 7 & mask;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldValues = values;
        keys = new int[oldKeys.length * 4];
        values = new int[oldKeys.length * 4];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
