package org.btfkit.dwarf;

import org.btfkit.elf.ElfMachine;

/**
 * What relocations do to debug sections, by machine: the numbers are those of the processors' ELF supplements.
 *
 * <p>Debug sections need few kinds: addresses and offsets as such, of four or eight bytes.
 */
final class RelocationKinds {
    /** The kind is not one that occurs in a debug section. */
    static final int UNKNOWN = -1;

    /** The place stays as it is: nothing to do, or an offset of a thread's own variables, which is no address. */
    static final int LEAVE = 0;

    private RelocationKinds() {}

    /**
     * Returns how many bytes a kind of relocation writes.
     *
     * @param machine {@code e_machine}
     * @param type the relocation's {@code R_} value
     * @return 4 or 8, {@link #LEAVE}, or {@link #UNKNOWN}
     */
    static int width(int machine, int type) {
        if (type == 0) {
            return LEAVE;
        }
        return switch (machine) {
            case ElfMachine.EM_X86_64 ->
                switch (type) {
                    case 1 -> 8;
                    case 10, 11 -> 4;
                    case 16, 17, 18, 21, 23 -> LEAVE;
                    default -> UNKNOWN;
                };
            case ElfMachine.EM_386 ->
                switch (type) {
                    case 1 -> 4;
                    case 14, 17, 32, 34, 35, 36, 37 -> LEAVE;
                    default -> UNKNOWN;
                };
            case ElfMachine.EM_ARM -> type == 2 ? 4 : type >= 104 && type <= 108 ? LEAVE : UNKNOWN;
            case ElfMachine.EM_AARCH64 ->
                switch (type) {
                    case 257 -> 8;
                    case 258 -> 4;
                    case 1028, 1029, 1030 -> LEAVE;
                    default -> UNKNOWN;
                };
            case ElfMachine.EM_PPC64 ->
                switch (type) {
                    case 1 -> 4;
                    case 38 -> 8;
                    case 68, 73, 78 -> LEAVE;
                    default -> UNKNOWN;
                };
            case ElfMachine.EM_S390 ->
                switch (type) {
                    case 4 -> 4;
                    case 22 -> 8;
                    case 52, 53, 54, 55, 56 -> LEAVE;
                    default -> UNKNOWN;
                };
            case ElfMachine.EM_RISCV -> riscv(type);
            case ElfMachine.EM_BPF ->
                switch (type) {
                    case 2 -> 8;
                    case 3, 10 -> 4;
                    default -> UNKNOWN;
                };
            default -> UNKNOWN;
        };
    }

    /** RISC-V adds and subtracts symbols for lengths of code, and sets the bytes between; no one reads those here. */
    private static int riscv(int type) {
        if (type >= 33 && type <= 40 || type >= 52 && type <= 56 || type == 60 || type == 61) {
            return LEAVE;
        }
        return switch (type) {
            case 1 -> 4;
            case 2 -> 8;
            case 6, 7, 8, 9, 10, 11 -> LEAVE;
            default -> UNKNOWN;
        };
    }
}
