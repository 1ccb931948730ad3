package org.btfkit.compare;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Tells whether two BTFs say the same, id by id, wherever their strings stand.
 *
 * <p>That is less than equality of bytes and more than having the same types: writing a BTF again may put its strings
 * in another order, but whoever keeps type ids of one may use them with the other. Cost: linear in the words of both,
 * and in the characters of their names.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class SameTypes {
    private SameTypes() {}

    /**
     * Compares two BTFs and their bases.
     *
     * @param one a BTF, or null for none
     * @param other a BTF, or null for none
     * @return true if they have the same types in the same order, and strings of the same length in all; false if a
     *     type is of a kind that is not known here, unless both are one object
     */
    public static boolean test(Btf one, Btf other) {
        if (one == other) {
            return true;
        }
        if (one == null
                || other == null
                || one.typeCount() != other.typeCount()
                || one.wordCount() != other.wordCount()
                || one.stringEnd() != other.stringEnd()
                || !test(one.base(), other.base())) {
            return false;
        }
        for (int id = one.firstTypeId(); id < one.typeCount(); id++) {
            if (!isSame(one, other, id)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Btf one, Btf other, int typeId) {
        int info = one.info(typeId);
        BtfKind kind = one.kind(typeId);
        if (info != other.info(typeId) || kind == null) {
            return false;
        }
        int names = kind.nameCount(Words.vlen(info));
        int next = 0;
        for (int word = 0; word < one.wordCount(typeId); word++) {
            boolean isName = next < names && word == kind.nameWord(next);
            int a = one.word(typeId, word);
            int b = other.word(typeId, word);
            if (isName ? !one.string(a).equals(other.string(b)) : a != b) {
                return false;
            }
            next += isName ? 1 : 0;
        }
        return true;
    }
}
