package org.btfkit.dedup;

import java.util.function.IntConsumer;

/** Finds the first type that has a 64-bit hash. */
final class HashClasses {
    private long[] hashes = new long[1 << 12];

    /** By slot: the first type, 0 if the slot is free. */
    private int[] firsts = new int[1 << 12];

    private int count;

    /** Returns how many hashes there are. */
    int count() {
        return count;
    }

    /** Tells whether a type was put under a hash. */
    boolean has(long hash) {
        return firsts[slot(hash)] != 0;
    }

    /** Returns the first type that was put under a hash: another, or this one. */
    int put(long hash, int typeId) {
        int slot = slot(hash);
        if (firsts[slot] != 0) {
            return firsts[slot];
        }
        hashes[slot] = hash;
        firsts[slot] = typeId;
        if (++count > hashes.length / 2) {
            grow();
        }
        return typeId;
    }

    /** Puts the first types of other, later ones; {@code map} then says for each of them which is the first of all. */
    void putAll(HashClasses others, int[] map) {
        for (int i = 0; i < others.firsts.length; i++) {
            if (others.firsts[i] != 0) {
                map[others.firsts[i]] = put(others.hashes[i], others.firsts[i]);
            }
        }
    }

    /** Hands over all first types, in no order. */
    void forEach(IntConsumer action) {
        for (int first : firsts) {
            if (first != 0) {
                action.accept(first);
            }
        }
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (firsts[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldFirsts = firsts;
        hashes = new long[oldHashes.length * 4];
        firsts = new int[oldHashes.length * 4];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldFirsts[i] != 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                firsts[slot] = oldFirsts[i];
            }
        }
    }
}
