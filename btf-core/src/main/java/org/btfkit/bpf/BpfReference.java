package org.btfkit.bpf;

/**
 * What an instruction has in it once an object is linked: what a relocation of the linker's kind stands for.
 *
 * <p>Immutable.
 */
public sealed interface BpfReference {
    /**
     * A function of the same code, called or taken the address of.
     *
     * @param insn index of its first instruction in the code
     */
    record Function(int insn) implements BpfReference {}

    /**
     * The address of memory that programs only read, such as {@code .rodata}.
     *
     * @param area index of the {@link BpfArea}
     * @param offset byte in the area
     */
    record Memory(int area, int offset) implements BpfReference {}

    /** The address of a map, a variable or the like: not zero, and not followed. */
    record Address() implements BpfReference {}

    /**
     * A number.
     *
     * @param value the number
     */
    record Constant(long value) implements BpfReference {}

    /**
     * A number that is not known before the program is loaded.
     *
     * @param variable what it depends on, see {@link Reachability#deciding}
     */
    record Open(int variable) implements BpfReference {}

    /**
     * Something outside of the object, which {@link BpfFacts#externs} says more of.
     *
     * @param index which of them
     */
    record Extern(int index) implements BpfReference {}
}
