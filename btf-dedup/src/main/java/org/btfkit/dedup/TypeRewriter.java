package org.btfkit.dedup;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/** Lets the words of a type refer to types and names by the ids and offsets that these have in another BTF. */
final class TypeRewriter {
    /** What becomes of a name. */
    interface Names {
        /** Returns the new offset of a string by its old one. */
        int newOffset(int stringOff);
    }

    private TypeRewriter() {}

    /** Replaces the type ids of a type, of known kind, by what the map has for them. */
    static void mapIds(int[] words, int at, int[] idMap) {
        BtfKind kind = kind(words, at);
        int count = kind.typeIdCount(Btf.vlenOf(words[at + 1]));
        for (int i = 0; i < count; i++) {
            int word = at + kind.typeIdWord(i);
            words[word] = idMap[words[word]];
        }
        if (kind == BtfKind.FWD) {
            words[at + 2] = 0; // means nothing, though gcc 12 writes something there
        }
    }

    /** Replaces the names of a type, of known kind: its own first, then those of its elements. */
    static void mapNames(int[] words, int at, Names names) {
        BtfKind kind = kind(words, at);
        int count = kind.nameCount(Btf.vlenOf(words[at + 1]));
        for (int i = 0; i < count; i++) {
            int word = at + kind.nameWord(i);
            if (words[word] != 0) {
                words[word] = names.newOffset(words[word]);
            }
        }
    }

    private static BtfKind kind(int[] words, int at) {
        return BtfKind.of(Btf.kindOf(words[at + 1]));
    }
}
