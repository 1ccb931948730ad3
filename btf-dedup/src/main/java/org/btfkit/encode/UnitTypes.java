package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;

/**
 * The types of one unit in the making. Names are numbers of the unit's strings. A type id is a reference as the DWARF
 * has it, the index of an entry, or a negated id, until {@link #resolve} replaces them: an entry may refer to a later
 * one.
 */
final class UnitTypes {
    private final IntList words = new IntList();
    private int count;

    /** Where the elements of the last type are counted. */
    private int lastInfo;

    void clear() {
        words.size = 0;
        count = 0;
    }

    /** The number of types; also the id of the last one. */
    int count() {
        return count;
    }

    /**
     * Appends a type.
     *
     * @param name number of its name
     * @return its id
     */
    int add(int name, int info, int sizeOrType) {
        words.reserve(4);
        lastInfo = words.size + 1;
        int[] items = words.items;
        items[words.size] = name;
        items[words.size + 1] = info;
        items[words.size + 2] = sizeOrType;
        words.size += 3;
        return ++count;
    }

    /** Appends a word to the last type. */
    void word(int word) {
        words.add(word);
    }

    /** Sets the flag of the last type. */
    void setKflag() {
        words.items[lastInfo] |= 1 << 31;
    }

    /** Appends a reference to a type, with a name or not. */
    int reference(int kind, int name, int type) {
        return add(name, BtfWords.info(kind, 0, false), type);
    }

    /** Replaces references by ids. */
    void resolve(UnitScope scope) {
        BtfWords.mapIds(words.items, words.size, scope::typeId);
    }

    int[] toArray() {
        return words.toArray();
    }
}
