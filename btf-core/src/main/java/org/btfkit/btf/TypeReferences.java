package org.btfkit.btf;

import java.util.Arrays;
import org.btfkit.btf.format.BtfKind;

/**
 * What types refer to: walks the type ids among a type's words, as {@link BtfKind} lays them out.
 *
 * <p>A type of a kind that is newer than this library refers to nothing that is known.
 */
final class TypeReferences {
    /** Is told every reference. */
    interface Visitor {
        /**
         * Is called once for every type id in the words of a type, in the order of the words.
         *
         * @param fromId the type that refers
         * @param toId the type referred to, 0 for void
         */
        void visit(int fromId, int toId);
    }

    private TypeReferences() {}

    /** Visits the references of all own types of a BTF, ascending. */
    static void visitOwn(Btf btf, Visitor visitor) {
        int[] words = btf.words();
        int[] offsets = btf.typeOffsets();
        int firstId = btf.firstTypeId();
        for (int i = 0; i < offsets.length - 1; i++) {
            visit(words, offsets[i], firstId + i, visitor);
        }
    }

    /** Returns the ids that a type refers to, in the order of its words, repeated as they are. */
    static int[] of(Btf btf, int typeId) {
        BtfKind kind = btf.kind(typeId);
        int wordCount = btf.wordCount(typeId);
        if (kind == null || wordCount == 0) {
            return new int[0];
        }
        int[] words = new int[wordCount];
        for (int i = 0; i < wordCount; i++) {
            words[i] = btf.word(typeId, i);
        }
        int[] found = new int[wordCount];
        int[] count = {0};
        visit(words, 0, typeId, (from, to) -> found[count[0]++] = to);
        return Arrays.copyOf(found, count[0]);
    }

    private static void visit(int[] words, int start, int typeId, Visitor visitor) {
        int info = words[start + 1];
        BtfKind kind = BtfKind.of(Btf.kindOf(info));
        if (kind == null) {
            return;
        }
        for (int i = 0, count = kind.typeIdCount(Btf.vlenOf(info)); i < count; i++) {
            visitor.visit(typeId, words[start + kind.typeIdWord(i)]);
        }
    }
}
