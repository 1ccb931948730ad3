package org.btfkit.dedup;

import java.util.Arrays;

/**
 * Finds the canonical types that may equal a given one: a hash table from a signature to a list of type ids.
 *
 * <p><b>Order.</b> Where several candidates fit, the first one wins, so their order is part of the result. It is that
 * of libbpf's {@code hashmap}: a new entry goes to the front, and each time that table grows its lists are turned
 * round. It begins with room for 4 and doubles when it would be filled by more than three quarters. This table keeps
 * its own size, counts how often that one would have grown, and turns a list when it is looked at after an odd number
 * of growths. Two entries can also be compared without walking the list, see {@link #precedes}.
 *
 * <p>A signature is any 32-bit number; entries that share one by accident make a list longer and change nothing.
 * Expected cost of a look-up: one or two cache misses.
 */
final class CandidateTable {
    private static final int FIRST_ROOM = 4;

    /** Per slot: 1 + the first entry of a list, 0 if the slot is free. */
    private int[] heads;

    /** Per slot: whether the list is in order after an odd number of growths; the other way round it is reversed. */
    private boolean[] oddOrder;

    /** Per entry. */
    private int[] typeIds;

    private int[] signatures;
    private int[] nexts;
    private boolean[] bornOdd;

    private int entryCount;
    private int usedSlots;

    /** Size and room of the table whose order is kept, and whether it grew an odd number of times. */
    private long size;

    private long room;
    private boolean odd;

    /** Makes an empty table. */
    CandidateTable() {
        heads = new int[1 << 12];
        oddOrder = new boolean[1 << 12];
        typeIds = new int[1 << 11];
        signatures = new int[1 << 11];
        nexts = new int[1 << 11];
        bornOdd = new boolean[1 << 11];
    }

    /** Makes a copy, to be added to. */
    CandidateTable(CandidateTable other) {
        heads = other.heads.clone();
        oddOrder = other.oddOrder.clone();
        typeIds = other.typeIds.clone();
        signatures = other.signatures.clone();
        nexts = other.nexts.clone();
        bornOdd = other.bornOdd.clone();
        entryCount = other.entryCount;
        usedSlots = other.usedSlots;
        size = other.size;
        room = other.room;
        odd = other.odd;
    }

    /** Returns the first entry of a signature, or -1 if there is none. */
    int first(int signature) {
        int slot = slot(signature);
        int entry = heads[slot] - 1;
        if (entry >= 0 && oddOrder[slot] != odd && nexts[entry] >= 0) {
            entry = inOrder(slot);
        }
        return entry;
    }

    /** Returns the entry after another in its list, or -1 if it is the last. */
    int next(int entry) {
        return nexts[entry];
    }

    /** Returns how many entries there are; they are numbered from 0 in the order they were made. */
    int entries() {
        return entryCount;
    }

    /** Returns the type of an entry. */
    int typeId(int entry) {
        return typeIds[entry];
    }

    /** Adds a type in front of all others of its signature. */
    void add(int signature, int typeId) {
        grow();
        size++;
        link(signature, typeId);
    }

    /** Lists a type under one more signature; the size that decides on growing counts it once. */
    void link(int signature, int typeId) {
        int slot = slot(signature);
        if (heads[slot] == 0) {
            if (++usedSlots > heads.length / 2) {
                rehash();
                slot = slot(signature);
            }
        } else {
            inOrder(slot);
        }
        if (entryCount == typeIds.length) {
            typeIds = Arrays.copyOf(typeIds, entryCount * 2);
            signatures = Arrays.copyOf(signatures, entryCount * 2);
            nexts = Arrays.copyOf(nexts, entryCount * 2);
            bornOdd = Arrays.copyOf(bornOdd, entryCount * 2);
        }
        typeIds[entryCount] = typeId;
        signatures[entryCount] = signature;
        nexts[entryCount] = heads[slot] - 1;
        bornOdd[entryCount] = odd;
        heads[slot] = ++entryCount;
        oddOrder[slot] = odd;
    }

    /** Tells whether an entry stands before another in a list that has both. */
    boolean precedes(int entry, int other) {
        int later = Math.max(entry, other);
        boolean laterIsFirst = bornOdd[later] == odd;
        return (later == entry) == laterIsFirst;
    }

    private void grow() {
        if (room == 0) {
            room = FIRST_ROOM;
        } else if ((size + 1) * 4 / 3 > room) {
            room *= 2;
            odd = !odd;
        }
    }

    /** Turns the list of a slot if it has to be; returns its first entry. */
    private int inOrder(int slot) {
        int entry = heads[slot] - 1;
        if (oddOrder[slot] == odd) {
            return entry;
        }
        int before = -1;
        while (entry >= 0) {
            int next = nexts[entry];
            nexts[entry] = before;
            before = entry;
            entry = next;
        }
        heads[slot] = before + 1;
        oddOrder[slot] = odd;
        return before;
    }

    private int slot(int signature) {
        int mask = heads.length - 1;
        int slot = signature & mask;
        while (heads[slot] != 0 && signatures[heads[slot] - 1] != signature) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash() {
        int[] oldHeads = heads;
        boolean[] oldOrder = oddOrder;
        heads = new int[oldHeads.length * 4];
        oddOrder = new boolean[oldHeads.length * 4];
        for (int i = 0; i < oldHeads.length; i++) {
            if (oldHeads[i] != 0) {
                int slot = slot(signatures[oldHeads[i] - 1]);
                heads[slot] = oldHeads[i];
                oddOrder[slot] = oldOrder[i];
            }
        }
    }
}
