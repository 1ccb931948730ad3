package org.btfkit.dedup;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfKind;

/**
 * The types of a BTF and of its bases in one pair of arrays, by type id.
 *
 * <p>BTF without a base is not copied. For split BTF the base's words, a few megabytes, are copied in front of its own,
 * so that no access has to ask on which side an id is.
 */
final class TypeGraph {
    /** Words before the elements of kinds without fixed words. */
    static final int HEADER_WORDS = 3;

    /** The BTF, for messages and for its base. */
    final Btf btf;

    /** The words of all types. */
    final int[] words;

    /** For each id from 1 the index of its first word is at id - 1; then the number of words. */
    final int[] offsets;

    /** The first id that is not the base's. */
    final int firstOwn;

    /** The number of types, with void and the base's. */
    final int typeCount;

    private TypeGraph(Btf btf, int[] words, int[] offsets) {
        this.btf = btf;
        this.words = words;
        this.offsets = offsets;
        this.firstOwn = btf.firstTypeId();
        this.typeCount = btf.typeCount();
    }

    /** Returns the graph of a BTF, its bases included. */
    static TypeGraph of(Btf btf) {
        return of(btf, FlatAccess.of(btf).words(), btf.base() == null ? null : of(btf.base()));
    }

    /**
     * Returns the graph of a BTF whose own words have been rewritten.
     *
     * @param ownWords its words
     * @param base the graph of its base, or null if it has none
     */
    static TypeGraph of(Btf btf, int[] ownWords, TypeGraph base) {
        int[] ownOffsets = FlatAccess.of(btf).offsets();
        if (base == null) {
            return new TypeGraph(btf, ownWords, ownOffsets);
        }
        int baseWords = base.words.length;
        int baseTypes = base.typeCount - 1;
        int[] words = Arrays.copyOf(base.words, Math.addExact(baseWords, ownWords.length));
        System.arraycopy(ownWords, 0, words, baseWords, ownWords.length);
        int[] offsets = Arrays.copyOf(base.offsets, baseTypes + ownOffsets.length);
        for (int i = 0; i < ownOffsets.length; i++) {
            offsets[baseTypes + i] = baseWords + ownOffsets[i];
        }
        return new TypeGraph(btf, words, offsets);
    }

    /** Returns the index of the first word of a type other than void. */
    int at(int typeId) {
        return offsets[typeId - 1];
    }

    /** Returns the index after the last word of a type other than void. */
    int end(int typeId) {
        return offsets[typeId];
    }

    /** Returns the info word of a type, 0 for void. */
    int info(int typeId) {
        return typeId == 0 ? 0 : words[offsets[typeId - 1] + 1];
    }

    /** Returns the role of a type, {@link KindRole#UNKNOWN} for void. */
    int role(int typeId) {
        return KindRole.of(info(typeId));
    }

    /** Tells whether two types have the same words. */
    boolean sameWords(int oneId, int otherId) {
        return Arrays.equals(words, at(oneId), end(oneId), words, at(otherId), end(otherId));
    }

    /** Tells whether two structs or unions differ at most in the types of their members. */
    boolean sameShape(int oneAt, int otherAt) {
        int[] w = words;
        if (w[oneAt] != w[otherAt] || w[oneAt + 1] != w[otherAt + 1] || w[oneAt + 2] != w[otherAt + 2]) {
            return false;
        }
        int shift = otherAt - oneAt;
        int step = BtfKind.STRUCT.elementWords();
        int end = oneAt + HEADER_WORDS + Btf.vlenOf(w[oneAt + 1]) * step;
        for (int i = oneAt + HEADER_WORDS; i < end; i += step) {
            if (w[i] != w[i + shift] || w[i + 2] != w[i + 2 + shift]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether two enumerations may be one: they are equal, or they have the same name and at least one is without
     * enumerators. The other may then be of any size, and an ENUM64.
     */
    boolean compatibleEnums(int oneId, int otherId) {
        int oneInfo = info(oneId);
        int otherInfo = info(otherId);
        if (Btf.vlenOf(oneInfo) != 0 && Btf.vlenOf(otherInfo) != 0) {
            return sameWords(oneId, otherId);
        }
        return words[at(oneId)] == words[at(otherId)]
                && KindRole.of(oneInfo) == KindRole.ENUM
                && KindRole.of(otherInfo) == KindRole.ENUM;
    }

    /** Tells whether two arrays differ at most in their element and index types. */
    boolean compatibleArrays(int oneAt, int otherAt) {
        int[] w = words;
        int count = HEADER_WORDS + BtfKind.ARRAY.fixedWords() - 1;
        return w[oneAt] == w[otherAt]
                && w[oneAt + 1] == w[otherAt + 1]
                && w[oneAt + 2] == w[otherAt + 2]
                && w[oneAt + count] == w[otherAt + count];
    }

    /** Tells whether two prototypes differ at most in the types of result and parameters. */
    boolean compatiblePrototypes(int oneAt, int otherAt) {
        int[] w = words;
        if (w[oneAt] != w[otherAt] || w[oneAt + 1] != w[otherAt + 1]) {
            return false;
        }
        int shift = otherAt - oneAt;
        int step = BtfKind.FUNC_PROTO.elementWords();
        int end = oneAt + HEADER_WORDS + Btf.vlenOf(w[oneAt + 1]) * step;
        for (int i = oneAt + HEADER_WORDS; i < end; i += step) {
            if (w[i] != w[i + shift]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the failure of a transformation at a type. */
    BtfException fault(int typeId, String what) {
        return new BtfException(btf.source() + ": " + describe(btf, typeId) + ": " + what);
    }

    /** Describes a type for a message: {@code type [42] STRUCT 'foo'}. */
    static String describe(Btf btf, int typeId) {
        String name = btf.name(typeId);
        String kind = BtfKind.nameOf(Btf.kindOf(btf.info(typeId)));
        return "type [" + typeId + "] " + kind + (name.isEmpty() ? "" : " '" + name + "'");
    }
}
