package org.btfkit.dwarf;

import java.util.Arrays;

/**
 * The operations of a location expression (DWARF 5, section 2.5), taken apart into arrays that are used again.
 *
 * <p>Only what is asked for is kept of operands: a number, or where the block of an entry value is.
 *
 * <p>Not safe for use by several threads.
 */
public final class Expression {
    private int[] operations = new int[8];
    private long[] operands = new long[8];
    private int count;
    private byte[] data;

    /** Makes an expression of no operations. */
    Expression() {}

    /** Takes over the operations of a range; returns false if one is not known, or ends too late. */
    boolean decode(DieCursor cursor, byte[] bytes, int from, int to) {
        count = 0;
        data = bytes;
        Decoder decoder = new Decoder(cursor.numbers(), cursor.unit(), bytes, from, to);
        try {
            while (decoder.at < to) {
                if (count == operations.length) {
                    operations = Arrays.copyOf(operations, count * 2);
                    operands = Arrays.copyOf(operands, count * 2);
                }
                operations[count] = bytes[decoder.at++] & 0xff;
                operands[count] = decoder.operand(operations[count]);
                if (decoder.isUnknown || decoder.at > to) {
                    return false;
                }
                count++;
            }
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
        return true;
    }

    /**
     * Returns how many operations there are.
     *
     * @return the count, 0 for a value that is optimized out
     */
    public int count() {
        return count;
    }

    /**
     * Returns an operation.
     *
     * @param index 0 to {@link #count} - 1
     * @return a {@link DwOp}, which may be one that has no name there
     */
    public int operation(int index) {
        return operations[index];
    }

    /**
     * Returns the first operand of an operation.
     *
     * @param index 0 to {@link #count} - 1
     * @return the number; 0 if there is none
     */
    public long operand(int index) {
        return operands[index];
    }

    /**
     * Tells what register an entry value is of.
     *
     * @param index index of an operation {@link DwOp#ENTRY_VALUE} or {@link DwOp#GNU_ENTRY_VALUE}
     * @return the {@link DwOp} of the register if its expression is just that, else -1
     */
    public int entryRegister(int index) {
        int from = (int) (operands[index] >>> 32);
        int length = (int) operands[index];
        return length == 1 && DwOp.isRegister(data[from] & 0xff) ? data[from] & 0xff : -1;
    }

    /** Steps over operands. */
    private static final class Decoder {
        private final Numbers numbers;
        private final UnitHeader unit;
        private final byte[] bytes;
        private final int end;
        private int at;
        private boolean isUnknown;

        Decoder(Numbers numbers, UnitHeader unit, byte[] bytes, int from, int to) {
            this.numbers = numbers;
            this.unit = unit;
            this.bytes = bytes;
            this.at = from;
            this.end = to;
        }

        /** Reads the operands of an operation and returns the first one. */
        long operand(int operation) {
            if (DwOp.isRegisterOffset(operation)) {
                return signed();
            }
            return switch (operation) {
                case DwOp.ADDR -> fixed(unit.addressSize());
                case 0x08, 0x09, 0x15, 0x94, 0x95 -> fixed(1);
                case 0x0a, 0x0b, 0x28, 0x2f, 0x98 -> fixed(2);
                case 0x0c, 0x0d, 0x99 -> fixed(4);
                case 0x0e, 0x0f -> fixed(8);
                case 0x9a -> fixed(unit.version() == 2 ? unit.addressSize() : unit.offsetSize());
                case DwOp.CONSTU, DwOp.PLUS_UCONST, 0x90, DwOp.PIECE, DwOp.ADDRX, 0xa2, 0xa8, 0xa9 -> unsigned();
                case DwOp.GNU_ADDR_INDEX, 0xf7, 0xf9, 0xfc -> unsigned();
                case DwOp.CONSTS, DwOp.FBREG -> signed();
                case 0x92 -> first(unsigned(), signed());
                case 0x9d, 0xa5, 0xf5 -> first(unsigned(), unsigned());
                case 0x9e, DwOp.ENTRY_VALUE, DwOp.GNU_ENTRY_VALUE -> block(unsigned());
                case 0xa0, 0xf2 -> first(fixed(unit.version() == 2 ? unit.addressSize() : unit.offsetSize()), signed());
                case 0xa4, 0xf4 -> first(unsigned(), block(fixed(1) & 0xff));
                case 0xa6, 0xa7, 0xf6 -> first(fixed(1), unsigned());
                case 0xfa -> fixed(4);
                case 0xfd -> fixed(unit.version() == 2 ? unit.addressSize() : unit.offsetSize());
                default -> none(operation);
            };
        }

        private long none(int operation) {
            boolean isPlain = operation == 0x06
                    || operation >= 0x12 && operation <= 0x14
                    || operation >= 0x16 && operation <= 0x2e
                    || operation >= DwOp.LIT0 && operation <= DwOp.REG31
                    || operation >= 0x96 && operation <= 0x97
                    || operation >= 0x9b && operation <= 0x9c
                    || operation == DwOp.STACK_VALUE
                    || operation == 0xe0
                    || operation == 0xf0;
            isUnknown |= !isPlain;
            return 0;
        }

        /** The first of two operands, both of which have been read. */
        private static long first(long one, long unused) {
            return one;
        }

        private long fixed(int size) {
            int from = at;
            at += size;
            return switch (size) {
                case 1 -> bytes[from];
                case 2 -> (short) numbers.u2(bytes, from);
                case 4 -> numbers.u4(bytes, from);
                default -> numbers.u8(bytes, from);
            };
        }

        private long unsigned() {
            long value = Numbers.uleb(bytes, at);
            at = Numbers.lebEnd(bytes, at);
            return value;
        }

        private long signed() {
            long value = Numbers.sleb(bytes, at);
            at = Numbers.lebEnd(bytes, at);
            return value;
        }

        /** Steps over a block; returns where it begins in the upper half, its length in the lower one. */
        private long block(long length) {
            int from = at;
            if (length < 0 || length > end - from) {
                isUnknown = true;
                return 0;
            }
            at += (int) length;
            return (long) from << 32 | length;
        }
    }
}
