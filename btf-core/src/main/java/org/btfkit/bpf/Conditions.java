package org.btfkit.bpf;

/** Which way a conditional jump goes, by what is known of its operands. */
final class Conditions {
    /** It may go on with the next instruction. */
    static final int NEXT = 1;

    /** It may go to its target. */
    static final int TARGET = 2;

    private static final int JEQ = 0x10;
    private static final int JGT = 0x20;
    private static final int JGE = 0x30;
    private static final int JSET = 0x40;
    private static final int JNE = 0x50;
    private static final int JSGT = 0x60;
    private static final int JSGE = 0x70;
    private static final int JLT = 0xa0;
    private static final int JLE = 0xb0;
    private static final int JSLT = 0xc0;
    private static final int JSLE = 0xd0;

    private Conditions() {}

    /** Tells whether there is such a conditional jump. */
    static boolean isKnown(long insn) {
        int operation = BpfInsn.operation(insn);
        return operation >= JEQ && operation <= JSGE || operation >= JLT && operation <= JSLE;
    }

    /** Tells the ways of a conditional jump: {@link #NEXT}, {@link #TARGET} or both. */
    static int ways(MachineState state, long insn) {
        int dst = BpfInsn.dst(insn);
        boolean hasRegister = (BpfInsn.code(insn) & BpfInsn.SOURCE_REGISTER) != 0;
        int src = BpfInsn.src(insn);
        byte tag = hasRegister ? state.tags[src] : MachineState.CONSTANT;
        long value = hasRegister ? state.values[src] : BpfInsn.imm(insn);
        if (BpfInsn.classOf(insn) == BpfInsn.JMP32) {
            boolean isLow = tag == MachineState.CONSTANT || tag == MachineState.LOW;
            return isLow && state.isLowKnown(dst)
                    ? way(holds(BpfInsn.operation(insn), (int) state.values[dst], (int) value))
                    : NEXT | TARGET;
        }
        if (tag == MachineState.CONSTANT && state.tags[dst] == MachineState.CONSTANT) {
            return way(holds(BpfInsn.operation(insn), state.values[dst], value));
        }
        boolean isAddress = state.tags[dst] == MachineState.MEMORY || state.tags[dst] == MachineState.ADDRESS;
        if (isAddress && tag == MachineState.CONSTANT && value == 0) {
            return switch (BpfInsn.operation(insn)) {
                case JEQ -> NEXT;
                case JNE -> TARGET;
                default -> NEXT | TARGET;
            };
        }
        return NEXT | TARGET;
    }

    private static int way(boolean isTaken) {
        return isTaken ? TARGET : NEXT;
    }

    /** What the operands' variables are that a jump depends on. */
    static long mask(MachineState state, long insn) {
        boolean hasRegister = (BpfInsn.code(insn) & BpfInsn.SOURCE_REGISTER) != 0;
        return state.mask(BpfInsn.dst(insn)) | (hasRegister ? state.mask(BpfInsn.src(insn)) : 0);
    }

    /** Adds to a state what a jump's going one way says: {@code x == c} there. */
    static void bind(MachineState state, long insn, int way) {
        int operation = BpfInsn.operation(insn);
        if (operation != (way == TARGET ? JEQ : JNE)) {
            return;
        }
        int dst = BpfInsn.dst(insn);
        boolean is32 = BpfInsn.classOf(insn) == BpfInsn.JMP32;
        if ((BpfInsn.code(insn) & BpfInsn.SOURCE_REGISTER) == 0) {
            bind(state, dst, BpfInsn.imm(insn), is32);
        } else {
            int src = BpfInsn.src(insn);
            if (state.tags[src] == MachineState.CONSTANT) {
                bind(state, dst, state.values[src], is32);
            } else if (state.tags[dst] == MachineState.CONSTANT) {
                bind(state, src, state.values[dst], is32);
            }
        }
    }

    private static void bind(MachineState state, int register, long value, boolean is32) {
        if (state.tags[register] == MachineState.OPEN || state.tags[register] == MachineState.LOW && !is32) {
            state.set(register, is32 ? MachineState.LOW : MachineState.CONSTANT, is32 ? value & 0xffffffffL : value);
        }
    }

    private static boolean holds(int operation, long one, long other) {
        return switch (operation) {
            case JGT -> Long.compareUnsigned(one, other) > 0;
            case JGE -> Long.compareUnsigned(one, other) >= 0;
            case JLT -> Long.compareUnsigned(one, other) < 0;
            case JLE -> Long.compareUnsigned(one, other) <= 0;
            default -> holdsSigned(operation, one, other);
        };
    }

    private static boolean holds(int operation, int one, int other) {
        return switch (operation) {
            case JGT -> Integer.compareUnsigned(one, other) > 0;
            case JGE -> Integer.compareUnsigned(one, other) >= 0;
            case JLT -> Integer.compareUnsigned(one, other) < 0;
            case JLE -> Integer.compareUnsigned(one, other) <= 0;
            default -> holdsSigned(operation, one, other);
        };
    }

    private static boolean holdsSigned(int operation, long one, long other) {
        return switch (operation) {
            case JEQ -> one == other;
            case JNE -> one != other;
            case JSET -> (one & other) != 0;
            case JSGT -> one > other;
            case JSGE -> one >= other;
            case JSLT -> one < other;
            case JSLE -> one <= other;
            default -> throw new IllegalArgumentException("operation " + operation);
        };
    }
}
