package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/** The own types of a BTF by type id and word, and what is wrong with them: the view that validation has. */
final class CheckedTypes {
    private final FlatTypes types;
    private final int[] words;
    private final int[] offsets;
    private final int firstTypeId;

    CheckedTypes(Btf btf) {
        this.types = FlatAccess.of(btf);
        this.words = types.words();
        this.offsets = types.offsets();
        this.firstTypeId = types.firstTypeId();
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
        return Words.kind(word(typeId, 1));
    }

    /** The kind of an own type, null if it is not known. */
    BtfKind kind(int typeId) {
        return BtfKind.of(kindNumber(typeId));
    }

    /** The vlen bits of an own type. */
    int vlen(int typeId) {
        return Words.vlen(word(typeId, 1));
    }

    /** The kind flag of an own type. */
    boolean kflag(int typeId) {
        return Words.kflag(word(typeId, 1));
    }

    /** Whether a type, own or void, is of a kind. */
    boolean is(int typeId, BtfKind kind) {
        return typeId != 0 && kindNumber(typeId) == kind.number();
    }

    /** The name of a type, own or not; empty if it has none. */
    String name(int typeId) {
        return types.name(typeId);
    }

    /** The name of a member of an own struct or union; empty if it has none. */
    String memberName(int typeId, int member) {
        return types.memberName(typeId, member);
    }

    /** The index of the first word of an element. */
    static int elementWord(BtfKind kind, int element) {
        return Words.HEADER + kind.fixedWords() + element * kind.elementWords();
    }

    /** A type for a message, own or not: {@code type [42] STRUCT 'foo'}. */
    String describe(int typeId) {
        return types.describeTarget(typeId);
    }

    /** A broken rule, at a word of an own type. */
    BtfFormatException fault(int typeId, int word, String what) {
        return types.fault(typeId, word, what);
    }

    /** A broken rule, at a word of an element of an own type. */
    BtfFormatException elementFault(int typeId, int element, int word, String what) {
        return types.elementFault(typeId, element, word, what);
    }
}
