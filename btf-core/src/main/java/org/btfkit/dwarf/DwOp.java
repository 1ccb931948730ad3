package org.btfkit.dwarf;

/**
 * Operations of expressions: {@code DW_OP_} of DWARF 5, section 7.7.1, and of GNU.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class DwOp {
    /** Address. */
    public static final int ADDR = 0x03;

    /** Unsigned constant. */
    public static final int CONSTU = 0x10;

    /** Signed constant. */
    public static final int CONSTS = 0x11;

    /** Adds an unsigned constant. */
    public static final int PLUS_UCONST = 0x23;

    /** The constant 0; those up to 31 follow. */
    public static final int LIT0 = 0x30;

    /** The constant 31. */
    public static final int LIT31 = 0x4f;

    /** In register 0; those up to 31 follow. */
    public static final int REG0 = 0x50;

    /** In register 31. */
    public static final int REG31 = 0x6f;

    /** At an offset from register 0; those up to 31 follow. */
    public static final int BREG0 = 0x70;

    /** At an offset from register 31. */
    public static final int BREG31 = 0x8f;

    /** At an offset in the stack frame. */
    public static final int FBREG = 0x91;

    /** A part of the whole, so many bytes long. */
    public static final int PIECE = 0x93;

    /** The value itself, not where it is. */
    public static final int STACK_VALUE = 0x9f;

    /** Address by its index. */
    public static final int ADDRX = 0xa1;

    /** What an expression gave when the function was entered. */
    public static final int ENTRY_VALUE = 0xa3;

    /** The same, before version 5. */
    public static final int GNU_ENTRY_VALUE = 0xf3;

    /** Address by its index, before version 5. */
    public static final int GNU_ADDR_INDEX = 0xfb;

    private DwOp() {}

    /**
     * Tells whether an operation names a register that holds the value.
     *
     * @param operation the operation
     * @return true for REG0 to REG31
     */
    public static boolean isRegister(int operation) {
        return operation >= REG0 && operation <= REG31;
    }

    /**
     * Tells whether an operation is an offset from a register.
     *
     * @param operation the operation
     * @return true for BREG0 to BREG31
     */
    public static boolean isRegisterOffset(int operation) {
        return operation >= BREG0 && operation <= BREG31;
    }

    /**
     * Tells whether an operation is a constant of any size that it gives itself.
     *
     * @param operation the operation
     * @return true for LIT0 to LIT31, CONSTU and CONSTS
     */
    public static boolean isConstant(int operation) {
        return operation >= LIT0 && operation <= LIT31 || operation == CONSTU || operation == CONSTS;
    }
}
