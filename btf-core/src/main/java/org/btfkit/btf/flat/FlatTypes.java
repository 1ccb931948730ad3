package org.btfkit.btf.flat;

import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * The types and strings of a BTF as the arrays that they are kept in, and those of the BTF below that it is split on.
 *
 * <p>Accessors take ids and offsets of either. They find out whose a type is and whether there is one, which costs a
 * few instructions; an id, word or offset out of range is an {@link IllegalArgumentException}. Loops over all own types
 * take {@link #words} and {@link #offsets} out first: the type at position {@code i}, whose id is {@code firstTypeId()
 * + i}, has the words from {@code offsets[i]} to {@code offsets[i + 1] - 1}. Nobody writes to these arrays. Which words
 * mean what is told by {@link BtfKind} and {@link Words}.
 *
 * <p>An accessor of a member, parameter and so on reads what is there; that the type is of a fitting kind is the
 * caller's to know.
 */
public final class FlatTypes {
    private static final int FIRST_FIXED = Words.HEADER;

    private final String source;
    private final FlatTypes below;
    private final long byteOffset;
    private final int[] words;
    private final int[] offsets;
    private final FlatStrings strings;
    private final int firstTypeId;

    /**
     * Wraps arrays, which are not copied.
     *
     * @param source where they came from, for messages
     * @param below types and strings of the base, or null
     * @param byteOffset where the types begin in the data, for messages
     * @param words the own types in the byte order of the machine
     * @param offsets for each own type the index of its first word, then the number of words
     * @param strings the own strings
     */
    public FlatTypes(String source, FlatTypes below, long byteOffset, int[] words, int[] offsets, byte[] strings) {
        this.source = source;
        this.below = below;
        this.byteOffset = byteOffset;
        this.words = words;
        this.offsets = offsets;
        this.strings = new FlatStrings(below == null ? null : below.strings, strings);
        this.firstTypeId = below == null ? 1 : below.typeCount();
    }

    /**
     * Returns where the data came from.
     *
     * @return the source, for messages
     */
    public String source() {
        return source;
    }

    /**
     * Returns what this is split on.
     *
     * @return types and strings of the base, or null
     */
    public FlatTypes below() {
        return below;
    }

    /**
     * Returns the words of the own types.
     *
     * @return the array itself
     */
    public int[] words() {
        return words;
    }

    /**
     * Returns where the own types begin.
     *
     * @return the array itself: for each own type the index of its first word, then the number of words
     */
    public int[] offsets() {
        return offsets;
    }

    /**
     * Returns the strings.
     *
     * @return the own ones and those of the base
     */
    public FlatStrings strings() {
        return strings;
    }

    /**
     * Returns the first id of own types.
     *
     * @return 1, or the type count of the base
     */
    public int firstTypeId() {
        return firstTypeId;
    }

    /**
     * Returns the first id after the last type.
     *
     * @return the number of types, with void and the base's
     */
    public int typeCount() {
        return firstTypeId + offsets.length - 1;
    }

    /**
     * Fails if there is no type of an id.
     *
     * @param typeId the id
     * @throws IllegalArgumentException if there is none
     */
    public void requireType(int typeId) {
        if (typeId < 0 || typeId >= typeCount()) {
            throw new IllegalArgumentException(TypeFaults.absent(typeId, typeCount()));
        }
    }

    /** Returns whose own type a type is, null for void. */
    private FlatTypes owner(int typeId) {
        requireType(typeId);
        if (typeId == 0) {
            return null;
        }
        FlatTypes owner = this;
        while (typeId < owner.firstTypeId) {
            owner = owner.below;
        }
        return owner;
    }

    /**
     * Returns a word of a type.
     *
     * @param typeId type id
     * @param index index of the word within the type
     * @return the word; 0 for all words of void
     */
    public int word(int typeId, int index) {
        FlatTypes owner = owner(typeId);
        if (owner == null) {
            return 0;
        }
        int local = typeId - owner.firstTypeId;
        int at = owner.offsets[local] + index;
        if (index < 0 || at >= owner.offsets[local + 1]) {
            throw new IllegalArgumentException(TypeFaults.describe(typeId) + " has no word " + index);
        }
        return owner.words[at];
    }

    /**
     * Returns the length of a type.
     *
     * @param typeId type id
     * @return the number of its words; 0 for void
     */
    public int wordCount(int typeId) {
        FlatTypes owner = owner(typeId);
        if (owner == null) {
            return 0;
        }
        int local = typeId - owner.firstTypeId;
        return owner.offsets[local + 1] - owner.offsets[local];
    }

    /**
     * Copies the words of a type.
     *
     * @param typeId type id
     * @param target the array to copy to
     * @param at where in it to begin
     * @return how many words there are; 0 for void
     */
    public int copyWords(int typeId, int[] target, int at) {
        FlatTypes owner = owner(typeId);
        if (owner == null) {
            return 0;
        }
        int from = owner.offsets[typeId - owner.firstTypeId];
        int length = owner.offsets[typeId - owner.firstTypeId + 1] - from;
        System.arraycopy(owner.words, from, target, at, length);
        return length;
    }

    /**
     * Returns the info word of a type.
     *
     * @param typeId type id
     * @return its second word, 0 for void
     */
    public int info(int typeId) {
        return word(typeId, 1);
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
     * Tells whether a type is of one of some kinds.
     *
     * @param typeId type id, 0 for void
     * @param kinds the kinds
     * @return true if it is
     */
    public boolean is(int typeId, KindSet kinds) {
        return kinds.hasInfo(info(typeId));
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
     * Returns the name offset of a type.
     *
     * @param typeId type id
     * @return offset of its name among the strings, 0 if it has none
     */
    public int nameOff(int typeId) {
        return word(typeId, 0);
    }

    /**
     * Returns the name of a type.
     *
     * @param typeId type id
     * @return its name, empty if it has none
     */
    public String name(int typeId) {
        return string(nameOff(typeId));
    }

    /**
     * Returns the third word of a type.
     *
     * @param typeId type id
     * @return a size in bytes or a type id, as {@link BtfKind} tells
     */
    public int sizeOrType(int typeId) {
        return word(typeId, 2);
    }

    /**
     * Returns the size of a type that says it.
     *
     * @param typeId id of a type of {@link KindSet#SIZED}
     * @return the size in bytes, 0 to 4,294,967,295
     */
    public long sizeBytes(int typeId) {
        return Words.unsigned(sizeOrType(typeId));
    }

    /**
     * Returns the fourth word of an INT, which {@link Words} takes apart.
     *
     * @param intId type id
     * @return encoding, offset and bits
     */
    public int intData(int intId) {
        return word(intId, FIRST_FIXED);
    }

    /**
     * Tells whether an INT stands for a bitfield, as it does where structs have no kflag: it has fewer bits than its
     * bytes have, or begins within them.
     *
     * @param intId type id
     * @return true if a member of this type is a bitfield
     */
    public boolean isBitfield(int intId) {
        int data = intData(intId);
        return Words.intOffsetBits(data) != 0 || Words.intBits(data) != 8L * sizeOrType(intId);
    }

    /**
     * Returns the element type of an array.
     *
     * @param arrayId type id
     * @return type id of the elements
     */
    public int elementType(int arrayId) {
        return word(arrayId, FIRST_FIXED);
    }

    /**
     * Returns the index type of an array.
     *
     * @param arrayId type id
     * @return type id of the index
     */
    public int indexType(int arrayId) {
        return word(arrayId, FIRST_FIXED + 1);
    }

    /**
     * Returns the number of elements of an array.
     *
     * @param arrayId type id
     * @return the number, 0 to 4,294,967,295
     */
    public long elementCount(int arrayId) {
        return Words.unsigned(word(arrayId, FIRST_FIXED + 2));
    }

    /**
     * Returns the linkage of a variable.
     *
     * @param varId type id of a VAR
     * @return the number of its linkage
     */
    public int varLinkage(int varId) {
        return word(varId, FIRST_FIXED);
    }

    /**
     * Returns what a tag on a declaration is on.
     *
     * @param tagId type id of a DECL_TAG
     * @return index of the member or parameter, -1 for the whole
     */
    public int tagComponent(int tagId) {
        return word(tagId, FIRST_FIXED);
    }

    /**
     * Returns which word of a type is the first of an element.
     *
     * @param typeId id of a type of a kind with elements
     * @param index index of the element
     * @return index of the word within the type
     */
    public int elementWord(int typeId, int index) {
        return element(kind(typeId), index);
    }

    private static int element(BtfKind kind, int index) {
        return Words.HEADER + kind.fixedWords() + index * kind.elementWords();
    }

    /**
     * Returns the name of a member.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return its name, empty if it has none
     */
    public String memberName(int compositeId, int index) {
        return string(memberNameOff(compositeId, index));
    }

    /**
     * Returns the name offset of a member.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return offset of its name, 0 if it has none
     */
    public int memberNameOff(int compositeId, int index) {
        return word(compositeId, element(BtfKind.STRUCT, index));
    }

    /**
     * Returns the type of a member.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return its type id
     */
    public int memberType(int compositeId, int index) {
        return word(compositeId, element(BtfKind.STRUCT, index) + 1);
    }

    /**
     * Returns the third word of a member, which {@link Words} takes apart.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return offset, and size of the bitfield if the type has kflag
     */
    public int memberOffset(int compositeId, int index) {
        return word(compositeId, element(BtfKind.STRUCT, index) + 2);
    }

    /**
     * Returns where a member begins.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return offset in bits, 0 to 4,294,967,295
     */
    public long memberOffsetBits(int compositeId, int index) {
        return Words.unsigned(Words.offsetBits(memberOffset(compositeId, index), kflag(compositeId)));
    }

    /**
     * Returns the size of a bitfield that the member itself says.
     *
     * @param compositeId type id of a STRUCT or UNION
     * @param index index of the member
     * @return size in bits, 0 if it is no bitfield, or the type has no kflag, see {@link #isBitfield}
     */
    public int bitfieldSize(int compositeId, int index) {
        return Words.bitfieldSize(memberOffset(compositeId, index), kflag(compositeId));
    }

    /**
     * Returns the name offset of an enumerator.
     *
     * @param enumId type id of an ENUM or ENUM64
     * @param index index of the enumerator
     * @return offset of its name
     */
    public int enumeratorNameOff(int enumId, int index) {
        return word(enumId, elementWord(enumId, index));
    }

    /**
     * Returns the name offset of a parameter.
     *
     * @param protoId type id of a FUNC_PROTO
     * @param index index of the parameter
     * @return offset of its name, 0 if it has none
     */
    public int paramNameOff(int protoId, int index) {
        return word(protoId, element(BtfKind.FUNC_PROTO, index));
    }

    /**
     * Returns the type of a parameter.
     *
     * @param protoId type id of a FUNC_PROTO
     * @param index index of the parameter
     * @return its type id
     */
    public int paramType(int protoId, int index) {
        return word(protoId, element(BtfKind.FUNC_PROTO, index) + 1);
    }

    /**
     * Returns a variable of a section.
     *
     * @param sectionId type id of a DATASEC
     * @param index index of the variable
     * @return type id of its VAR
     */
    public int sectionVar(int sectionId, int index) {
        return word(sectionId, element(BtfKind.DATASEC, index));
    }

    /**
     * Returns where a variable begins in its section.
     *
     * @param sectionId type id of a DATASEC
     * @param index index of the variable
     * @return offset in bytes, 0 to 4,294,967,295
     */
    public long sectionVarOffset(int sectionId, int index) {
        return Words.unsigned(word(sectionId, element(BtfKind.DATASEC, index) + 1));
    }

    /**
     * Returns the size of a variable of a section.
     *
     * @param sectionId type id of a DATASEC
     * @param index index of the variable
     * @return size in bytes, 0 to 4,294,967,295
     */
    public long sectionVarSize(int sectionId, int index) {
        return Words.unsigned(word(sectionId, element(BtfKind.DATASEC, index) + 2));
    }

    /**
     * Returns what a type refers to.
     *
     * @param typeId type id
     * @return the ids among its words, in their order and repeated as they are; none if its kind is not known here
     */
    public int[] references(int typeId) {
        FlatTypes owner = owner(typeId);
        BtfKind kind = kind(typeId);
        if (owner == null || kind == null) {
            return new int[0];
        }
        int start = owner.offsets[typeId - owner.firstTypeId];
        int[] ids = new int[kind.typeIdCount(Words.vlen(owner.words[start + 1]))];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = owner.words[start + kind.typeIdWord(i)];
        }
        return ids;
    }

    /**
     * Returns a string.
     *
     * @param stringOff its offset; may be within a longer string
     * @return the string, decoded as UTF-8
     */
    public String string(int stringOff) {
        return strings.get(stringOff);
    }

    /**
     * Describes a type for a message.
     *
     * @param typeId type id
     * @return for example {@code type [42] STRUCT 'foo'}
     */
    public String describe(int typeId) {
        int nameOff = nameOff(typeId);
        boolean named = nameOff > 0 && nameOff < strings.end();
        return TypeFaults.describe(typeId, Words.kind(info(typeId)), named ? string(nameOff) : "");
    }

    /**
     * Describes what a type refers to, for a message.
     *
     * @param typeId type id
     * @return as {@link #describe}, or {@code void}
     */
    public String describeTarget(int typeId) {
        return typeId == 0 ? "void" : describe(typeId);
    }

    /**
     * Makes the failure of an own type that breaks a rule.
     *
     * @param typeId type id
     * @param word index of the word within the type that is wrong
     * @param what what is wrong, and what was expected
     * @return the failure, with the word's byte offset in the data
     */
    public BtfFormatException fault(int typeId, int word, String what) {
        return new BtfFormatException(
                source,
                describe(typeId) + ": " + what,
                byteOffset + (offsets[typeId - firstTypeId] + word) * 4L,
                typeId);
    }

    /**
     * Makes the failure of an element of an own type that breaks a rule.
     *
     * @param typeId type id
     * @param index index of the element
     * @param word index of the word within the element that is wrong
     * @param what what is wrong, and what was expected
     * @return the failure, with the word's byte offset in the data
     */
    public BtfFormatException elementFault(int typeId, int index, int word, String what) {
        BtfKind kind = kind(typeId);
        return fault(typeId, element(kind, index) + word, elementNoun(kind) + " " + index + ": " + what);
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
