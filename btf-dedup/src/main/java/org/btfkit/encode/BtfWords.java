package org.btfkit.encode;

import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * How the words of types are made and moved; the numbers of kinds as constants, as the loops over all types ask for
 * them.
 */
final class BtfWords {
    static final int INT = BtfKind.INT.number();
    static final int PTR = BtfKind.PTR.number();
    static final int ARRAY = BtfKind.ARRAY.number();
    static final int STRUCT = BtfKind.STRUCT.number();
    static final int UNION = BtfKind.UNION.number();
    static final int ENUM = BtfKind.ENUM.number();
    static final int FWD = BtfKind.FWD.number();
    static final int TYPEDEF = BtfKind.TYPEDEF.number();
    static final int VOLATILE = BtfKind.VOLATILE.number();
    static final int CONST = BtfKind.CONST.number();
    static final int RESTRICT = BtfKind.RESTRICT.number();
    static final int FUNC = BtfKind.FUNC.number();
    static final int FUNC_PROTO = BtfKind.FUNC_PROTO.number();
    static final int VAR = BtfKind.VAR.number();
    static final int DATASEC = BtfKind.DATASEC.number();
    static final int FLOAT = BtfKind.FLOAT.number();
    static final int DECL_TAG = BtfKind.DECL_TAG.number();
    static final int TYPE_TAG = BtfKind.TYPE_TAG.number();
    static final int ENUM64 = BtfKind.ENUM64.number();

    /** Words before the elements of kinds without fixed words. */
    static final int HEADER = Words.HEADER;

    /** Encoding of a signed INT, where its data word has it. */
    static final int INT_SIGNED = Words.INT_SIGNED << 24;

    /** Encoding of a bool. */
    static final int INT_BOOL = Words.INT_BOOL << 24;

    /** The most elements that a type can have. */
    static final int MAX_VLEN = Words.MAX_24;

    private BtfWords() {}

    static int info(int kind, int vlen, boolean kflag) {
        return (kflag ? Words.KFLAG : 0) | kind << 24 | vlen;
    }

    /** Returns how many words a type has. */
    static int length(int info) {
        int kind = Words.kind(info);
        // The number of a FUNC's linkage is where others have that of their elements.
        return KindTable.FIRST_ELEMENT_WORDS[kind] + Words.vlen(info) * KindTable.ELEMENT_WORDS[kind];
    }

    /** What becomes of a type id or string number. */
    interface IntMapping {
        int map(int number);
    }

    /**
     * Replaces all type ids of some types; the index types of arrays stay.
     *
     * @param words types one after another
     * @param to where they end
     */
    static void mapIds(int[] words, int to, IntMapping ids) {
        int next;
        for (int at = 0; at < to; at = next) {
            int info = words[at + 1];
            int kind = Words.kind(info);
            next = at + length(info);
            if (KindTable.FIRST_FIXED_ID[kind] < HEADER) {
                words[at + 2] = ids.map(words[at + 2]);
            } else if (kind == ARRAY) {
                words[at + HEADER] = ids.map(words[at + HEADER]);
            }
            int firstId = KindTable.ELEMENT_IDS[kind];
            if (firstId != 0) {
                int step = KindTable.ELEMENT_WORDS[kind];
                for (int i = at + firstId; i < next; i += step) {
                    words[i] = ids.map(words[i]);
                }
            }
        }
    }

    /**
     * Moves types of a unit to their place in the whole: adds to ids, replaces numbers of strings by offsets.
     *
     * @param words types one after another
     * @param firstLate the first id of the unit that {@code late} is added to as well
     * @param early what to add to ids
     * @param late what more to add
     * @param names by number, offsets of strings
     * @param indexType what to put into arrays as index type
     */
    static void place(int[] words, int firstLate, int early, int late, int[] names, int indexType) {
        int next;
        for (int at = 0; at < words.length; at = next) {
            int info = words[at + 1];
            int kind = Words.kind(info);
            next = at + length(info);
            words[at] = names[words[at]];
            if (KindTable.FIRST_FIXED_ID[kind] < HEADER) {
                words[at + 2] = placed(words[at + 2], firstLate, early, late);
            } else if (kind == ARRAY) {
                words[at + HEADER] = placed(words[at + HEADER], firstLate, early, late);
                words[at + HEADER + 1] = indexType;
            }
            int step = KindTable.ELEMENT_WORDS[kind];
            if (step == 0) {
                continue;
            }
            if (KindTable.ELEMENT_NAMES[kind] != 0) {
                for (int i = at + KindTable.ELEMENT_NAMES[kind]; i < next; i += step) {
                    words[i] = names[words[i]];
                }
            }
            if (KindTable.ELEMENT_IDS[kind] != 0) {
                for (int i = at + KindTable.ELEMENT_IDS[kind]; i < next; i += step) {
                    words[i] = placed(words[i], firstLate, early, late);
                }
            }
        }
    }

    private static int placed(int id, int firstLate, int early, int late) {
        if (id == 0) {
            return 0;
        }
        return id < firstLate ? id + early : id + early + late;
    }
}
