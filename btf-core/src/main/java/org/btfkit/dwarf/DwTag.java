package org.btfkit.dwarf;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Tags of entries: {@code DW_TAG_} of DWARF 5, section 7.5.3, and of LLVM and GNU.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class DwTag {
    /** Array. */
    public static final int ARRAY_TYPE = 0x01;

    /** C++ class. */
    public static final int CLASS_TYPE = 0x02;

    /** Enumeration. */
    public static final int ENUMERATION_TYPE = 0x04;

    /** Parameter of a function or of a function type. */
    public static final int FORMAL_PARAMETER = 0x05;

    /** A declaration taken over from elsewhere. */
    public static final int IMPORTED_DECLARATION = 0x08;

    /** Label. */
    public static final int LABEL = 0x0a;

    /** Block of a function. */
    public static final int LEXICAL_BLOCK = 0x0b;

    /** Member of a struct, union or class. */
    public static final int MEMBER = 0x0d;

    /** Pointer. */
    public static final int POINTER_TYPE = 0x0f;

    /** C++ reference. */
    public static final int REFERENCE_TYPE = 0x10;

    /** What one compilation made. */
    public static final int COMPILE_UNIT = 0x11;

    /** Fortran string. */
    public static final int STRING_TYPE = 0x12;

    /** Struct. */
    public static final int STRUCTURE_TYPE = 0x13;

    /** Type of a function. */
    public static final int SUBROUTINE_TYPE = 0x15;

    /** Typedef. */
    public static final int TYPEDEF = 0x16;

    /** Union. */
    public static final int UNION_TYPE = 0x17;

    /** The three dots of a parameter list. */
    public static final int UNSPECIFIED_PARAMETERS = 0x18;

    /** Base class. */
    public static final int INHERITANCE = 0x1c;

    /** A copy of a function in another one. */
    public static final int INLINED_SUBROUTINE = 0x1d;

    /** C++ pointer to member. */
    public static final int PTR_TO_MEMBER_TYPE = 0x1f;

    /** One dimension of an array. */
    public static final int SUBRANGE_TYPE = 0x21;

    /** Base type. */
    public static final int BASE_TYPE = 0x24;

    /** Const modifier. */
    public static final int CONST_TYPE = 0x26;

    /** Constant. */
    public static final int CONSTANT = 0x27;

    /** Value of an enumeration. */
    public static final int ENUMERATOR = 0x28;

    /** Function. */
    public static final int SUBPROGRAM = 0x2e;

    /** Template parameter that is a type. */
    public static final int TEMPLATE_TYPE_PARAMETER = 0x2f;

    /** Template parameter that is a value. */
    public static final int TEMPLATE_VALUE_PARAMETER = 0x30;

    /** Variant part of a record, as of Rust's enums. */
    public static final int VARIANT_PART = 0x33;

    /** Variable. */
    public static final int VARIABLE = 0x34;

    /** Volatile modifier. */
    public static final int VOLATILE_TYPE = 0x35;

    /** Expression that others call. */
    public static final int DWARF_PROCEDURE = 0x36;

    /** Restrict modifier. */
    public static final int RESTRICT_TYPE = 0x37;

    /** Java interface. */
    public static final int INTERFACE_TYPE = 0x38;

    /** Namespace. */
    public static final int NAMESPACE = 0x39;

    /** Import of a namespace. */
    public static final int IMPORTED_MODULE = 0x3a;

    /** Type of which nothing is known, such as that of nullptr. */
    public static final int UNSPECIFIED_TYPE = 0x3b;

    /** Part of a unit that others import. */
    public static final int PARTIAL_UNIT = 0x3c;

    /** Import of a partial unit. */
    public static final int IMPORTED_UNIT = 0x3d;

    /** Unit of one type. */
    public static final int TYPE_UNIT = 0x41;

    /** C++ rvalue reference. */
    public static final int RVALUE_REFERENCE_TYPE = 0x42;

    /** Atomic modifier. */
    public static final int ATOMIC_TYPE = 0x47;

    /** Call. */
    public static final int CALL_SITE = 0x48;

    /** Argument of a call. */
    public static final int CALL_SITE_PARAMETER = 0x49;

    /** Unit whose entries are in another file. */
    public static final int SKELETON_UNIT = 0x4a;

    /** Call, before version 5. */
    public static final int GNU_CALL_SITE = 0x4109;

    /** Argument of a call, before version 5. */
    public static final int GNU_CALL_SITE_PARAMETER = 0x410a;

    /** clang's annotation, a child of what it annotates. */
    public static final int LLVM_ANNOTATION = 0x6000;

    /** gcc's annotation, referred to by what it annotates. */
    public static final int GNU_ANNOTATION = 0x6001;

    private DwTag() {}

    /** Names are for messages only, so the table is made at the first one. */
    private static final class Names {
        static final Map<Integer, String> BY_TAG = read();

        private static Map<Integer, String> read() {
            Map<Integer, String> names = new HashMap<>();
            for (java.lang.reflect.Field field : DwTag.class.getFields()) {
                try {
                    names.put(field.getInt(null), "DW_TAG_" + field.getName().toLowerCase(Locale.ROOT));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
            return names;
        }
    }

    /**
     * Returns the name of a tag.
     *
     * @param tag the tag
     * @return for example {@code DW_TAG_member}, or its number in the same style if it is not named here
     */
    public static String nameOf(int tag) {
        String name = Names.BY_TAG.get(tag);
        return name != null ? name : "DW_TAG_0x" + Integer.toHexString(tag);
    }
}
