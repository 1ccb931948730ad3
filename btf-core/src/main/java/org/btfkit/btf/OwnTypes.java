package org.btfkit.btf;

import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;

/** The own types of a BTF by type id and word, and what is wrong with them: the view that validation has. */
final class OwnTypes {
    private final Btf btf;
    private final int[] words;
    private final int[] offsets;
    private final int firstTypeId;

    OwnTypes(Btf btf) {
        this.btf = btf;
        this.words = btf.words();
        this.offsets = btf.typeOffsets();
        this.firstTypeId = btf.firstTypeId();
    }

    /** The first own type id. */
    int first() {
        return firstTypeId;
    }

    /** One more than the last own type id. */
    int end() {
        return firstTypeId + offsets.length - 1;
    }

    /** A word of an own type; there is no check that it is one. */
    int word(int typeId, int index) {
        return words[offsets[typeId - firstTypeId] + index];
    }

    /** The number of an own type's kind. */
    int kindNumber(int typeId) {
        return Btf.kindOf(word(typeId, 1));
    }

    /** The kind of an own type, null if it is not known. */
    BtfKind kind(int typeId) {
        return BtfKind.of(kindNumber(typeId));
    }

    /** The vlen bits of an own type. */
    int vlen(int typeId) {
        return Btf.vlenOf(word(typeId, 1));
    }

    /** The kind flag of an own type. */
    boolean kflag(int typeId) {
        return word(typeId, 1) < 0;
    }

    /** Whether a type, own or void, is of a kind. */
    boolean is(int typeId, BtfKind kind) {
        return typeId != 0 && kindNumber(typeId) == kind.number();
    }

    /** The name of a type, own or not; empty if it has none. */
    String name(int typeId) {
        return btf.name(typeId);
    }

    /** The name of a member of an own struct or union; empty if it has none. */
    String memberName(int typeId, int member) {
        return btf.string(word(typeId, 3 + 3 * member));
    }

    /** The index of the first word of an element. */
    static int elementWord(BtfKind kind, int element) {
        return 3 + kind.fixedWords() + element * kind.elementWords();
    }

    /** A type for a message, own or not: {@code type [42] STRUCT 'foo'}. */
    String describe(int typeId) {
        return typeId == 0 ? "void" : btf.describe(typeId);
    }

    /** A broken rule, at a word of an own type. */
    BtfFormatException fault(int typeId, int word, String what) {
        BtfHeader header = btf.header();
        return new BtfFormatException(
                btf.source(),
                btf.describe(typeId) + ": " + what,
                header.headerLength() + header.typeOff() + (offsets[typeId - firstTypeId] + word) * 4L,
                typeId);
    }

    /** A broken rule, at a word of an element of an own type. */
    BtfFormatException elementFault(int typeId, int element, int word, String what) {
        BtfKind kind = kind(typeId);
        return fault(typeId, elementWord(kind, element) + word, elementNoun(kind) + " " + element + ": " + what);
    }

    private static String elementNoun(BtfKind kind) {
        return switch (kind) {
            case STRUCT, UNION -> "member";
            case ENUM, ENUM64 -> "enumerator";
            case FUNC_PROTO -> "parameter";
            case DATASEC -> "variable";
            default -> "element";
        };
    }
}
