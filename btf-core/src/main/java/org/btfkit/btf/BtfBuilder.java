package org.btfkit.btf;

import java.nio.ByteOrder;

/**
 * Builds BTF, type by type or by appending other BTF, and edits copies of it.
 *
 * <pre>{@code
 * BtfBuilder builder = BtfBuilder.create();
 * int intId = builder.addInt("int", 4, BtfBuilder.INT_SIGNED);
 * builder.addStruct("point", 8);
 * builder.addMember("x", intId, 0);
 * builder.addMember("y", intId, 32);
 * byte[] bytes = BtfWriter.toBytes(builder.build());
 * }</pre>
 *
 * <p>Every method that adds a type returns its id. Types may refer to types that are added later; whether all of them
 * came is checked by {@link #build}. Members, enumerators, parameters and section variables belong to the type that was
 * added last. A name that is null or empty is none. Strings are stored once, and not at all if the base has them.
 * Names, sizes and so on obey the rules of libbpf's {@code btf__add_*} functions.
 *
 * <p>A method that throws {@link IllegalArgumentException}, which names the rule that was broken, has changed nothing.
 * Not safe for use by several threads. Types are kept as words; there is no object per type.
 */
public final class BtfBuilder extends TypeAdder {
    /** Encoding of an INT: signed. */
    public static final int INT_SIGNED = 1;

    /** Encoding of an INT: a character. */
    public static final int INT_CHAR = 2;

    /** Encoding of an INT: a boolean. */
    public static final int INT_BOOL = 4;

    private final String source;
    private BtfHeader form;
    private byte[] layout;

    private BtfBuilder(Btf base, String source, BtfHeader form, TypeWords types, StringTable strings) {
        super(base, types, strings);
        this.source = source;
        this.form = form;
    }

    /**
     * Starts little-endian BTF.
     *
     * @return a builder without types
     */
    public static BtfBuilder create() {
        return create(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Starts BTF with a header of 32 bytes and no layout section.
     *
     * @param order the byte order that it will be written in
     * @return a builder without types
     */
    public static BtfBuilder create(ByteOrder order) {
        BtfHeader form = BtfHeader.of(order, BtfHeader.LONG_LENGTH);
        return new BtfBuilder(null, "new BTF", form, new TypeWords(), new StringTable(null));
    }

    /**
     * Starts split BTF, with a header of 32 bytes and no layout section, in the byte order of its base.
     *
     * @param base the base; its types can be referred to, and its strings are used
     * @return a builder without own types
     */
    public static BtfBuilder splitOn(Btf base) {
        BtfHeader form = BtfHeader.of(base.order(), BtfHeader.LONG_LENGTH);
        return new BtfBuilder(base, "new split BTF", form, new TypeWords(), new StringTable(base));
    }

    /**
     * Starts with a copy of BTF: its types, strings, base, header and layout section. The types are copied when the
     * first of them is changed or added.
     *
     * @param btf the BTF; is not changed
     * @return a builder with its types
     * @throws BtfUnsupportedException if its header has unknown data, see {@link BtfHeader#hasUnknownData}
     */
    public static BtfBuilder copyOf(Btf btf) {
        btf.header().requireRewritable(btf.source());
        BtfBuilder builder = new BtfBuilder(
                btf.base(), btf.source(), btf.header(), new TypeWords(btf), new StringTable(btf.base(), btf.strings()));
        builder.layout = btf.layoutBytes();
        return builder;
    }

    /**
     * Chooses the length of the header.
     *
     * @param length 32, or 24 for readers that know no other
     * @return this
     * @throws IllegalArgumentException if the length is another, or too short for the layout section that there is
     */
    public BtfBuilder headerLength(int length) {
        form = form.withHeaderLength(length);
        return this;
    }

    /**
     * Makes room for types that will be added, so that many can be without copying those before them time and again.
     *
     * @param words number of words that they have together
     * @param types number of types
     * @return this
     * @throws IllegalArgumentException if so many would not fit in 2 GiB
     */
    public BtfBuilder reserve(long words, int types) {
        types().reserve(words, types);
        return this;
    }

    /**
     * Adds or replaces the layout section: the sizes of all kinds that are known here, for readers that do not know
     * them.
     *
     * @return this
     * @throws IllegalArgumentException if the header has no room for it
     */
    public BtfBuilder withLayout() {
        byte[] sizes = new byte[4 * BtfKind.values().length];
        for (BtfKind kind : BtfKind.values()) {
            sizes[4 * kind.number()] = (byte) (4 * kind.fixedWords());
            sizes[4 * kind.number() + 1] = (byte) (4 * kind.elementWords());
        }
        BtfWriter.requireFit(form.headerLength(), sizes.length, 0);
        form = form.withSections(0, sizes.length, 0);
        layout = sizes;
        return this;
    }

    /**
     * Makes the BTF. The builder can be used further, without effect on what was made.
     *
     * @return the BTF
     * @throws IllegalArgumentException if a type refers to one that does not exist, or a function to one that is no
     *     prototype, or if the whole does not fit in 2 GiB
     */
    public Btf build() {
        return build(source);
    }

    /**
     * Makes the BTF, as {@link #build()} does.
     *
     * @param name what to call it in messages
     * @return the BTF
     * @throws IllegalArgumentException as {@link #build()}
     */
    public Btf build(String name) {
        try {
            return Btf.of(form, layout, types().toArray(), strings().toBytes(), base(), name);
        } catch (BtfFormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Appends all own types of other BTF, in their order, with the strings that they use.
     *
     * @param src the BTF; if it is split, its base must be this one's base
     * @return the new type ids, by the ids in {@code src}; ids of a common base are unchanged
     * @throws IllegalArgumentException if it has another base, or the whole would not fit in 2 GiB
     * @throws BtfUnsupportedException if it has types of unknown kinds
     */
    public int[] append(Btf src) {
        return BtfAppender.appendAll(this, src);
    }

    /**
     * Appends some types of other BTF and all types that they refer to, in the order of their ids, with the strings
     * that they use. Types of a common base stay where they are. Tags on the types are not taken along, as they refer
     * to the types and not the other way round.
     *
     * <p>Each call copies what its types need, whatever earlier calls have copied, and takes time for every type of
     * {@code src}: many types are best appended by one call.
     *
     * @param src the BTF
     * @param typeIds the types to append
     * @return the new type ids, by the ids in {@code src}; 0 for those that were not needed
     * @throws IllegalArgumentException if there is no such type, or the whole would not fit in 2 GiB
     * @throws BtfUnsupportedException if types of unknown kinds are needed
     */
    public int[] appendTypes(Btf src, int... typeIds) {
        return BtfAppender.appendWithDependencies(this, src, typeIds);
    }

    /**
     * Adds a string, for users of string offsets other than types.
     *
     * @param string the string
     * @return its offset; that of the base's or an earlier string if there is an equal one
     * @throws IllegalArgumentException if it has a NUL
     */
    public int addString(String string) {
        return strings().add(StringTable.encode(string));
    }

    /**
     * Adds a string of other BTF.
     *
     * @param src the BTF
     * @param stringOff the string's offset there
     * @return its offset here, as of {@link #addString(String)}
     * @throws IllegalArgumentException if there is no such offset
     */
    public int addString(Btf src, int stringOff) {
        src.requireString(stringOff);
        return strings().add(src, stringOff);
    }

    /**
     * Changes a type in place.
     *
     * @param typeId an own type
     * @return what changes it
     * @throws IllegalArgumentException if there is no such type, or it belongs to the base, or is of an unknown kind
     */
    public TypeEdit edit(int typeId) {
        if (typeId < firstTypeId() || typeId >= typeCount()) {
            throw new IllegalArgumentException(
                    "no own type [" + typeId + "], expected " + firstTypeId() + " to " + (typeCount() - 1));
        }
        return new TypeEdit(this, typeId, types().offset(typeId - firstTypeId()));
    }
}
