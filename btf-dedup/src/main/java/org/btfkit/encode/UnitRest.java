package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;

/**
 * The types of a unit that no entry refers to: tags of its types, and variables with their tags. They come after an
 * "int" that the unit may still need, so their words are apart; their ids are counted on, without that.
 */
final class UnitRest {
    private final IntList words = new IntList();
    private int count;
    private int lastVariable;

    /** Begins after so many types. */
    void begin(int types) {
        words.size = 0;
        count = types;
        lastVariable = 0;
    }

    void tag(int value, int typeId, int component) {
        add(value, BtfWords.info(BtfWords.DECL_TAG, 0, false), typeId);
        words.add(component);
    }

    void variable(int name, int typeId, int linkage) {
        add(name, BtfWords.info(BtfWords.VAR, 0, false), typeId);
        words.add(linkage);
        lastVariable = count;
    }

    private void add(int name, int info, int typeId) {
        words.add(name);
        words.add(info);
        words.add(typeId);
        count++;
    }

    /** The id of the variable that was appended last. */
    int lastVariable() {
        return lastVariable;
    }

    /** The id of the last type. */
    int count() {
        return count;
    }

    int[] toArray() {
        return words.toArray();
    }
}
