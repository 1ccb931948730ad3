package org.btfkit.btf.javagen;

/**
 * What a type is to Java, behind typedefs and modifiers.
 *
 * @param sort what kind of value
 * @param typeId the type itself; of an array that of its elements
 * @param sizeBytes its size; of an array that of an element
 * @param isUnsigned whether it is an integer without a sign, as far as the BTF tells
 * @param isChar whether it is a character
 * @param dimensions of an array how many elements it has, the outermost first; else none
 */
record Shape(Sort sort, int typeId, long sizeBytes, boolean isUnsigned, boolean isChar, long[] dimensions) {
    /** Sorts of values. */
    enum Sort {
        /** Integers and pointers. */
        NUMBER,
        /** Enums; older compilers do not tell whether theirs have a sign. */
        ENUM,
        /** Integers that are true or false. */
        BOOL,
        /** Numbers with a fraction. */
        REAL,
        /** Structs and unions. */
        GROUP,
        /** What Java has nothing for. */
        BYTES
    }

    boolean isArray() {
        return dimensions.length > 0;
    }

    /** Whether the outermost dimension is open, so that only the segment says where it ends. */
    boolean isFlexible() {
        return isArray() && dimensions[0] == 0;
    }

    /** The same elements in one dimension. */
    Shape inOneRow() {
        long all = 1;
        for (long count : dimensions) {
            all *= count;
        }
        return new Shape(sort, typeId, sizeBytes, isUnsigned, isChar, new long[] {all});
    }

    /** The size in bytes of all elements, or of the value. */
    long totalBytes() {
        long total = sizeBytes;
        for (long count : dimensions) {
            total *= count;
        }
        return total;
    }

    /** The constant with the layout of a value; null for groups and bytes. */
    String layout() {
        return switch (sort) {
            case REAL -> sizeBytes == Float.BYTES ? "FLOAT" : "DOUBLE";
            case NUMBER, ENUM, BOOL -> layoutOf((int) sizeBytes);
            case GROUP, BYTES -> null;
        };
    }

    static String layoutOf(int sizeBytes) {
        return switch (sizeBytes) {
            case Byte.BYTES -> "BYTE";
            case Short.BYTES -> "SHORT";
            case Integer.BYTES -> "INT";
            default -> "LONG";
        };
    }

    /** The Java type of a value. */
    String javaType() {
        return switch (sort) {
            case BOOL -> "boolean";
            case REAL -> sizeBytes == Float.BYTES ? "float" : "double";
            case NUMBER, ENUM -> javaTypeOf((int) sizeBytes);
            case GROUP, BYTES -> "MemorySegment";
        };
    }

    static String javaTypeOf(int sizeBytes) {
        return switch (sizeBytes) {
            case Byte.BYTES -> "byte";
            case Short.BYTES -> "short";
            case Integer.BYTES -> "int";
            default -> "long";
        };
    }
}
