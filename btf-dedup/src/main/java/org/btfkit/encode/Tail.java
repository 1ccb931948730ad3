package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;

/** The types that come after those of all units: functions and sections. Ids and names are those of the whole. */
final class Tail {
    private final IntList words = new IntList();
    private int nextId;

    Tail(int firstId) {
        nextId = firstId;
    }

    /** Appends a type; returns its id. */
    int add(int name, int info, int sizeOrType) {
        words.add(name);
        words.add(info);
        words.add(sizeOrType);
        return nextId++;
    }

    void word(int word) {
        words.add(word);
    }

    int nextId() {
        return nextId;
    }

    int[] toArray() {
        return words.toArray();
    }
}
