package org.btfkit.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An instruction of BPF as a word of 64 bits, whatever the byte order of its object: {@code struct bpf_insn} of the
 * kernel's {@code include/uapi/linux/bpf.h} as a little-endian machine has it.
 *
 * <pre>
 * insn = imm:32 off:16 src:4 dst:4 code:8              highest bits first
 * </pre>
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class BpfInsn {
    /** Bytes of an instruction. */
    public static final int BYTES = 8;

    /** Class of loads of what is in the instruction; of 64-bit constants only, today. */
    public static final int LD = 0;

    /** Class of loads from memory. */
    public static final int LDX = 1;

    /** Class of stores of a constant. */
    public static final int ST = 2;

    /** Class of stores of a register. */
    public static final int STX = 3;

    /** Class of 32-bit arithmetic. */
    public static final int ALU = 4;

    /** Class of 64-bit jumps, calls and exit. */
    public static final int JMP = 5;

    /** Class of 32-bit jumps. */
    public static final int JMP32 = 6;

    /** Class of 64-bit arithmetic. */
    public static final int ALU64 = 7;

    /** Code of a load of a 64-bit constant, which takes two instructions. */
    public static final int LOAD_IMM64 = 0x18;

    /** The bit of a code that says that the second operand is a register. */
    public static final int SOURCE_REGISTER = 0x08;

    /** What libbpf puts in place of what could not be relocated: a call of a function that does not exist. */
    public static final long POISON = of(0x85, 0, 0, 0, 0xbad2310);

    /** Code of a jump that is always taken; of class JMP32, its constant says how far. */
    static final int JUMP_ALWAYS = 0x00;

    /** Code of a call. */
    static final int CALL = 0x80;

    /** Code of the return from a function. */
    static final int EXIT = 0x90;

    /** Code of {@code may_goto}, which is taken or not as the kernel sees fit. */
    static final int MAY_GOTO = 0xe0;

    /** In the source of a call: a function of the same object. */
    static final int CALL_FUNCTION = 1;

    /** In the source of a call: a function of the kernel, by its BTF. */
    static final int CALL_KERNEL_FUNCTION = 2;

    /** In the source of a 64-bit load: the address of a function of the same object. */
    static final int LOAD_FUNCTION = 4;

    private BpfInsn() {}

    /**
     * Makes an instruction.
     *
     * @param code operation, 0 to 255
     * @param dst destination register, 0 to 15
     * @param src source register, 0 to 15
     * @param off offset
     * @param imm constant
     * @return the word
     */
    public static long of(int code, int dst, int src, int off, int imm) {
        return (long) imm << 32 | (off & 0xffffL) << 16 | (long) (src << 4 | dst) << 8 | code;
    }

    /**
     * Returns the operation.
     *
     * @param insn the instruction
     * @return 0 to 255
     */
    public static int code(long insn) {
        return (int) insn & 0xff;
    }

    /**
     * Returns the class of the operation.
     *
     * @param insn the instruction
     * @return 0 to 7, see the constants
     */
    public static int classOf(long insn) {
        return (int) insn & 7;
    }

    /**
     * Returns the destination register.
     *
     * @param insn the instruction
     * @return 0 to 15
     */
    public static int dst(long insn) {
        return (int) insn >>> 8 & 15;
    }

    /**
     * Returns the source register.
     *
     * @param insn the instruction
     * @return 0 to 15
     */
    public static int src(long insn) {
        return (int) insn >>> 12 & 15;
    }

    /**
     * Returns the offset.
     *
     * @param insn the instruction
     * @return -32,768 to 32,767
     */
    public static int off(long insn) {
        return (short) (insn >>> 16);
    }

    /**
     * Returns the constant.
     *
     * @param insn the instruction
     * @return the constant
     */
    public static int imm(long insn) {
        return (int) (insn >>> 32);
    }

    /**
     * Tells whether an instruction is the first half of a load of a 64-bit constant.
     *
     * @param insn the instruction
     * @return true if the next one has the upper half of its constant
     */
    public static boolean isLoadImm64(long insn) {
        return code(insn) == LOAD_IMM64;
    }

    /**
     * Returns how many bytes a load or store moves.
     *
     * @param insn an instruction of class LDX, ST or STX
     * @return 1, 2, 4 or 8
     */
    public static int accessBytes(long insn) {
        return switch (code(insn) >>> 3 & 3) {
            case 0 -> 4;
            case 1 -> 2;
            case 2 -> 1;
            default -> 8;
        };
    }

    /**
     * Returns what a jump or an arithmetic instruction does.
     *
     * @param insn an instruction of class ALU, ALU64, JMP or JMP32
     * @return the upper four bits of its code
     */
    public static int operation(long insn) {
        return code(insn) & 0xf0;
    }

    /**
     * Tells whether an instruction goes on elsewhere in its function, always or under a condition.
     *
     * @param insn the instruction
     * @return true for jumps; not for calls and exits
     */
    public static boolean isJump(long insn) {
        int kind = classOf(insn);
        return (kind == JMP || kind == JMP32) && operation(insn) != CALL && operation(insn) != EXIT;
    }

    /**
     * Tells whether an instruction returns from its function.
     *
     * @param insn the instruction
     * @return true if it does
     */
    public static boolean isExit(long insn) {
        return code(insn) == (JMP | EXIT);
    }

    /**
     * Tells whether an instruction calls a function of the same object.
     *
     * @param insn the instruction
     * @return true if it does
     */
    public static boolean isFunctionCall(long insn) {
        return code(insn) == (JMP | CALL) && src(insn) == CALL_FUNCTION;
    }

    /**
     * Returns where a jump goes.
     *
     * @param insn a jump
     * @param at its index
     * @return the index of the target, which may be outside of the code
     */
    public static long jumpTarget(long insn, int at) {
        boolean isLong = classOf(insn) == JMP32 && operation(insn) == JUMP_ALWAYS;
        return at + 1L + (isLong ? imm(insn) : off(insn));
    }

    /**
     * Returns the bits of a code for an access of so many bytes.
     *
     * @param bytes the bytes
     * @return the bits, or -1 if no instruction accesses so many
     */
    public static int sizeBits(long bytes) {
        return switch ((int) Math.min(bytes, Integer.MAX_VALUE)) {
            case 4 -> 0;
            case 2 -> 1 << 3;
            case 1 -> 2 << 3;
            case 8 -> 3 << 3;
            default -> -1;
        };
    }

    /**
     * Replaces the operation.
     *
     * @param insn the instruction
     * @param code the new one
     * @return the instruction with it
     */
    public static long withCode(long insn, int code) {
        return insn & ~0xffL | code;
    }

    /**
     * Replaces the offset.
     *
     * @param insn the instruction
     * @param off the new one
     * @return the instruction with it
     */
    public static long withOff(long insn, int off) {
        return insn & ~0xffff0000L | (off & 0xffffL) << 16;
    }

    /**
     * Replaces the constant.
     *
     * @param insn the instruction
     * @param imm the new one
     * @return the instruction with it
     */
    public static long withImm(long insn, int imm) {
        return insn & 0xffffffffL | (long) imm << 32;
    }

    /**
     * Reads the whole instructions of a section.
     *
     * @param section its bytes
     * @param order byte order of the object
     * @return the instructions
     */
    public static long[] read(byte[] section, ByteOrder order) {
        ByteBuffer in = ByteBuffer.wrap(section).order(order);
        long[] insns = new long[section.length / BYTES];
        for (int i = 0; i < insns.length; i++) {
            int registers = in.get(i * BYTES + 1) & 0xff;
            boolean isBig = order == ByteOrder.BIG_ENDIAN;
            int dst = isBig ? registers >>> 4 : registers & 15;
            int src = isBig ? registers & 15 : registers >>> 4;
            insns[i] = of(in.get(i * BYTES) & 0xff, dst, src, in.getShort(i * BYTES + 2), in.getInt(i * BYTES + 4));
        }
        return insns;
    }

    /**
     * Writes instructions into a section.
     *
     * @param insns the instructions
     * @param section its bytes, from the first on
     * @param order byte order of the object
     */
    public static void write(long[] insns, byte[] section, ByteOrder order) {
        ByteBuffer out = ByteBuffer.wrap(section).order(order);
        for (int i = 0; i < insns.length; i++) {
            long insn = insns[i];
            boolean isBig = order == ByteOrder.BIG_ENDIAN;
            int registers = isBig ? dst(insn) << 4 | src(insn) : src(insn) << 4 | dst(insn);
            out.put(i * BYTES, (byte) code(insn));
            out.put(i * BYTES + 1, (byte) registers);
            out.putShort(i * BYTES + 2, (short) off(insn));
            out.putInt(i * BYTES + 4, imm(insn));
        }
    }

    /**
     * Returns the constant of 64 bits that two instructions hold.
     *
     * @param insns instructions
     * @param at index of the first of the two, one that {@link #isLoadImm64}
     * @return the constant
     */
    public static long imm64(long[] insns, int at) {
        return (long) imm(insns[at + 1]) << 32 | imm(insns[at]) & 0xffffffffL;
    }
}
