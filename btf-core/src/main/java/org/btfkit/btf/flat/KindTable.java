package org.btfkit.btf.flat;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * What {@link BtfKind} says of the words of a type, in arrays by kind number, for loops over all types of a BTF. Words
 * count from the start of the type. The arrays are not written to.
 */
public final class KindTable {
    /** How many kinds there are, with void. */
    public static final int COUNT = BtfKind.values().length;

    /** How many words stand before the first element. */
    public static final int[] FIRST_ELEMENT_WORDS = new int[COUNT];

    /** How many words an element takes, 0 if there are none. */
    public static final int[] ELEMENT_WORDS = new int[COUNT];

    /** Which word is the name of the first element, 0 if there is none. */
    public static final int[] ELEMENT_NAMES = new int[COUNT];

    /** Which word is the type id of the first element, 0 if there is none. */
    public static final int[] ELEMENT_IDS = new int[COUNT];

    /** Which word before the elements is the first that is a type id; all up to {@link #FIXED_IDS_END} are. */
    public static final int[] FIRST_FIXED_ID = new int[COUNT];

    /** Which word comes after the last type id before the elements. */
    public static final int[] FIXED_IDS_END = new int[COUNT];

    static {
        for (BtfKind kind : BtfKind.values()) {
            int number = kind.number();
            int first = Words.HEADER + kind.fixedWords();
            FIRST_ELEMENT_WORDS[number] = first;
            ELEMENT_WORDS[number] = kind.elementWords();
            ELEMENT_NAMES[number] = kind.elementNameWord() < 0 ? 0 : first + kind.elementNameWord();
            ELEMENT_IDS[number] = kind.elementTypeWord() < 0 ? 0 : first + kind.elementTypeWord();
            FIRST_FIXED_ID[number] = kind.refersToType() ? 2 : Words.HEADER;
            FIXED_IDS_END[number] = Words.HEADER + kind.fixedTypeIds();
        }
    }

    private KindTable() {}

    /**
     * Tells whether a word of a DATASEC is the offset of a variable.
     *
     * @param word index of the word within the type
     * @return true if it is
     */
    public static boolean isSectionVarOffset(int word) {
        int inElements = word - BtfKind.DATASEC.words(0);
        return inElements >= 0 && inElements % BtfKind.DATASEC.elementWords() == 1;
    }
}
