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
