package org.btfkit.btf.relo;

import org.btfkit.bpf.BpfInsn;

/**
 * Puts a value into an instruction: libbpf's {@code bpf_core_patch_insn}. Arithmetic with a constant gets it as that,
 * loads and stores as their offset and, where the field has another size, with another width; a load of a 64-bit
 * constant in both halves.
 */
final class CoreFixup {
    /** The instruction became one that the verifier rejects. */
    static final int POISONED = 1;

    private CoreFixup() {}

    /** Makes an instruction invalid, both halves of it. */
    static void poison(long[] insns, int at) {
        if (BpfInsn.isLoadImm64(insns[at]) && at + 1 < insns.length) {
            insns[at + 1] = BpfInsn.POISON;
        }
        insns[at] = BpfInsn.POISON;
    }

    /**
     * Patches an instruction, or leaves it as it is.
     *
     * @param insns the instructions of a section
     * @param at index of the instruction
     * @param local the value that it was built with
     * @param target the value that it gets
     * @param canResize whether it may get another width
     * @return 0, {@link #POISONED}, or a fault's code
     */
    static int patch(long[] insns, int at, CoreValue local, CoreValue target, boolean canResize) {
        long insn = insns[at];
        return switch (BpfInsn.classOf(insn)) {
            case BpfInsn.ALU, BpfInsn.ALU64 -> constant(insns, at, local, target);
            case BpfInsn.LDX, BpfInsn.ST, BpfInsn.STX -> access(insns, at, local, target, canResize);
            case BpfInsn.LD -> constant64(insns, at, local, target);
            default -> CoreFault.INSN_FORM.code();
        };
    }

    private static int constant(long[] insns, int at, CoreValue local, CoreValue target) {
        if ((BpfInsn.code(insns[at]) & BpfInsn.SOURCE_REGISTER) != 0) {
            return CoreFault.INSN_FORM.code();
        }
        if (local.isChecked && BpfInsn.imm(insns[at]) != local.value) {
            return CoreFault.INSN_VALUE.code();
        }
        insns[at] = BpfInsn.withImm(insns[at], (int) target.value);
        return 0;
    }

    private static int access(long[] insns, int at, CoreValue local, CoreValue target, boolean canResize) {
        long insn = insns[at];
        if (local.isChecked && BpfInsn.off(insn) != local.value) {
            return CoreFault.INSN_VALUE.code();
        }
        if (Long.compareUnsigned(target.value, Short.MAX_VALUE) > 0) {
            return CoreFault.INSN_OFF.code();
        }
        long patched = BpfInsn.withOff(insn, (int) target.value);
        if (local.accessBytes != target.accessBytes) {
            if (!canResize) {
                poison(insns, at);
                return POISONED;
            }
            if (BpfInsn.accessBytes(insn) != local.accessBytes) {
                return CoreFault.INSN_BYTES.code();
            }
            int sizeBits = BpfInsn.sizeBits(target.accessBytes);
            if (sizeBits < 0) {
                return CoreFault.NO_ACCESS.code();
            }
            patched = BpfInsn.withCode(patched, BpfInsn.code(insn) & ~0x18 | sizeBits);
        }
        insns[at] = patched;
        return 0;
    }

    private static int constant64(long[] insns, int at, CoreValue local, CoreValue target) {
        long low = insns[at];
        boolean isPlain = BpfInsn.isLoadImm64(low)
                && BpfInsn.src(low) == 0
                && BpfInsn.off(low) == 0
                && at + 1 < insns.length
                && (int) insns[at + 1] == 0;
        if (!isPlain) {
            return CoreFault.INSN_FORM.code();
        }
        if (local.isChecked && BpfInsn.imm64(insns, at) != local.value) {
            return CoreFault.INSN_VALUE.code();
        }
        insns[at] = BpfInsn.withImm(low, (int) target.value);
        insns[at + 1] = BpfInsn.withImm(insns[at + 1], (int) (target.value >>> 32));
        return 0;
    }
}
