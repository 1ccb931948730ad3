package org.btfkit.btf.flat;

import org.btfkit.BtfException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;

/**
 * The words for a type in a message, and the failures of types that several packages find: each has one text, which
 * names the limit.
 */
public final class TypeFaults {
    private TypeFaults() {}

    /**
     * Describes a type for a message, by what is known of it.
     *
     * @param typeId type id
     * @param kindNumber number of its kind
     * @param name its name, empty if it has none
     * @return for example {@code type [42] STRUCT 'foo'}
     */
    public static String describe(int typeId, int kindNumber, String name) {
        return describe(typeId) + " " + BtfKind.nameOf(kindNumber) + (name.isEmpty() ? "" : " '" + name + "'");
    }

    /**
     * Describes a type for a message, where its id is all that is known of it.
     *
     * @param typeId type id
     * @return for example {@code type [42]}
     */
    public static String describe(int typeId) {
        return "type [" + Integer.toUnsignedString(typeId) + "]";
    }

    /**
     * Says that there is no type of an id.
     *
     * @param typeId the id
     * @param typeCount the number of types, with void and the base's
     * @return for example {@code no type [42], there are 42}
     */
    public static String absent(int typeId, int typeCount) {
        return "no " + describe(typeId) + ", there are " + typeCount;
    }

    /**
     * Makes the failure of work at a type, which the BTF has in its rights.
     *
     * @param types the types
     * @param typeId type id, 0 for void
     * @param what what is wrong, and what was expected
     * @return the failure, with the source and the type before what is wrong
     */
    public static BtfException at(FlatTypes types, int typeId, String what) {
        return new BtfException(types.source() + ": " + types.describeTarget(typeId) + ": " + what);
    }

    /**
     * Makes the failure of a type that is behind too many others, or that leads back to itself.
     *
     * @param types the types
     * @param typeId type id of the first one
     * @return the failure
     */
    public static BtfException tooLong(FlatTypes types, int typeId) {
        return at(types, typeId, tooLong());
    }

    /**
     * Says that a type is behind too many others, for those who do not fail at once.
     *
     * @return what is wrong, with the limit
     */
    public static String tooLong() {
        return "more than " + Limits.MAX_RESOLVE_DEPTH + " typedefs, modifiers and arrays in a row";
    }

    /**
     * Makes the failure of a type that has others within it too many times over, or that contains itself.
     *
     * @param types the types
     * @param typeId type id
     * @return the failure
     */
    public static BtfException tooDeep(FlatTypes types, int typeId) {
        return at(types, typeId, tooDeep());
    }

    /**
     * Says that types are within each other too many times over, for those who do not fail at once.
     *
     * @return what is wrong, with the limit
     */
    public static String tooDeep() {
        return "nested more than " + Limits.MAX_NESTING + " types deep, or in a circle";
    }
}
