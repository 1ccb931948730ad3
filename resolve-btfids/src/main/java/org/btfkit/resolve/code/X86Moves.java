package org.btfkit.resolve.code;

import java.nio.ByteBuffer;

/**
 * Knows how long the x86-64 instructions are that compilers put between the arguments of a call and the call: moves
 * from and to memory and between registers, which leave the registers of the first two arguments alone.
 */
final class X86Moves {
    /** The prefix of what is in memory of the CPU: where the kernel has the canary of its stack. */
    private static final int PER_CPU = 0x65;

    private static final int RSP = 4;
    private static final int RBP = 5;
    private static final int RSI = 6;
    private static final int RDI = 7;

    private X86Moves() {}

    /**
     * Returns how long an instruction is.
     *
     * @return its length in bytes; 0 if it is no move, or one that changes rsi or rdi
     */
    static int length(ByteBuffer code, int at) {
        int start = (code.get(at) & 0xff) == PER_CPU ? at + 1 : at;
        int prefix = code.get(start) & 0xff;
        boolean hasPrefix = (prefix & 0xf0) == 0x40;
        int opcodeAt = hasPrefix ? start + 1 : start;
        if (opcodeAt + 7 > code.capacity()) {
            return 0;
        }
        int opcode = code.get(opcodeAt) & 0xff;
        int modes = code.get(opcodeAt + 1) & 0xff;
        boolean isLoad = opcode == 0x8b || opcode == 0x8d;
        if (!isLoad && opcode != 0x89) {
            return 0;
        }
        boolean isToRegister = isLoad || modes >>> 6 == 3;
        int extension = isLoad ? prefix & 4 : prefix & 1;
        int target = isLoad ? modes >>> 3 & 7 : modes & 7;
        boolean isNumbered = hasPrefix && extension != 0; // r8 to r15
        if (isToRegister && !isNumbered && (target == RSI || target == RDI)) {
            return 0;
        }
        return opcodeAt + 1 - at + operandBytes(code, opcodeAt + 1);
    }

    /** How long an operand is: the byte that says its form, and what follows of that. */
    private static int operandBytes(ByteBuffer code, int at) {
        int form = code.get(at) & 0xff;
        int mode = form >>> 6;
        int register = form & 7;
        if (mode == 3) {
            return 1;
        }
        boolean hasIndex = register == RSP;
        boolean isAddress = mode == 0 && (hasIndex ? code.get(at + 1) & 7 : register) == RBP;
        return 1 + (hasIndex ? 1 : 0) + (mode == 1 ? 1 : mode == 2 || isAddress ? 4 : 0);
    }
}
