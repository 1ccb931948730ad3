package org.btfkit.btf;

import java.util.List;

/**
 * A BTF type as a record, one for each kind. Types refer to each other by type id.
 *
 * <p>Names are empty where the type has none. Sizes are in bytes, offsets in bits where the name says so.
 *
 * <p>All types are records, immutable and safe for use by several threads.
 */
public sealed interface BtfType {

    /**
     * Returns the type's id.
     *
     * @return the id in the BTF that it was read from
     */
    int typeId();

    /**
     * Returns the type's name.
     *
     * @return the name, empty if it has none or its kind never has one
     */
    default String name() {
        return "";
    }

    /** Where a variable or function is visible. */
    enum Linkage {
        /** Within its object only. */
        STATIC,
        /** Everywhere. */
        GLOBAL,
        /** Defined elsewhere. */
        EXTERN;

        private static final Linkage[] BY_NUMBER = values();

        /**
         * Finds a linkage by its number in BTF.
         *
         * @param number the number, unsigned
         * @return the linkage, or null if none has that number
         */
        public static Linkage of(int number) {
            return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        }
    }

    /** The void type, id 0. */
    record Void() implements BtfType {
        @Override
        public int typeId() {
            return 0;
        }
    }

    /**
     * An integer.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param isSigned whether encoded as signed
     * @param isChar whether encoded as a character
     * @param isBool whether encoded as a boolean
     * @param offsetBits where the value begins within the bytes
     * @param bits how many bits the value has
     */
    record Int(
            int typeId,
            String name,
            int sizeBytes,
            boolean isSigned,
            boolean isChar,
            boolean isBool,
            int offsetBits,
            int bits)
            implements BtfType {}

    /**
     * A pointer.
     *
     * @param typeId type id
     * @param targetId id of the type that it points to
     */
    record Ptr(int typeId, int targetId) implements BtfType {}

    /**
     * An array.
     *
     * @param typeId type id
     * @param elementId type id of the elements
     * @param indexId type id of the index
     * @param count number of elements, unsigned
     */
    record Array(int typeId, int elementId, int indexId, int count) implements BtfType {}

    /**
     * A member of a struct or union.
     *
     * @param name name, empty for an anonymous struct or union
     * @param memberId type id of the member
     * @param offsetBits where it begins, in bits from the start of the struct
     * @param bitfieldSize its size in bits if it is declared as a bitfield under kflag, else 0
     */
    record Member(String name, int memberId, int offsetBits, int bitfieldSize) {}

    /** A struct or a union. */
    sealed interface Composite extends BtfType {
        /**
         * Returns the size.
         *
         * @return size in bytes, unsigned
         */
        int sizeBytes();

        /**
         * Tells whether member offsets carry bitfield sizes.
         *
         * @return the kind flag
         */
        boolean kflag();

        /**
         * Returns the members.
         *
         * @return the members in order of declaration
         */
        List<Member> members();
    }

    /**
     * A struct.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param kflag whether member offsets carry bitfield sizes
     * @param members members in order of declaration
     */
    record Struct(int typeId, String name, int sizeBytes, boolean kflag, List<Member> members) implements Composite {}

    /**
     * A union.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param kflag whether member offsets carry bitfield sizes
     * @param members members in order of declaration
     */
    record Union(int typeId, String name, int sizeBytes, boolean kflag, List<Member> members) implements Composite {}

    /**
     * A named value of an enumeration.
     *
     * @param name name
     * @param value value, sign-extended if the enumeration is signed, zero-extended if not; unsigned values of ENUM64
     *     use all 64 bits
     */
    record Enumerator(String name, long value) {}

    /**
     * An enumeration of values up to 32 bits.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param isSigned whether its values are signed (kflag)
     * @param values its values in order of declaration
     */
    record Enum(int typeId, String name, int sizeBytes, boolean isSigned, List<Enumerator> values) implements BtfType {}

    /**
     * A forward declaration.
     *
     * @param typeId type id
     * @param name name
     * @param isUnion whether of a union (kflag), not a struct
     */
    record Fwd(int typeId, String name, boolean isUnion) implements BtfType {}

    /**
     * A typedef.
     *
     * @param typeId type id
     * @param name name
     * @param targetId id of the type that it names
     */
    record Typedef(int typeId, String name, int targetId) implements BtfType {}

    /**
     * The volatile modifier.
     *
     * @param typeId type id
     * @param targetId id of the type that is modified
     */
    record Volatile(int typeId, int targetId) implements BtfType {}

    /**
     * The const modifier.
     *
     * @param typeId type id
     * @param targetId id of the type that is modified
     */
    record Const(int typeId, int targetId) implements BtfType {}

    /**
     * The restrict modifier.
     *
     * @param typeId type id
     * @param targetId id of the type that is modified
     */
    record Restrict(int typeId, int targetId) implements BtfType {}

    /**
     * A function.
     *
     * @param typeId type id
     * @param name name
     * @param protoId type id of its prototype
     * @param linkageNumber its linkage as a number, the vlen bits; 0 to 2 are the ordinals of {@link Linkage}
     */
    record Func(int typeId, String name, int protoId, int linkageNumber) implements BtfType {
        /**
         * Returns where it is visible.
         *
         * @return its linkage, as the builder takes it; null if the number is none that is defined
         */
        public Linkage linkage() {
            return Linkage.of(linkageNumber);
        }
    }

    /**
     * A parameter of a prototype.
     *
     * @param name name, empty if it has none
     * @param paramId type id; with an empty name and 0 at the end, the prototype is variadic
     */
    record Param(String name, int paramId) {}

    /**
     * A function prototype.
     *
     * @param typeId type id
     * @param returnId type id of what is returned
     * @param params parameters in order
     */
    record FuncProto(int typeId, int returnId, List<Param> params) implements BtfType {}

    /**
     * A variable.
     *
     * @param typeId type id
     * @param name name
     * @param targetId type id of the variable's type
     * @param linkageNumber its linkage as a number; 0 to 2 are the ordinals of {@link Linkage}
     */
    record Var(int typeId, String name, int targetId, int linkageNumber) implements BtfType {
        /**
         * Returns where it is visible.
         *
         * @return its linkage, as the builder takes it; null if the number is none that is defined
         */
        public Linkage linkage() {
            return Linkage.of(linkageNumber);
        }
    }

    /**
     * A variable in a data section.
     *
     * @param varId type id of the variable
     * @param offsetBytes where it begins in the section
     * @param sizeBytes its size
     */
    record SectionVar(int varId, int offsetBytes, int sizeBytes) {}

    /**
     * A data section.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param variables its variables
     */
    record Datasec(int typeId, String name, int sizeBytes, List<SectionVar> variables) implements BtfType {}

    /**
     * A floating point type.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     */
    record Float(int typeId, String name, int sizeBytes) implements BtfType {}

    /**
     * A tag on a declaration.
     *
     * @param typeId type id
     * @param name the tag
     * @param targetId type id of what is tagged
     * @param componentIndex which member or parameter is tagged, -1 for the whole
     * @param isAttribute whether the tag is an attribute (kflag)
     */
    record DeclTag(int typeId, String name, int targetId, int componentIndex, boolean isAttribute) implements BtfType {}

    /**
     * A tag on a type.
     *
     * @param typeId type id
     * @param name the tag
     * @param targetId type id of what is tagged
     * @param isAttribute whether the tag is an attribute (kflag)
     */
    record TypeTag(int typeId, String name, int targetId, boolean isAttribute) implements BtfType {}

    /**
     * An enumeration of 64-bit values.
     *
     * @param typeId type id
     * @param name name
     * @param sizeBytes size
     * @param isSigned whether its values are signed (kflag)
     * @param values its values in order of declaration
     */
    record Enum64(int typeId, String name, int sizeBytes, boolean isSigned, List<Enumerator> values)
            implements BtfType {}

    /**
     * A type of a kind that is newer than this library; the layout section told its size.
     *
     * @param typeId type id
     * @param name name
     * @param kindNumber its kind bits
     * @param words all its words
     */
    record Unknown(int typeId, String name, int kindNumber, List<Integer> words) implements BtfType {}
}
