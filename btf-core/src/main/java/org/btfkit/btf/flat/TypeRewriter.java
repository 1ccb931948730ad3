package org.btfkit.btf.flat;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Visits and maps the type ids and names among the words of a type, as {@link BtfKind} lays them out.
 *
 * <p>Types are given by an array of words and the index of their first one in it. A type of a kind that is newer than
 * this library refers to nothing that is known here; who would write it elsewhere has to refuse it.
 */
public final class TypeRewriter {
    /** What becomes of a name. */
    public interface Names {
        /**
         * Maps a name.
         *
         * @param stringOff its offset so far, not 0
         * @return its new offset
         */
        int newOffset(int stringOff);
    }

    /** Is told every reference. */
    public interface Visitor {
        /**
         * Is called once for every type id in the words of a type, in the order of the words.
         *
         * @param fromId the type that refers
         * @param toId the type referred to, 0 for void
         */
        void visit(int fromId, int toId);
    }

    private static final int FWD = BtfKind.FWD.number();

    private TypeRewriter() {}

    /**
     * Replaces the type ids of a type by what a map has for them. The third word of a FWD, which means nothing though
     * gcc 12 writes something there that looks like an id, becomes 0.
     *
     * @param words what holds the type; written to
     * @param at index of its first word
     * @param idMap new ids by old ones
     */
    public static void mapIds(int[] words, int at, int[] idMap) {
        BtfKind kind = kind(words, at);
        int count = kind.typeIdCount(Words.vlen(words[at + 1]));
        for (int i = 0; i < count; i++) {
            int word = at + kind.typeIdWord(i);
            words[word] = idMap[words[word]];
        }
        if (kind == BtfKind.FWD) {
            words[at + 2] = 0;
        }
    }

    /**
     * Replaces the names of a type: its own first, then those of its elements. Offset 0, no name, stays.
     *
     * @param words what holds the type; written to
     * @param at index of its first word
     * @param names gives the new offsets
     */
    public static void mapNames(int[] words, int at, Names names) {
        BtfKind kind = kind(words, at);
        int count = kind.nameCount(Words.vlen(words[at + 1]));
        for (int i = 0; i < count; i++) {
            int word = at + kind.nameWord(i);
            if (words[word] != 0) {
                words[word] = names.newOffset(words[word]);
            }
        }
    }

    /**
     * Does to many types what {@link #mapIds} and {@link #mapNames} do to one, where all ids from one on move by the
     * same number.
     *
     * @param words what holds the types, of known kinds, one after another; written to
     * @param from index of the first one's first word
     * @param to index after the last one's last word
     * @param firstId the first id that moves
     * @param shift what to add to it
     * @param names gives the new offsets
     */
    public static void moveAll(int[] words, int from, int to, int firstId, int shift, Names names) {
        int next;
        for (int at = from; at < to; at = next) {
            int kind = Words.kind(words[at + 1]);
            int elementWords = KindTable.ELEMENT_WORDS[kind];
            // Without elements that number may be something else, such as a FUNC's linkage.
            next = at + KindTable.FIRST_ELEMENT_WORDS[kind] + Words.vlen(words[at + 1]) * elementWords;
            if (words[at] != 0) {
                words[at] = names.newOffset(words[at]);
            }
            if (kind == FWD) {
                words[at + 2] = 0;
            }
            for (int i = KindTable.FIRST_FIXED_ID[kind]; i < KindTable.FIXED_IDS_END[kind]; i++) {
                words[at + i] = moved(words[at + i], firstId, shift);
            }
            int elementName = KindTable.ELEMENT_NAMES[kind];
            if (elementName != 0) {
                for (int i = at + elementName; i < next; i += elementWords) {
                    if (words[i] != 0) {
                        words[i] = names.newOffset(words[i]);
                    }
                }
            }
            int elementId = KindTable.ELEMENT_IDS[kind];
            if (elementId != 0) {
                for (int i = at + elementId; i < next; i += elementWords) {
                    words[i] = moved(words[i], firstId, shift);
                }
            }
        }
    }

    private static int moved(int typeId, int firstId, int shift) {
        return typeId < firstId ? typeId : typeId + shift;
    }

    /**
     * Visits the references of a type.
     *
     * @param words what holds the type
     * @param at index of its first word
     * @param typeId what to call it
     * @param visitor is told
     */
    public static void visitIds(int[] words, int at, int typeId, Visitor visitor) {
        BtfKind kind = kind(words, at);
        if (kind == null) {
            return;
        }
        int count = kind.typeIdCount(Words.vlen(words[at + 1]));
        for (int i = 0; i < count; i++) {
            visitor.visit(typeId, words[at + kind.typeIdWord(i)]);
        }
    }

    private static BtfKind kind(int[] words, int at) {
        return BtfKind.of(Words.kind(words[at + 1]));
    }
}
