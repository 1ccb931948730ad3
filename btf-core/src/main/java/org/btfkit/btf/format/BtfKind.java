package org.btfkit.btf.format;

/**
 * The kinds of BTF types, and the one place that knows how each is laid out.
 *
 * <p>A type is three words ({@code name_off}, {@code info}, and {@code size} or {@code type}), then {@link #fixedWords}
 * words, then {@code vlen} elements of {@link #elementWords} words each. A word is four bytes. Which of these words
 * hold type ids and which hold name offsets is told by the other accessors; parser, validation and every transformation
 * go through them. The source of all of it is the kernel's {@code include/uapi/linux/btf.h}.
 *
 * <p>Immutable.
 */
public enum BtfKind {
    /** The void type, id 0; never stored. */
    VOID(0, 0, Third.NONE),
    /** An integer; one more word holds encoding, bit offset and bits. */
    INT(1, 1, Third.SIZE),
    /** A pointer. */
    PTR(2, 0, Third.TYPE),
    /** An array; three more words hold element type, index type and element count. */
    ARRAY(3, 3, 2, Third.NONE),
    /** A struct; elements are members. */
    STRUCT(4, 0, Third.SIZE, 3, 0, 1),
    /** A union; elements are members. */
    UNION(5, 0, Third.SIZE, 3, 0, 1),
    /** An enumeration of values up to 32 bits; elements are enumerators. */
    ENUM(6, 0, Third.SIZE, 2, 0, -1),
    /** A forward declaration of a struct, or with kflag of a union. */
    FWD(7, 0, Third.NONE),
    /** A typedef. */
    TYPEDEF(8, 0, Third.TYPE),
    /** The volatile modifier. */
    VOLATILE(9, 0, Third.TYPE),
    /** The const modifier. */
    CONST(10, 0, Third.TYPE),
    /** The restrict modifier. */
    RESTRICT(11, 0, Third.TYPE),
    /** A function; vlen holds its linkage. */
    FUNC(12, 0, Third.TYPE),
    /** A function prototype; elements are parameters. */
    FUNC_PROTO(13, 0, Third.TYPE, 2, 0, 1),
    /** A variable; one more word holds its linkage. */
    VAR(14, 1, Third.TYPE),
    /** A data section; elements are its variables. */
    DATASEC(15, 0, Third.SIZE, 3, -1, 0),
    /** A floating point type. */
    FLOAT(16, 0, Third.SIZE),
    /** A tag on a declaration; one more word holds the component index. */
    DECL_TAG(17, 1, Third.TYPE),
    /** A tag on a type. */
    TYPE_TAG(18, 0, Third.TYPE),
    /** An enumeration of 64-bit values; elements are enumerators. */
    ENUM64(19, 0, Third.SIZE, 3, 0, -1);

    /** What the third word of a type of this kind means. */
    private enum Third {
        SIZE,
        TYPE,
        NONE
    }

    private static final BtfKind[] BY_NUMBER = values();

    private final int number;
    private final int fixedWords;
    private final int fixedTypeIds;
    private final Third third;
    private final int elementWords;
    private final int elementNameWord;
    private final int elementTypeWord;

    /** A kind without elements, and without type ids in its fixed words. */
    BtfKind(int number, int fixedWords, Third third) {
        this(number, fixedWords, 0, third);
    }

    /** A kind without elements. */
    BtfKind(int number, int fixedWords, int fixedTypeIds, Third third) {
        this(number, fixedWords, fixedTypeIds, third, 0, -1, -1);
    }

    /** A kind with elements, and without type ids in its fixed words. */
    BtfKind(int number, int fixedWords, Third third, int elementWords, int nameWord, int typeWord) {
        this(number, fixedWords, 0, third, elementWords, nameWord, typeWord);
    }

    BtfKind(
            int number,
            int fixedWords,
            int fixedTypeIds,
            Third third,
            int elementWords,
            int elementNameWord,
            int elementTypeWord) {
        this.number = number;
        this.fixedWords = fixedWords;
        this.fixedTypeIds = fixedTypeIds;
        this.third = third;
        this.elementWords = elementWords;
        this.elementNameWord = elementNameWord;
        this.elementTypeWord = elementTypeWord;
    }

    /**
     * Returns the kind with a given number.
     *
     * @param number the kind bits of an info word, 0 to 127
     * @return the kind, or null if the format has none of that number (a newer kernel may)
     */
    public static BtfKind of(int number) {
        return number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    /**
     * Returns the name of a kind number for messages.
     *
     * @param number the kind bits of an info word, 0 to 127
     * @return for example {@code STRUCT}, or {@code KIND_77}
     */
    public static String nameOf(int number) {
        BtfKind kind = of(number);
        return kind != null ? kind.name() : "KIND_" + number;
    }

    /**
     * Makes the layout section of BTF with all kinds known here.
     *
     * @return for each kind, void included, {@code info_sz}, {@code elem_sz} and two bytes of flags, none of them set
     */
    public static byte[] layoutSection() {
        byte[] sizes = new byte[Integer.BYTES * BY_NUMBER.length];
        for (BtfKind kind : BY_NUMBER) {
            sizes[Integer.BYTES * kind.number] = (byte) (Integer.BYTES * kind.fixedWords);
            sizes[Integer.BYTES * kind.number + 1] = (byte) (Integer.BYTES * kind.elementWords);
        }
        return sizes;
    }

    /**
     * Returns the number that the kind bits of an info word hold.
     *
     * @return 0 to 19
     */
    public int number() {
        return number;
    }

    /**
     * Tells whether the third word of the type is a type id.
     *
     * @return true if it is a type id, false if it is a size or unused
     */
    public boolean refersToType() {
        return third == Third.TYPE;
    }

    /**
     * Tells whether the third word of the type is a size in bytes.
     *
     * @return true if it is a size, false if it is a type id or unused
     */
    public boolean hasSize() {
        return third == Third.SIZE;
    }

    /**
     * Returns how many words follow the first three, before the elements.
     *
     * @return 0, 1 or 3
     */
    public int fixedWords() {
        return fixedWords;
    }

    /**
     * Returns how many of the fixed words are type ids; they come first.
     *
     * @return 2 for ARRAY, else 0
     */
    public int fixedTypeIds() {
        return fixedTypeIds;
    }

    /**
     * Returns how many words an element takes.
     *
     * @return 0 if the kind has no elements (vlen is then no count), else 2 or 3
     */
    public int elementWords() {
        return elementWords;
    }

    /**
     * Returns which word of an element is its name offset.
     *
     * @return the index within the element, or -1 if elements have no names
     */
    public int elementNameWord() {
        return elementNameWord;
    }

    /**
     * Returns which word of an element is a type id.
     *
     * @return the index within the element, or -1 if elements have no types
     */
    public int elementTypeWord() {
        return elementTypeWord;
    }

    /**
     * Returns the length of a type of this kind.
     *
     * @param vlen the vlen bits of its info word
     * @return its length in words, all included
     */
    public int words(int vlen) {
        return 3 + fixedWords + vlen * elementWords;
    }

    /**
     * Returns how many words of a type of this kind are type ids.
     *
     * @param vlen the vlen bits of its info word
     * @return the count
     */
    public int typeIdCount(int vlen) {
        return (third == Third.TYPE ? 1 : 0) + fixedTypeIds + (elementTypeWord < 0 ? 0 : vlen);
    }

    /**
     * Returns which word of a type of this kind is a type id.
     *
     * @param index 0 to {@link #typeIdCount} - 1; the third word is first, then fixed words, then elements
     * @return the index of the word within the type
     */
    public int typeIdWord(int index) {
        int fixed = third == Third.TYPE ? index - 1 : index;
        if (fixed < 0) {
            return 2;
        }
        int element = fixed - fixedTypeIds;
        return element < 0 ? 3 + fixed : 3 + fixedWords + element * elementWords + elementTypeWord;
    }

    /**
     * Returns how many words of a type of this kind are name offsets.
     *
     * @param vlen the vlen bits of its info word
     * @return the count, 1 for the type's own name included
     */
    public int nameCount(int vlen) {
        return 1 + (elementNameWord < 0 ? 0 : vlen);
    }

    /**
     * Returns which word of a type of this kind is a name offset.
     *
     * @param index 0 to {@link #nameCount} - 1; the type's own name is first, then elements
     * @return the index of the word within the type
     */
    public int nameWord(int index) {
        return index == 0 ? 0 : 3 + fixedWords + (index - 1) * elementWords + elementNameWord;
    }
}
