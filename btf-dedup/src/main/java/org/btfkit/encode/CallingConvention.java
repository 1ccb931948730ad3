package org.btfkit.encode;

import org.btfkit.dwarf.DwOp;
import org.btfkit.elf.ElfMachine;

/**
 * Which registers the first parameters of a function are in, by machine: what the processors' ABI supplements say, as
 * far as pahole knows them ({@code arch__set_register_params}).
 */
final class CallingConvention {
    /** The register that is expected where it is not known which. */
    static final int UNKNOWN = -1;

    private static final int[] S390 = {2, 3, 4, 5, 6};
    private static final int[] X86_64 = {5, 4, 1, 2, 8, 9};
    private static final int[] ARM = {0, 1, 2, 3, 4, 5, 6, 7};
    private static final int[] NONE = {};

    private final int[] registers;
    private final int count;
    private final boolean usesTwoRegisters;

    CallingConvention(int machine) {
        registers = switch (machine) {
            case ElfMachine.EM_S390 -> S390;
            case ElfMachine.EM_X86_64 -> X86_64;
            case ElfMachine.EM_ARM, ElfMachine.EM_AARCH64 -> ARM;
            default -> NONE;
        };
        count = switch (machine) {
            case ElfMachine.EM_S390 -> 5;
            case ElfMachine.EM_SPARC, ElfMachine.EM_SPARCV9, ElfMachine.EM_X86_64 -> 6;
            case ElfMachine.EM_AARCH64,
                    ElfMachine.EM_ARC,
                    ElfMachine.EM_ARM,
                    ElfMachine.EM_MIPS,
                    ElfMachine.EM_PPC,
                    ElfMachine.EM_PPC64,
                    ElfMachine.EM_RISCV -> 8;
            default -> 0;
        };
        usesTwoRegisters = machine != ElfMachine.EM_S390;
    }

    /** How many parameters are in registers. */
    int count() {
        return count;
    }

    /** Returns the {@link DwOp} of the register of a parameter below {@link #count}, or {@link #UNKNOWN}. */
    int register(int index) {
        return index < registers.length ? DwOp.REG0 + registers[index] : UNKNOWN;
    }

    /** Whether a value larger than an address is in registers, too. */
    boolean usesTwoRegisters() {
        return usesTwoRegisters;
    }

    /** Returns how many registers a value takes. */
    int slots(int sizeBytes, int addressSize) {
        if (!usesTwoRegisters || sizeBytes <= addressSize) {
            return 1;
        }
        return Math.max(1, (int) (((long) sizeBytes + addressSize - 1) / addressSize));
    }

    /** Tells whether a value is in memory, as it is larger than what registers are for. */
    boolean isInMemory(int sizeBytes, int addressSize) {
        return sizeBytes > (usesTwoRegisters ? 2 * addressSize : addressSize);
    }
}
