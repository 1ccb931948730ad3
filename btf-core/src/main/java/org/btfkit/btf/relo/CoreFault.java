package org.btfkit.btf.relo;

/**
 * What can be wrong where a local record meets a target, as a negative number, so that the walks that find it make no
 * object. {@link CoreExplainer} has the words.
 */
enum CoreFault {
    /** Too many typedefs and modifiers in a row, or a circle of them. */
    CHAIN,
    /** The path leads through too many members and elements of the target. */
    DEEP,
    /** The search visits too many members, as only a forged BTF makes it. */
    WORK,
    /** A type that is asked for its size has none. */
    NO_SIZE,
    /** A sum of offsets is beyond 32 bits. */
    BIG,
    /** No integer of up to 64 bits holds the bit field. */
    WINDOW,
    /** Types refer to each other over too many levels. */
    LEVELS,
    /** The relocation kind does not go with an element of an array. */
    ELEMENT,
    /** The instruction does not hold the value that it should have been built with. */
    INSN_VALUE,
    /** The value is beyond what the offset of an instruction holds. */
    INSN_OFF,
    /** The instruction does not access as many bytes as the field has. */
    INSN_BYTES,
    /** No instruction accesses as many bytes as the field has on the target. */
    NO_ACCESS,
    /** The instruction is of a class or form that holds no value. */
    INSN_FORM,
    /** The field has another size that the instruction cannot be given. */
    RESIZE;

    private static final CoreFault[] ALL = values();

    /** {@return the number that stands for it, less than 0} */
    int code() {
        return -1 - ordinal();
    }

    static CoreFault of(int code) {
        return ALL[-1 - code];
    }
}
