package org.btfkit.encode;

import java.util.Arrays;

/**
 * The parameters of all functions of a unit, what is known of each in arrays by its number.
 *
 * <p>gcc describes a function up to three times: as the source has it, as it was inlined, and as the code that there
 * is; only the latter has locations, and only the former has names and types. So the latter takes names and types from
 * the former, and hands over what it knows of locations ({@link #link}).
 */
final class Parameters {
    /** The register of a parameter of which none is known. */
    static final int NO_REGISTER = -1;

    /** There is a location. */
    static final int HAS_LOCATION = 1;

    /** The value is a constant, instead of a location. */
    static final int HAS_CONST_VALUE = 1 << 1;

    /** The location says that the value is a constant. */
    static final int IS_CONSTANT = 1 << 2;

    /** The location is in the frame. */
    static final int IS_ON_STACK = 1 << 3;

    /** The value is too large for registers. */
    static final int IS_IN_MEMORY = 1 << 4;

    /** Judged: it is optimized out. */
    static final int IS_OPTIMIZED = 1 << 5;

    /** Judged: it is in a register that is not its. */
    static final int IS_UNEXPECTED = 1 << 6;

    /** What is handed over to the parameter that this one is an instance of. */
    private static final int SHARED = HAS_LOCATION | HAS_CONST_VALUE | IS_CONSTANT | IS_ON_STACK | IS_IN_MEMORY;

    private int count;

    /** The key of the name; 0 if there is none. */
    int[] name = new int[256];

    /** Reference to the type. */
    int[] type = new int[256];

    /** Entry of the parameter that this one is an instance of, or 0. */
    int[] origin = new int[256];

    /** Index among the function's parameters. */
    int[] index = new int[256];

    int[] flags = new int[256];

    /** The register it is in, or {@link #NO_REGISTER}. */
    int[] register = new int[256];

    int[] sizeBytes = new int[256];

    /** Which bytes are in the first register, a bit for each. */
    long[] firstPieces = new long[256];

    /** Which bytes are in the second register. */
    long[] secondPieces = new long[256];

    /** The key of the name of the only member that is passed; 0 if it is not known. */
    int[] memberName = new int[256];

    /** Reference to that member's type. */
    int[] memberType = new int[256];

    void clear() {
        count = 0;
    }

    /** Makes a parameter of which nothing is known but its place. */
    int add(int itsIndex) {
        if (count == name.length) {
            grow();
        }
        int number = count++;
        name[number] = 0;
        type[number] = 0;
        origin[number] = 0;
        index[number] = itsIndex;
        flags[number] = 0;
        register[number] = NO_REGISTER;
        sizeBytes[number] = 0;
        firstPieces[number] = 0;
        secondPieces[number] = 0;
        memberName[number] = 0;
        memberType[number] = 0;
        return number;
    }

    private void grow() {
        int length = count * 2;
        name = Arrays.copyOf(name, length);
        type = Arrays.copyOf(type, length);
        origin = Arrays.copyOf(origin, length);
        index = Arrays.copyOf(index, length);
        flags = Arrays.copyOf(flags, length);
        register = Arrays.copyOf(register, length);
        sizeBytes = Arrays.copyOf(sizeBytes, length);
        firstPieces = Arrays.copyOf(firstPieces, length);
        secondPieces = Arrays.copyOf(secondPieces, length);
        memberName = Arrays.copyOf(memberName, length);
        memberType = Arrays.copyOf(memberType, length);
    }

    boolean has(int parameter, int flag) {
        return (flags[parameter] & flag) != 0;
    }

    void set(int parameter, int flag) {
        flags[parameter] |= flag;
    }

    /** Keeps the first register that is found. */
    void setRegister(int parameter, int newRegister) {
        if (register[parameter] == NO_REGISTER) {
            register[parameter] = newRegister;
        }
    }

    /**
     * Takes name and type from the parameter that one is an instance of, and hands over what is known of its location.
     *
     * @return whether the two are at different places
     */
    boolean link(int parameter, int source) {
        name[parameter] = name[source];
        type[parameter] = type[source];
        flags[source] |= flags[parameter] & SHARED;
        if (register[parameter] != NO_REGISTER) {
            register[source] = register[parameter];
        }
        if (sizeBytes[parameter] != 0) {
            sizeBytes[source] = sizeBytes[parameter];
        }
        firstPieces[source] |= firstPieces[parameter];
        secondPieces[source] |= secondPieces[parameter];
        if (memberName[source] == 0) {
            memberName[source] = memberName[parameter];
            memberType[source] = memberType[parameter];
        }
        return index[parameter] != index[source];
    }
}
