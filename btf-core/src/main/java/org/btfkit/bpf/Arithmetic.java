package org.btfkit.bpf;

/**
 * Arithmetic on what is known of registers, as far as the verifier computes with constants: it takes results of
 * divisions, negations and swaps for unknown, so that they are here.
 */
final class Arithmetic {
    private static final int ADD = 0x00;
    private static final int SUB = 0x10;
    private static final int MUL = 0x20;
    private static final int OR = 0x40;
    private static final int AND = 0x50;
    private static final int LSH = 0x60;
    private static final int RSH = 0x70;
    private static final int XOR = 0xa0;
    private static final int MOV = 0xb0;
    private static final int ARSH = 0xc0;
    private static final int END = 0xd0;

    private Arithmetic() {}

    /** Tells whether there is such an instruction. */
    static boolean isKnown(long insn) {
        return BpfInsn.operation(insn) <= END && BpfInsn.dst(insn) < MachineState.FRAME_END;
    }

    static void apply(MachineState state, long insn) {
        boolean is64 = BpfInsn.classOf(insn) == BpfInsn.ALU64;
        boolean hasRegister = (BpfInsn.code(insn) & BpfInsn.SOURCE_REGISTER) != 0;
        int operation = BpfInsn.operation(insn);
        int dst = BpfInsn.dst(insn);
        byte tag = MachineState.CONSTANT;
        long value = BpfInsn.imm(insn);
        if (hasRegister && operation != END) {
            tag = state.tags[BpfInsn.src(insn)];
            value = state.values[BpfInsn.src(insn)];
        }
        if (operation == MOV) {
            move(state, insn, is64, tag, value);
        } else if (is64) {
            wide(state, operation, dst, tag, value);
        } else {
            narrow(state, operation, dst, tag, value);
        }
    }

    private static void move(MachineState state, long insn, boolean is64, byte tag, long value) {
        int dst = BpfInsn.dst(insn);
        int bits = BpfInsn.off(insn);
        boolean isConstant = tag == MachineState.CONSTANT || tag == MachineState.LOW && (!is64 || bits >= 8);
        if (isConstant) {
            long extended = bits >= 8 && bits <= 32 ? value << 64 - bits >> 64 - bits : value;
            state.set(dst, MachineState.CONSTANT, is64 ? extended : extended & 0xffffffffL);
        } else if (is64 && bits == 0) {
            state.set(dst, tag, value);
        } else {
            state.isEscaped |= tag == MachineState.FRAME && is64;
            state.set(dst, MachineState.OPEN, tag == MachineState.OPEN ? value : 0);
        }
    }

    private static void wide(MachineState state, int operation, int dst, byte tag, long value) {
        byte was = state.tags[dst];
        long wasValue = state.values[dst];
        long mask = state.mask(dst) | (tag == MachineState.OPEN ? value : 0);
        if (was == MachineState.CONSTANT && tag == MachineState.CONSTANT && folds(operation, value, Long.SIZE)) {
            state.set(dst, MachineState.CONSTANT, fold(operation, wasValue, value));
        } else if (tag == MachineState.CONSTANT && value == 0 && (operation == AND || operation == MUL)) {
            state.set(dst, MachineState.CONSTANT, 0);
        } else if (was == MachineState.LOW && tag == MachineState.CONSTANT && needsLowOnly(operation, value)) {
            state.set(dst, MachineState.CONSTANT, fold(operation, wasValue, value));
        } else if (isAddress(was) && (operation == ADD || operation == SUB) && tag == MachineState.CONSTANT) {
            state.set(dst, was, moved(was, wasValue, operation == ADD ? value : -value));
        } else if (isAddress(tag) && operation == ADD && was == MachineState.CONSTANT) {
            state.set(dst, tag, moved(tag, value, wasValue));
        } else if (operation == ADD && isElsewhere(was) != isElsewhere(tag)) {
            state.set(dst, MachineState.ADDRESS, 0);
        } else {
            state.isEscaped |= was == MachineState.FRAME || tag == MachineState.FRAME && operation == ADD;
            state.set(dst, MachineState.OPEN, mask);
        }
    }

    private static void narrow(MachineState state, int operation, int dst, byte tag, long value) {
        boolean isLow = tag == MachineState.CONSTANT || tag == MachineState.LOW;
        if (isLow && state.isLowKnown(dst) && folds(operation, value & 0xffffffffL, Integer.SIZE)) {
            int result = fold(operation, (int) state.values[dst], (int) value);
            state.set(dst, MachineState.CONSTANT, result & 0xffffffffL);
        } else if (isLow && (int) value == 0 && (operation == AND || operation == MUL)) {
            state.set(dst, MachineState.CONSTANT, 0);
        } else {
            state.set(dst, MachineState.OPEN, state.mask(dst) | (tag == MachineState.OPEN ? value : 0));
        }
    }

    private static boolean isAddress(byte tag) {
        return tag == MachineState.FRAME || isElsewhere(tag) || tag == MachineState.CONTEXT;
    }

    private static boolean isElsewhere(byte tag) {
        return tag == MachineState.MEMORY || tag == MachineState.ADDRESS;
    }

    private static long moved(byte tag, long value, long by) {
        return switch (tag) {
            case MachineState.ADDRESS -> 0;
            case MachineState.MEMORY -> value & ~0xffffffffL | (int) value + by & 0xffffffffL;
            default -> value + by;
        };
    }

    /** Whether the upper half of the first operand does not show in the result. */
    private static boolean needsLowOnly(int operation, long value) {
        return operation == AND && value >>> 32 == 0 || operation == LSH && value >= 32 && value < Long.SIZE;
    }

    private static boolean folds(int operation, long value, int bits) {
        return switch (operation) {
            case ADD, SUB, MUL, OR, AND, XOR -> true;
            case LSH, RSH, ARSH -> value >= 0 && value < bits;
            default -> false;
        };
    }

    private static long fold(int operation, long one, long other) {
        return switch (operation) {
            case ADD -> one + other;
            case SUB -> one - other;
            case MUL -> one * other;
            case OR -> one | other;
            case AND -> one & other;
            case XOR -> one ^ other;
            case LSH -> one << other;
            case RSH -> one >>> other;
            case ARSH -> one >> other;
            default -> throw new IllegalArgumentException("operation " + operation);
        };
    }

    private static int fold(int operation, int one, int other) {
        return switch (operation) {
            case RSH -> one >>> other;
            case ARSH -> one >> other;
            default -> (int) fold(operation, (long) one, other);
        };
    }
}
