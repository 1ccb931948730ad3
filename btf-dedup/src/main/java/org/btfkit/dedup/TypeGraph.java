package org.btfkit.dedup;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * The types of a BTF and of its bases by id, and in how far two of them are alike.
 *
 * <p>The arrays are those of {@link JoinedTypes}; the passes, which look at each word of a kernel's four million types,
 * read them without a call.
 */
final class TypeGraph {
    /** Words before the elements of kinds without fixed words. */
    static final int HEADER_WORDS = Words.HEADER;

    /** The words of all types. */
    final int[] words;

    /** For each id from 1 the index of its first word is at id - 1; then the number of words. */
    final int[] offsets;

    /** The first id that is not the base's. */
    final int firstOwn;

    /** The number of types, with void and the base's. */
    final int typeCount;

    private final JoinedTypes types;

    private TypeGraph(JoinedTypes types) {
        this.types = types;
        this.words = types.words();
        this.offsets = types.offsets();
        this.firstOwn = types.firstOwn();
        this.typeCount = types.typeCount();
    }

    /** Returns the graph of a BTF, its bases included. */
    static TypeGraph of(Btf btf) {
        return new TypeGraph(JoinedTypes.of(FlatAccess.of(btf)));
    }

    /**
     * Returns the graph of a BTF whose own words have been rewritten.
     *
     * @param ownWords its words
     * @param base the graph of its base, or null if it has none
     */
    static TypeGraph of(Btf btf, int[] ownWords, TypeGraph base) {
        return new TypeGraph(JoinedTypes.of(FlatAccess.of(btf), ownWords, base == null ? null : base.types));
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

    /** Returns the index of the first word of a type that says what it refers to; the others are some steps apart. */
    int firstReference(int at) {
        return switch (KindRole.of(words[at + 1])) {
            case KindRole.COMPOSITE -> at + HEADER_WORDS + BtfKind.STRUCT.elementTypeWord();
            case KindRole.ARRAY -> at + HEADER_WORDS;
            // The result of a prototype, in the third word, is as far before the first parameter's type as that before
            // the next.
            default -> at + 2;
        };
    }

    /** Returns how many words are between two words of a type that say what it refers to. */
    static int referenceStep(int info) {
        return switch (KindRole.of(info)) {
            case KindRole.COMPOSITE -> BtfKind.STRUCT.elementWords();
            case KindRole.PROTOTYPE -> BtfKind.FUNC_PROTO.elementWords();
            default -> 1;
        };
    }

    /** Returns how many types a type refers to; variables and sections, which are never compared, to none. */
    static int referenceCount(int info) {
        return switch (KindRole.of(info)) {
            case KindRole.COMPOSITE -> Words.vlen(info);
            case KindRole.PROTOTYPE -> Words.vlen(info) + 1;
            case KindRole.ARRAY -> BtfKind.ARRAY.fixedTypeIds();
            case KindRole.TYPEDEF, KindRole.REFERENCE, KindRole.DECL_TAG -> 1;
            default -> 0;
        };
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
        int end = oneAt + HEADER_WORDS + Words.vlen(w[oneAt + 1]) * step;
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
        if (Words.vlen(oneInfo) != 0 && Words.vlen(otherInfo) != 0) {
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
        int end = oneAt + HEADER_WORDS + Words.vlen(w[oneAt + 1]) * step;
        for (int i = oneAt + HEADER_WORDS; i < end; i += step) {
            if (w[i] != w[i + shift]) {
                return false;
            }
        }
        return true;
    }

    /** Returns all strings, to be found by content. Costs one pass over them. */
    StringTable stringTable() {
        return new StringTable(types.strings());
    }

    /** Returns the words for a type in a message. */
    String describe(int typeId) {
        return types.describe(typeId);
    }

    /** Returns the failure of deduplication at a type. */
    BtfException fault(int typeId, String what) {
        return new BtfException(types.flat().source() + ": " + describe(typeId) + ": " + what);
    }
}
