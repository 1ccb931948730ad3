package org.btfkit.elf;

/** Machines that a file may be for: values of {@code e_machine}, by the names that {@code elf.h} has. */
public final class ElfMachine {
    /** SPARC, 32 bits. */
    public static final int EM_SPARC = 2;

    /** X86, 32 bits. */
    public static final int EM_386 = 3;

    /** MIPS, whose ELF64 relocations have a layout of their own. */
    public static final int EM_MIPS = 8;

    /** PowerPC, 32 bits. */
    public static final int EM_PPC = 20;

    /** PowerPC, 64 bits. */
    public static final int EM_PPC64 = 21;

    /** s390 and s390x. */
    public static final int EM_S390 = 22;

    /** Arm, 32 bits. */
    public static final int EM_ARM = 40;

    /** SPARC, 64 bits. */
    public static final int EM_SPARCV9 = 43;

    /** ARC. */
    public static final int EM_ARC = 45;

    /** X86, 64 bits. */
    public static final int EM_X86_64 = 62;

    /** Arm, 64 bits. */
    public static final int EM_AARCH64 = 183;

    /** RISC-V. */
    public static final int EM_RISCV = 243;

    /** BPF. */
    public static final int EM_BPF = 247;

    private ElfMachine() {}
}
