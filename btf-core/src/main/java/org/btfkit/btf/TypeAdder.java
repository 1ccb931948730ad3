package org.btfkit.btf;

/** The part of {@link BtfBuilder} that adds types one by one; what these methods have in common is said there. */
abstract sealed class TypeAdder permits BtfBuilder {
    private static final int KFLAG = 1 << 31;

    private final Btf base;
    private final int firstTypeId;
    private final TypeWords types;
    private final StringTable strings;

    TypeAdder(Btf base, TypeWords types, StringTable strings) {
        this.base = base;
        this.firstTypeId = base == null ? 1 : base.typeCount();
        this.types = types;
        this.strings = strings;
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

    TypeWords types() {
        return types;
    }

    StringTable strings() {
        return strings;
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
        require(BuilderRules.brokenInt(sizeBytes, encoding, offsetBits, bits), BtfKind.INT, name);
        return add(BtfKind.INT, name, 0, sizeBytes, encoding << 24 | offsetBits << 16 | bits);
    }

    /**
     * Adds a PTR.
     *
     * @param targetId id of the type that it points to
     * @return its type id
     */
    public int addPtr(int targetId) {
        return addRef(BtfKind.PTR, "", 0, targetId);
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
        require(BuilderRules.brokenTypeId(elementId), BtfKind.ARRAY, "");
        require(BuilderRules.brokenTypeId(indexId), BtfKind.ARRAY, "");
        return add(BtfKind.ARRAY, "", 0, 0, elementId, indexId, count);
    }

    /**
     * Adds a STRUCT without members; {@link #addMember} and {@link #addBitfield} add them.
     *
     * @param name its name, may be empty
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addStruct(String name, int sizeBytes) {
        return add(BtfKind.STRUCT, name, 0, sizeBytes);
    }

    /**
     * Adds a UNION without members; {@link #addMember} and {@link #addBitfield} add them.
     *
     * @param name its name, may be empty
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addUnion(String name, int sizeBytes) {
        return add(BtfKind.UNION, name, 0, sizeBytes);
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
        require(BuilderRules.brokenEnumSize(sizeBytes), BtfKind.ENUM, name);
        return add(BtfKind.ENUM, name, kflag(isSigned), sizeBytes);
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
        require(BuilderRules.brokenEnumSize(sizeBytes), BtfKind.ENUM64, name);
        return add(BtfKind.ENUM64, name, kflag(isSigned), sizeBytes);
    }

    /**
     * Adds a FWD.
     *
     * @param name its name
     * @param isUnion whether it declares a union, not a struct
     * @return its type id
     */
    public int addFwd(String name, boolean isUnion) {
        return add(BtfKind.FWD, name, kflag(isUnion), 0);
    }

    /**
     * Adds a TYPEDEF.
     *
     * @param name its name
     * @param targetId id of the type that it names
     * @return its type id
     */
    public int addTypedef(String name, int targetId) {
        return addRef(BtfKind.TYPEDEF, name, 0, targetId);
    }

    /**
     * Adds a VOLATILE.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addVolatile(int targetId) {
        return addRef(BtfKind.VOLATILE, "", 0, targetId);
    }

    /**
     * Adds a CONST.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addConst(int targetId) {
        return addRef(BtfKind.CONST, "", 0, targetId);
    }

    /**
     * Adds a RESTRICT.
     *
     * @param targetId id of the type that is modified
     * @return its type id
     */
    public int addRestrict(int targetId) {
        return addRef(BtfKind.RESTRICT, "", 0, targetId);
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
        return addRef(BtfKind.FUNC, name, linkage.ordinal(), protoId);
    }

    /**
     * Adds a FUNC_PROTO without parameters; {@link #addParam} adds them.
     *
     * @param returnId type id of what is returned
     * @return its type id
     */
    public int addFuncProto(int returnId) {
        return addRef(BtfKind.FUNC_PROTO, "", 0, returnId);
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
        require(BuilderRules.brokenTypeId(targetId), BtfKind.VAR, name);
        return add(BtfKind.VAR, name, 0, targetId, linkage.ordinal());
    }

    /**
     * Adds a DATASEC without variables; {@link #addVariable} adds them.
     *
     * @param name its name
     * @param sizeBytes its size, unsigned
     * @return its type id
     */
    public int addDatasec(String name, int sizeBytes) {
        return add(BtfKind.DATASEC, name, 0, sizeBytes);
    }

    /**
     * Adds a FLOAT.
     *
     * @param name its name
     * @param sizeBytes 2, 4, 8, 12 or 16
     * @return its type id
     */
    public int addFloat(String name, int sizeBytes) {
        require(BuilderRules.brokenFloatSize(sizeBytes), BtfKind.FLOAT, name);
        return add(BtfKind.FLOAT, name, 0, sizeBytes);
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
        require(BuilderRules.brokenComponent(componentIndex), BtfKind.DECL_TAG, tag);
        require(BuilderRules.brokenTypeId(targetId), BtfKind.DECL_TAG, tag);
        return add(BtfKind.DECL_TAG, tag, kflag(isAttribute), targetId, componentIndex);
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
        return addRef(BtfKind.TYPE_TAG, tag, kflag(isAttribute), targetId);
    }

    private static int kflag(boolean isSet) {
        return isSet ? KFLAG : 0;
    }

    private int addRef(BtfKind kind, String name, int flags, int targetId) {
        require(BuilderRules.brokenTypeId(targetId), kind, name);
        return add(kind, name, flags, targetId);
    }

    /** Adds a type; flags are the vlen bits and kflag. */
    private int add(BtfKind kind, String name, int flags, int sizeOrType, int... fixed) {
        require(BuilderRules.brokenName(kind, name), kind, name);
        byte[] encoded = StringTable.encode(name);
        types.reserve(3 + fixed.length, 1);
        int typeId = typeCount();
        types.beginType(strings.add(encoded), kind.number() << 24 | flags, sizeOrType);
        for (int word : fixed) {
            types.append(word);
        }
        return typeId;
    }

    private static void require(String broken, BtfKind kind, String name) {
        if (broken != null) {
            throw new IllegalArgumentException(
                    kind + (BuilderRules.isNone(name) ? "" : " '" + name + "'") + ": " + broken);
        }
    }

    /**
     * Adds a member to the STRUCT or UNION that was added last.
     *
     * @param name its name, empty for an anonymous struct or union
     * @param memberId id of its type
     * @param offsetBits where it begins, in bits: whole bytes, and 0 in a union
     */
    public void addMember(String name, int memberId, int offsetBits) {
        int start = last("member", BtfKind.STRUCT, BtfKind.UNION);
        int info = types.get(start + 1);
        boolean isUnion = Btf.kindOf(info) == BtfKind.UNION.number();
        requireElement(BuilderRules.brokenMember(isUnion, info < 0, offsetBits), "member");
        requireElement(BuilderRules.brokenTypeId(memberId), "member");
        addElement(start, info, "member", StringTable.encode(name), memberId, offsetBits);
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
        int start = last("member", BtfKind.STRUCT, BtfKind.UNION);
        int info = types.get(start + 1);
        boolean isUnion = Btf.kindOf(info) == BtfKind.UNION.number();
        requireElement(BuilderRules.brokenBitfield(isUnion, offsetBits, bitfieldSize), "member");
        requireElement(BuilderRules.brokenTypeId(memberId), "member");
        for (int i = 0; info >= 0 && i < Btf.vlenOf(info); i++) {
            String broken = BuilderRules.brokenBitfieldOffset(types.get(start + 3 + 3 * i + 2));
            requireElement(broken == null ? null : "bitfield after member " + i + ": " + broken, "member");
        }
        addElement(start, info | KFLAG, "member", StringTable.encode(name), memberId, bitfieldSize << 24 | offsetBits);
    }

    /**
     * Adds a value to the ENUM or ENUM64 that was added last.
     *
     * @param name its name
     * @param value its value; must fit in 32 bits, with or without a sign as the ENUM has it; any of ENUM64
     */
    public void addEnumerator(String name, long value) {
        int start = last("enumerator", BtfKind.ENUM, BtfKind.ENUM64);
        int info = types.get(start + 1);
        boolean is64 = Btf.kindOf(info) == BtfKind.ENUM64.number();
        requireElement(BuilderRules.brokenEnumerator(name, is64, info < 0, value), "enumerator");
        if (is64) {
            addElement(start, info, "enumerator", StringTable.encode(name), (int) value, (int) (value >>> 32));
        } else {
            addElement(start, info, "enumerator", StringTable.encode(name), (int) value);
        }
    }

    /**
     * Adds a parameter to the FUNC_PROTO that was added last.
     *
     * @param name its name, may be empty
     * @param paramId id of its type; 0 with an empty name at the end makes the prototype variadic
     */
    public void addParam(String name, int paramId) {
        int start = last("parameter", BtfKind.FUNC_PROTO, null);
        requireElement(BuilderRules.brokenTypeId(paramId), "parameter");
        addElement(start, types.get(start + 1), "parameter", StringTable.encode(name), paramId);
    }

    /**
     * Adds a variable to the DATASEC that was added last.
     *
     * @param varId id of the VAR
     * @param offsetBytes where it begins in the section, unsigned
     * @param sizeBytes its size, unsigned
     */
    public void addVariable(int varId, int offsetBytes, int sizeBytes) {
        int start = last("variable", BtfKind.DATASEC, null);
        requireElement(BuilderRules.brokenTypeId(varId), "variable");
        addElement(start, types.get(start + 1), "variable", (byte[]) null, varId, offsetBytes, sizeBytes);
    }

    /** Returns where the last type begins, which must be of one of two kinds. */
    private int last(String noun, BtfKind one, BtfKind other) {
        String expected = other == null ? one.name() : one + " or " + other;
        if (types.count() == 0) {
            throw new IllegalArgumentException(noun + ": there is no type yet, expected " + expected);
        }
        int start = types.offset(types.count() - 1);
        BtfKind kind = BtfKind.of(Btf.kindOf(types.get(start + 1)));
        if (kind == null || kind != one && kind != other) {
            throw new IllegalArgumentException(
                    noun + ": the last type is " + describe(typeCount() - 1) + ", expected " + expected);
        }
        return start;
    }

    /** Adds an element to the last type and gives that a new info word; without a name, if that is null. */
    private void addElement(int start, int info, String noun, byte[] encoded, int... rest) {
        requireElement(BuilderRules.brokenVlen(Btf.vlenOf(info)), noun);
        types.reserve(1 + rest.length, 0);
        if (encoded != null) {
            types.append(strings.add(encoded));
        }
        for (int word : rest) {
            types.append(word);
        }
        types.set(start + 1, info + 1);
    }

    private void requireElement(String broken, String noun) {
        if (broken != null) {
            int index = Btf.vlenOf(types.get(types.offset(types.count() - 1) + 1));
            throw new IllegalArgumentException(describe(typeCount() - 1) + ": " + noun + " " + index + ": " + broken);
        }
    }

    /** Describes an own type for a message. */
    String describe(int typeId) {
        int start = types.offset(typeId - firstTypeId);
        String name = strings.get(types.get(start));
        return "type [" + typeId + "] " + BtfKind.nameOf(Btf.kindOf(types.get(start + 1)))
                + (name.isEmpty() ? "" : " '" + name + "'");
    }
}
