package org.btfkit.btf.flat;

import java.util.Arrays;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * All types of a BTF and of its bases in one pair of arrays, so that who walks from type to type does not ask at each
 * step whose the next one is.
 *
 * <p>Types without a base are not copied. For split types the base's words, a few megabytes, are copied in front of
 * their own. Nobody writes to these arrays. Unlike in {@link FlatTypes}, ids are not checked: one that is no type's is
 * an {@link ArrayIndexOutOfBoundsException} or, if it is negative, anything. Ids in types of a BTF are right, since its
 * parser checked them; those of a caller are for {@link #requireTypes}.
 *
 * <p>The strings are joined when they are first asked for. Not safe for use by several threads before that.
 */
public final class JoinedTypes {
    private final FlatTypes flat;
    private final int[] words;
    private final int[] offsets;
    private byte[] strings;

    private JoinedTypes(FlatTypes flat, int[] words, int[] offsets) {
        this.flat = flat;
        this.words = words;
        this.offsets = offsets;
    }

    /**
     * Joins types with those below them.
     *
     * @param flat the types
     * @return all of them
     */
    public static JoinedTypes of(FlatTypes flat) {
        return of(flat, flat.words(), flat.below() == null ? null : of(flat.below()));
    }

    /**
     * Joins types whose words have been rewritten, each in its place.
     *
     * @param flat the types
     * @param ownWords their words, as many as before; not copied if there is no base
     * @param base the joined types below, or null if there are none
     * @return all of them
     */
    public static JoinedTypes of(FlatTypes flat, int[] ownWords, JoinedTypes base) {
        if (base == null) {
            return new JoinedTypes(flat, ownWords, flat.offsets());
        }
        int baseWords = base.words.length;
        int baseTypes = base.offsets.length - 1;
        int[] words = Arrays.copyOf(base.words, Math.addExact(baseWords, ownWords.length));
        System.arraycopy(ownWords, 0, words, baseWords, ownWords.length);
        int[] ownOffsets = flat.offsets();
        int[] offsets = Arrays.copyOf(base.offsets, baseTypes + ownOffsets.length);
        for (int i = 0; i < ownOffsets.length; i++) {
            offsets[baseTypes + i] = baseWords + ownOffsets[i];
        }
        return new JoinedTypes(flat, words, offsets);
    }

    /**
     * Returns what was joined.
     *
     * @return the types, which know their own from those below
     */
    public FlatTypes flat() {
        return flat;
    }

    /**
     * Returns the words of all types but void.
     *
     * @return the array itself
     */
    public int[] words() {
        return words;
    }

    /**
     * Returns where types begin.
     *
     * @return the array itself: for each id from 1 the index of its first word is at id - 1; then the number of words
     */
    public int[] offsets() {
        return offsets;
    }

    /**
     * Returns all strings.
     *
     * @return NUL-terminated, by their offsets; the section itself if there is no base, or a copy made once
     */
    public byte[] strings() {
        if (strings == null) {
            strings = joinStrings();
        }
        return strings;
    }

    private byte[] joinStrings() {
        if (flat.below() == null) {
            return flat.strings().own();
        }
        byte[] joined = new byte[flat.strings().end()];
        for (FlatTypes part = flat; part != null; part = part.below()) {
            byte[] own = part.strings().own();
            System.arraycopy(own, 0, joined, part.strings().firstOwn(), own.length);
        }
        return joined;
    }

    /**
     * Returns the first id that is not the base's.
     *
     * @return 1, or the type count of the base
     */
    public int firstOwn() {
        return flat.firstTypeId();
    }

    /**
     * Returns the number of types.
     *
     * @return the count, with void and the base's
     */
    public int typeCount() {
        return offsets.length;
    }

    /**
     * Fails if there is no type of an id.
     *
     * @param typeIds the ids
     * @throws IllegalArgumentException if one is of no type
     */
    public void requireTypes(int... typeIds) {
        for (int typeId : typeIds) {
            flat.requireType(typeId);
        }
    }

    /**
     * Returns where a type begins.
     *
     * @param typeId type id, not 0
     * @return index of its first word
     */
    public int at(int typeId) {
        return offsets[typeId - 1];
    }

    /**
     * Returns where a type ends.
     *
     * @param typeId type id, not 0
     * @return index after its last word
     */
    public int end(int typeId) {
        return offsets[typeId];
    }

    /**
     * Returns where what is particular to the kind of a type begins.
     *
     * @param typeId type id, not 0
     * @return index of its fourth word
     */
    public int fixedAt(int typeId) {
        return offsets[typeId - 1] + Words.HEADER;
    }

    /**
     * Returns where the elements of a type begin.
     *
     * @param typeId type id, not 0
     * @param kind its kind
     * @return index of the first word of the first element
     */
    public int elementsAt(int typeId, BtfKind kind) {
        return offsets[typeId - 1] + Words.HEADER + kind.fixedWords();
    }

    /**
     * Returns the name offset of a type.
     *
     * @param typeId type id
     * @return offset of its name, 0 if it has none
     */
    public int nameOff(int typeId) {
        return typeId == 0 ? 0 : words[offsets[typeId - 1]];
    }

    /**
     * Returns the info word of a type.
     *
     * @param typeId type id
     * @return its second word, 0 for void
     */
    public int info(int typeId) {
        return typeId == 0 ? 0 : words[offsets[typeId - 1] + 1];
    }

    /**
     * Returns the third word of a type.
     *
     * @param typeId type id
     * @return a size in bytes or a type id, as {@link BtfKind} tells; 0 for void
     */
    public int sizeOrType(int typeId) {
        return typeId == 0 ? 0 : words[offsets[typeId - 1] + 2];
    }

    /**
     * Returns the kind of a type.
     *
     * @param typeId type id
     * @return the kind, {@link BtfKind#VOID} for id 0, or null for one that is not known here
     */
    public BtfKind kind(int typeId) {
        return BtfKind.of(Words.kind(info(typeId)));
    }

    /**
     * Returns the vlen bits of a type.
     *
     * @param typeId type id
     * @return its number of elements, or the linkage of a FUNC
     */
    public int vlen(int typeId) {
        return Words.vlen(info(typeId));
    }

    /**
     * Returns the kind flag of a type.
     *
     * @param typeId type id
     * @return the highest bit of its info word
     */
    public boolean kflag(int typeId) {
        return Words.kflag(info(typeId));
    }

    /**
     * Returns the fourth word of an INT, which {@link Words} takes apart.
     *
     * @param intId type id
     * @return encoding, offset and bits
     */
    public int intData(int intId) {
        return words[fixedAt(intId)];
    }

    /**
     * Returns the element type of an array.
     *
     * @param arrayId type id
     * @return type id of the elements
     */
    public int elementType(int arrayId) {
        return words[fixedAt(arrayId)];
    }

    /**
     * Returns the number of elements of an array.
     *
     * @param arrayId type id
     * @return the number, unsigned
     */
    public int elementCount(int arrayId) {
        return words[fixedAt(arrayId) + 2];
    }

    /**
     * Tells whether two types have the same words.
     *
     * @param oneId type id, not 0
     * @param otherId type id, not 0
     * @return true if they do
     */
    public boolean sameWords(int oneId, int otherId) {
        return Arrays.equals(words, at(oneId), end(oneId), words, at(otherId), end(otherId));
    }

    /**
     * Describes a type for a message.
     *
     * @param typeId type id
     * @return for example {@code type [42] STRUCT 'foo'}
     */
    public String describe(int typeId) {
        return flat.describe(typeId);
    }
}
