package org.btfkit.btf.build;

import java.nio.ByteOrder;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

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
public final class BtfBuilder {
    /** Encoding of an INT: signed. */
    public static final int INT_SIGNED = Words.INT_SIGNED;
    /** Encoding of an INT: a character. */
    public static final int INT_CHAR = Words.INT_CHAR;
    /** Encoding of an INT: a boolean. */
    public static final int INT_BOOL = Words.INT_BOOL;

    private final Btf base;
    private final int firstTypeId;
    private final TypeSection types;
    private final StringSection strings;
    private final Elements elements;
    private final String source;
    private BtfHeader form;
    private byte[] layout;
    private Btf original;

    private BtfBuilder(Btf base, String source, BtfHeader form, TypeSection types, StringSection strings) {
        this.base = base;
        this.firstTypeId = base == null ? 1 : base.typeCount();
        this.types = types;
        this.strings = strings;
        this.elements = new Elements(firstTypeId, types, strings);
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
        return new BtfBuilder(null, "new BTF", form, new TypeSection(), new StringSection(null));
    }

    /**
     * Starts split BTF, with a header of 32 bytes and no layout section, in the byte order of its base.
     *
     * @param base the base; its types can be referred to, and its strings are used
     * @return a builder without own types
     */
    public static BtfBuilder splitOn(Btf base) {
        BtfHeader form = BtfHeader.of(base.order(), BtfHeader.LONG_LENGTH);
        return new BtfBuilder(base, "new split BTF", form, new TypeSection(), new StringSection(base));
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
                btf.base(),
                btf.source(),
                btf.header(),
                new TypeSection(btf),
                new StringSection(btf.base(), FlatAccess.of(btf).strings().own()));
        builder.layout = btf.layout();
        builder.original = btf;
        return builder;
    }

    /** The BTF that this one began as a copy of, whose ids and strings are where they were; null if none. */
    Btf original() {
        return original;
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
        this.types.reserve(words, types);
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
        byte[] sizes = BtfKind.layoutSection();
        form.requireFit(sizes.length, 0);
        form = form.withSections(0, sizes.length, 0);
        layout = sizes;
        return this;
    }

    /**
     * Returns the base.
     *
     * @return the BTF that the result is split on, or null
     */
    public Btf base() {
        return base;
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
        return firstTypeId + types.count();
    }

    /**
     * Adds an INT whose value fills it.
     *
     * @param name its name
     * @param sizeBytes 1, 2, 4, 8 or 16
     * @param encoding {@link #INT_SIGNED}, {@link #INT_CHAR} and {@link #INT_BOOL}, or'ed, or 0
     * @return its type id
     */
    public int addInt(String name, int sizeBytes, int encoding) {
        return addInt(name, sizeBytes, encoding, 0, 8 * sizeBytes);
    }

    /**
     * Adds an INT, as compilers did for bitfields before there was kflag.
     *
     * @param name its name
     * @param sizeBytes 1, 2, 4, 8 or 16
     * @param encoding as of {@link #addInt(String, int, int)}
     * @param offsetBits where the value begins within the bytes
     * @param bits how many bits the value has, 1 or more
     * @return its type id
     */
    public int addInt(String name, int sizeBytes, int encoding, int offsetBits, int bits) {
        BuilderRules.require(BuilderRules.brokenInt(sizeBytes, encoding, offsetBits, bits), BtfKind.INT, name);
        return add(BtfKind.INT, name, false, 0, sizeBytes, Words.intData(encoding, offsetBits, bits));
    }

    /**
     * Adds a PTR.
     *
     * @param targetId id of the type that it points to
     * @return its type id
     */
    public int addPtr(int targetId) {
        return addRef(BtfKind.PTR, "", false, 0, targetId);
    }

    /**
     * Adds an ARRAY.
     *
     * @param elementId type id of the elements
     * @param indexId type id of the index
     * @param count number of elements, unsigned
     * @return its type id
     */
    public int addArray(int elementId, int indexId, int count) {
        BuilderRules.require(BuilderRules.brokenTypeId(elementId), BtfKind.ARRAY, "");
        BuilderRules.require(BuilderRules.brokenTypeId(indexId), BtfKind.ARRAY, "");
        return add(BtfKind.ARRAY, "", false, 0, 0, elementId, indexId, count);
    }

    /**
     * Adds a STRUCT without members; {@link #addMember} and {@link #addBitfield} add them.
     *
     * @param name its name, may be empty
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addStruct(String name, int sizeBytes) {
        return add(BtfKind.STRUCT, name, false, 0, sizeBytes);
    }

    /**
     * Adds a UNION without members; {@link #addMember} and {@link #addBitfield} add them.
     *
     * @param name its name, may be empty
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addUnion(String name, int sizeBytes) {
        return add(BtfKind.UNION, name, false, 0, sizeBytes);
    }

    /**
     * Adds an ENUM without values; {@link #addEnumerator} adds them. Without values it is what stands for the forward
     * declaration of an enumeration.
     *
     * @param name its name, may be empty
     * @param sizeBytes 1, 2, 4 or 8
     * @param isSigned whether its values are signed
     * @return its type id
     */
    public int addEnum(String name, int sizeBytes, boolean isSigned) {
        BuilderRules.require(BuilderRules.brokenEnumSize(sizeBytes), BtfKind.ENUM, name);
        return add(BtfKind.ENUM, name, isSigned, 0, sizeBytes);
    }

    /**
     * Adds an ENUM64 without values; {@link #addEnumerator} adds them.
     *
     * @param name its name, may be empty
     * @param sizeBytes 1, 2, 4 or 8
     * @param isSigned whether its values are signed
     * @return its type id
     */
    public int addEnum64(String name, int sizeBytes, boolean isSigned) {
        BuilderRules.require(BuilderRules.brokenEnumSize(sizeBytes), BtfKind.ENUM64, name);
        return add(BtfKind.ENUM64, name, isSigned, 0, sizeBytes);
    }

    /**
     * Adds a FWD.
     *
     * @param name its name
     * @param isUnion whether it declares a union, not a struct
     * @return its type id
     */
    public int addFwd(String name, boolean isUnion) {
        return add(BtfKind.FWD, name, isUnion, 0, 0);
    }

    /**
     * Adds a TYPEDEF.
     *
     * @param name its name
     * @param targetId id of the type that it names
     * @return its type id
     */
    public int addTypedef(String name, int targetId) {
        return addRef(BtfKind.TYPEDEF, name, false, 0, targetId);
    }

    /**
     * Adds a VOLATILE.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addVolatile(int targetId) {
        return addRef(BtfKind.VOLATILE, "", false, 0, targetId);
    }

    /**
     * Adds a CONST.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addConst(int targetId) {
        return addRef(BtfKind.CONST, "", false, 0, targetId);
    }

    /**
     * Adds a RESTRICT.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addRestrict(int targetId) {
        return addRef(BtfKind.RESTRICT, "", false, 0, targetId);
    }

    /**
     * Adds a FUNC.
     *
     * @param name its name
     * @param protoId type id of its FUNC_PROTO
     * @param linkage where it is visible
     * @return its type id
     */
    public int addFunc(String name, int protoId, BtfType.Linkage linkage) {
        return addRef(BtfKind.FUNC, name, false, linkage.ordinal(), protoId);
    }

    /**
     * Adds a FUNC_PROTO without parameters; {@link #addParam} adds them.
     *
     * @param returnId type id of what is returned
     * @return its type id
     */
    public int addFuncProto(int returnId) {
        return addRef(BtfKind.FUNC_PROTO, "", false, 0, returnId);
    }

    /**
     * Adds a VAR.
     *
     * @param name its name
     * @param targetId type id of the variable's type
     * @param linkage where it is visible
     * @return its type id
     */
    public int addVar(String name, int targetId, BtfType.Linkage linkage) {
        BuilderRules.require(BuilderRules.brokenTypeId(targetId), BtfKind.VAR, name);
        return add(BtfKind.VAR, name, false, 0, targetId, linkage.ordinal());
    }

    /**
     * Adds a DATASEC without variables; {@link #addVariable} adds them.
     *
     * @param name its name
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addDatasec(String name, int sizeBytes) {
        return add(BtfKind.DATASEC, name, false, 0, sizeBytes);
    }

    /**
     * Adds a FLOAT.
     *
     * @param name its name
     * @param sizeBytes 2, 4, 8, 12 or 16
     * @return its type id
     */
    public int addFloat(String name, int sizeBytes) {
        BuilderRules.require(BuilderRules.brokenFloatSize(sizeBytes), BtfKind.FLOAT, name);
        return add(BtfKind.FLOAT, name, false, 0, sizeBytes);
    }

    /**
     * Adds a DECL_TAG.
     *
     * @param tag the tag
     * @param targetId type id of what is tagged
     * @param componentIndex which member or parameter is tagged, -1 for the whole
     * @param isAttribute whether it is an attribute (kflag)
     * @return its type id
     */
    public int addDeclTag(String tag, int targetId, int componentIndex, boolean isAttribute) {
        BuilderRules.require(BuilderRules.brokenComponent(componentIndex), BtfKind.DECL_TAG, tag);
        BuilderRules.require(BuilderRules.brokenTypeId(targetId), BtfKind.DECL_TAG, tag);
        return add(BtfKind.DECL_TAG, tag, isAttribute, 0, targetId, componentIndex);
    }

    /**
     * Adds a TYPE_TAG.
     *
     * @param tag the tag
     * @param targetId type id of what is tagged
     * @param isAttribute whether it is an attribute (kflag)
     * @return its type id
     */
    public int addTypeTag(String tag, int targetId, boolean isAttribute) {
        return addRef(BtfKind.TYPE_TAG, tag, isAttribute, 0, targetId);
    }

    private int addRef(BtfKind kind, String name, boolean kflag, int vlen, int targetId) {
        BuilderRules.require(BuilderRules.brokenTypeId(targetId), kind, name);
        return add(kind, name, kflag, vlen, targetId);
    }

    private int add(BtfKind kind, String name, boolean kflag, int vlen, int sizeOrType, int... fixed) {
        BuilderRules.require(BuilderRules.brokenName(kind, name), kind, name);
        byte[] encoded = StringSection.encode(name);
        types.reserve(Words.HEADER + fixed.length, 1);
        int typeId = typeCount();
        types.beginType(strings.add(encoded), Words.info(kind, kflag, vlen), sizeOrType);
        for (int word : fixed) {
            types.append(word);
        }
        return typeId;
    }

    /**
     * Adds a member to the STRUCT or UNION that was added last.
     *
     * @param name its name, empty for an anonymous struct or union
     * @param memberId id of its type
     * @param offsetBits where it begins, in bits: whole bytes, and 0 in a union
     */
    public void addMember(String name, int memberId, int offsetBits) {
        elements.member(name, memberId, offsetBits);
    }

    /**
     * Adds a bitfield to the STRUCT or UNION that was added last. All its members then have 24 bits for the offset.
     *
     * @param name its name, may be empty
     * @param memberId id of its type
     * @param offsetBits where it begins, in bits: up to 16,777,215, and 0 in a union
     * @param bitfieldSize its size in bits, 1 to 255
     */
    public void addBitfield(String name, int memberId, int offsetBits, int bitfieldSize) {
        elements.bitfield(name, memberId, offsetBits, bitfieldSize);
    }

    /**
     * Adds a value to the ENUM or ENUM64 that was added last.
     *
     * @param name its name
     * @param value its value; must fit in 32 bits, with or without a sign as the ENUM has it; any of ENUM64
     */
    public void addEnumerator(String name, long value) {
        elements.enumerator(name, value);
    }

    /**
     * Adds a parameter to the FUNC_PROTO that was added last.
     *
     * @param name its name, may be empty
     * @param paramId id of its type; 0 with an empty name at the end makes the prototype variadic
     */
    public void addParam(String name, int paramId) {
        elements.param(name, paramId);
    }

    /**
     * Adds a variable to the DATASEC that was added last.
     *
     * @param varId id of the VAR
     * @param offsetBytes where it begins in the section, unsigned
     * @param sizeBytes its size, unsigned
     */
    public void addVariable(int varId, int offsetBytes, int sizeBytes) {
        elements.variable(varId, offsetBytes, sizeBytes);
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
            return Btf.of(form, layout, types.toArray(), strings.toBytes(), base, name);
        } catch (BtfFormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Appends all own types of other BTF, in their order, with the strings that they use.
     *
     * @param src the BTF; if it is split, its base must be this one's base, or what this one began as a {@link #copyOf}
     *     of: base and split then are one BTF
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
        return strings.add(StringSection.encode(string));
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
        FlatAccess.of(src).strings().require(stringOff);
        return strings.add(FlatAccess.of(src).strings(), stringOff);
    }

    /**
     * Changes a type in place.
     *
     * @param typeId an own type
     * @return what changes it
     * @throws IllegalArgumentException if there is no such type, or it belongs to the base, or is of an unknown kind
     */
    public TypeEdit edit(int typeId) {
        BuilderRules.requireOwn(typeId, firstTypeId, typeCount());
        return new TypeEdit(this, typeId, types.offset(typeId - firstTypeId));
    }

    TypeSection types() {
        return types;
    }

    StringSection strings() {
        return strings;
    }

    String describe(int typeId) {
        return elements.describe(typeId - firstTypeId);
    }
}
