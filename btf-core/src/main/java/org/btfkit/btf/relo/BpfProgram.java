package org.btfkit.btf.relo;

/**
 * A function of a BPF object: an entry program, or in {@code .text} a function that programs call.
 *
 * @param name name of its symbol
 * @param section number of its ELF section
 * @param sectionName name of that section, {@code ?} in front included
 * @param firstInsn index of its first instruction in the section
 * @param insnCount how many instructions of 8 bytes it has; a 64-bit load counts as two
 * @param isGlobal whether its symbol is global or weak
 */
public record BpfProgram(String name, int section, String sectionName, int firstInsn, int insnCount, boolean isGlobal) {

    /** {@return whether libbpf loads it unless told otherwise: its section's name does not begin with {@code ?}} */
    public boolean isLoaded() {
        return !sectionName.startsWith("?");
    }

    /** {@return whether it is a function for programs to call, as those in {@code .text} are} */
    public boolean isSubprogram() {
        return sectionName.equals(".text");
    }

    /**
     * Tells whether an instruction is its own.
     *
     * @param insn index of the instruction in the section
     * @return true if it is
     */
    public boolean contains(int insn) {
        return insn >= firstInsn && insn - firstInsn < insnCount;
    }
}
