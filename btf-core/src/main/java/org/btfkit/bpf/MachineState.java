package org.btfkit.bpf;

import java.util.Arrays;

/**
 * What is known where an instruction begins, on all ways that lead there: of each register and of each slot of the
 * stack a tag and 64 bits.
 */
final class MachineState {
    /** Nothing; the bits say which variables it may depend on. */
    static final byte OPEN = 0;

    /** The value itself. */
    static final byte CONSTANT = 1;

    /** The lower 32 bits of the value. */
    static final byte LOW = 2;

    /** An address in the frame of the function; the bits are its distance from the frame's end, less than 0. */
    static final byte FRAME = 3;

    /** An address in what the program is called with; the bits are the offset there. */
    static final byte CONTEXT = 4;

    /** An address in memory that is only read; the bits are the area and the offset. */
    static final byte MEMORY = 5;

    /** An address that is not zero; the bits are 1 for that of a function. */
    static final byte ADDRESS = 6;

    /** Of a slot only: which of its bytes are zero, a bit for each. */
    static final byte ZEROS = 7;

    /** Registers, the last of which is the frame's end. */
    static final int REGISTERS = 11;

    /** Slots of 8 bytes of a frame. */
    static final int SLOTS = 64;

    static final int FRAME_END = 10;
    private static final int SLOT_BYTES = 8;
    private static final int ALL_BYTES = 0xff;

    /** By register, then by slot from the frame's end on; slots are there once one is known. */
    byte[] tags = new byte[REGISTERS];

    long[] values = new long[REGISTERS];

    /** By slot how many bytes were stored at once, from its lowest address on. */
    private byte[] sizes = {};

    /** Whether an address in the frame may be where it is not tracked. */
    boolean isEscaped;

    private final boolean isBig;

    /** A state in which nothing is known but the frame. */
    MachineState(boolean isBig) {
        this.isBig = isBig;
        tags[FRAME_END] = FRAME;
    }

    MachineState copy() {
        MachineState copy = new MachineState(isBig);
        copy.tags = tags.clone();
        copy.values = values.clone();
        copy.sizes = sizes.clone();
        copy.isEscaped = isEscaped;
        return copy;
    }

    /** How many words it takes, about. */
    int words() {
        return tags.length;
    }

    void set(int register, byte tag, long value) {
        if (register < FRAME_END) {
            tags[register] = tag;
            values[register] = value;
        }
    }

    boolean isLowKnown(int register) {
        return tags[register] == CONSTANT || tags[register] == LOW;
    }

    /** The variables that a register may depend on. */
    long mask(int register) {
        return tags[register] == OPEN ? values[register] : 0;
    }

    /** Keeps what another state says as well; tells whether something was lost. */
    boolean meet(MachineState other) {
        boolean isChanged = other.isEscaped && !isEscaped;
        isEscaped |= other.isEscaped;
        for (int i = 0; i < tags.length; i++) {
            boolean isThere = i < other.tags.length;
            byte tag = isThere ? other.tags[i] : OPEN;
            long value = isThere ? other.values[i] : 0;
            if (tag != tags[i] || value != values[i] || i >= REGISTERS && !sameSize(other, i - REGISTERS)) {
                isChanged |= meet(i, tag, value, i < REGISTERS || isThere && sameSize(other, i - REGISTERS));
            }
        }
        for (int i = tags.length; i < other.tags.length; i++) {
            if (other.tags[i] == FRAME && !isEscaped) {
                isEscaped = true;
                isChanged = true;
            }
        }
        return isChanged;
    }

    private boolean sameSize(MachineState other, int slot) {
        return slot < other.sizes.length && sizes[slot] == other.sizes[slot];
    }

    private boolean meet(int i, byte tag, long value, boolean isSameSize) {
        byte was = tags[i];
        long wasValue = values[i];
        boolean wasEscaped = isEscaped;
        isEscaped |= was == FRAME || tag == FRAME;
        if (i >= REGISTERS) {
            int zeros = zeros(was, wasValue, sizes[i - REGISTERS])
                    & zeros(tag, value, isSameSize ? sizes[i - REGISTERS] : SLOT_BYTES);
            boolean areOpen = was == OPEN && tag == OPEN;
            tags[i] = zeros == 0 ? OPEN : ZEROS;
            values[i] = zeros != 0 ? zeros : areOpen ? wasValue | value : 0;
        } else if (isLow(was) && isLow(tag) && (int) wasValue == (int) value) {
            tags[i] = LOW;
            values[i] = value & 0xffffffffL;
        } else {
            tags[i] = OPEN;
            values[i] = (was == OPEN ? wasValue : 0) | (tag == OPEN ? value : 0);
        }
        return tags[i] != was || values[i] != wasValue || isEscaped != wasEscaped;
    }

    private static boolean isLow(byte tag) {
        return tag == CONSTANT || tag == LOW;
    }

    private int zeros(byte tag, long value, int size) {
        if (tag == ZEROS) {
            return (int) value;
        }
        return tag == CONSTANT && value == 0 ? ALL_BYTES >>> SLOT_BYTES - size : 0;
    }

    /** Stores into the frame, as the verifier keeps it: whole registers at a slot's beginning, and zeros. */
    void store(long offset, int size, byte tag, long value) {
        if (offset < -SLOTS * SLOT_BYTES || offset + size > 0) {
            isEscaped |= tag == FRAME;
            return;
        }
        int slot = slot(offset);
        int within = (int) (offset + SLOT_BYTES * (slot + 1L));
        if (within + size > SLOT_BYTES) {
            forget(slot);
            forget(slot - 1);
            isEscaped |= tag == FRAME;
            return;
        }
        grow();
        int at = REGISTERS + slot;
        boolean isLowOnly = tag == LOW && size <= Integer.BYTES;
        boolean isConstant = tag == CONSTANT || isLowOnly;
        if (within == 0 && (size == SLOT_BYTES || isConstant && (value & lowBytes(size)) != 0)) {
            tags[at] = isConstant ? CONSTANT : tag;
            values[at] = isConstant ? value & lowBytes(size) : value;
            sizes[slot] = (byte) size;
            return;
        }
        isEscaped |= tag == FRAME || tags[at] == FRAME && size < SLOT_BYTES;
        int bytes = (ALL_BYTES >>> SLOT_BYTES - size) << within;
        int zeros = zeros(tags[at], values[at], sizes[slot]) & ~bytes;
        if (isConstant && (value & lowBytes(size)) == 0) {
            zeros |= bytes;
        }
        tags[at] = zeros == 0 ? OPEN : ZEROS;
        values[at] = zeros;
        sizes[slot] = SLOT_BYTES;
    }

    /** Loads from the frame into a register. */
    void load(int register, long offset, int size) {
        set(register, OPEN, 0);
        if (offset < -SLOTS * SLOT_BYTES || offset + size > 0 || tags.length == REGISTERS) {
            return;
        }
        int slot = slot(offset);
        int at = REGISTERS + slot;
        int within = (int) (offset + SLOT_BYTES * (slot + 1L));
        if (within + size > SLOT_BYTES) {
            return;
        }
        int bytes = (ALL_BYTES >>> SLOT_BYTES - size) << within;
        if ((zeros(tags[at], values[at], sizes[slot]) & bytes) == bytes) {
            set(register, CONSTANT, 0);
        } else if (within == 0 && size == sizes[slot] && tags[at] != ZEROS) {
            set(register, tags[at], values[at]);
        } else if (within == 0 && size < sizes[slot] && tags[at] == CONSTANT && !isBig) {
            set(register, CONSTANT, values[at] & lowBytes(size));
        }
    }

    static long lowBytes(int size) {
        return -1L >>> 64 - 8 * size;
    }

    private static int slot(long offset) {
        return (int) (-offset - 1) / SLOT_BYTES;
    }

    private void grow() {
        if (tags.length == REGISTERS) {
            tags = Arrays.copyOf(tags, REGISTERS + SLOTS);
            values = Arrays.copyOf(values, REGISTERS + SLOTS);
            sizes = new byte[SLOTS];
            Arrays.fill(sizes, (byte) SLOT_BYTES);
        }
    }

    private void forget(int slot) {
        if (slot >= 0 && tags.length > REGISTERS) {
            isEscaped |= tags[REGISTERS + slot] == FRAME;
            tags[REGISTERS + slot] = OPEN;
            values[REGISTERS + slot] = 0;
            sizes[slot] = SLOT_BYTES;
        }
    }

    /** Forgets the stack from an address on, towards the frame's end. */
    void forgetFrom(long offset) {
        if (tags.length == REGISTERS || offset >= 0) {
            return;
        }
        for (int slot = Math.min(SLOTS - 1, slot(offset)); slot >= 0; slot--) {
            forget(slot);
        }
    }

    void forgetStack() {
        forgetFrom(-SLOTS * SLOT_BYTES);
    }

    /**
     * What a call leaves of it. A function of the kernel writes upwards from addresses that it is given; one of the
     * program, or a callback, may follow addresses that it finds there.
     */
    void call(boolean isFunction) {
        boolean isAll = isEscaped;
        long lowest = 0;
        for (int i = 1; i <= 5; i++) {
            isAll |= tags[i] == FRAME && isFunction || tags[i] == ADDRESS && values[i] == 1;
            lowest = tags[i] == FRAME ? Math.min(lowest, values[i]) : lowest;
        }
        if (isAll) {
            forgetStack();
        } else {
            forgetFrom(lowest);
        }
        for (int i = 0; i <= 5; i++) {
            set(i, OPEN, 0);
        }
    }
}
