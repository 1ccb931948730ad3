package org.btfkit.dwarf;

/**
 * Where a variable or parameter is: one expression, or a list of them for different parts of the code.
 *
 * <p>Lists are those of DWARF 5, section 2.6.2, and of DWARF 4, section 2.6.2. Entries that only set a base address, or
 * end the list, are none.
 *
 * <pre>{@code
 * locations.start(cursor, cursor.slot(DwAt.LOCATION));
 * while (locations.next()) {
 *     int first = locations.expression().operation(0);
 * }
 * }</pre>
 *
 * <p>Not safe for use by several threads.
 */
public final class Locations {
    private static final int DW_LLE_END_OF_LIST = 0;
    private static final int DW_LLE_BASE_ADDRESSX = 1;
    private static final int DW_LLE_STARTX_ENDX = 2;
    private static final int DW_LLE_STARTX_LENGTH = 3;
    private static final int DW_LLE_OFFSET_PAIR = 4;
    private static final int DW_LLE_DEFAULT_LOCATION = 5;
    private static final int DW_LLE_BASE_ADDRESS = 6;
    private static final int DW_LLE_START_END = 7;
    private static final int DW_LLE_START_LENGTH = 8;
    private static final int DW_LLE_GNU_VIEW_PAIR = 9;

    private final Expression expression = new Expression();
    private DieCursor cursor;
    private byte[] bytes;
    private int at;
    private int single;
    private boolean isDone;

    /** Makes a reader of locations that has not begun. */
    public Locations() {
        isDone = true;
    }

    /**
     * Begins with an attribute.
     *
     * @param entry a cursor on the entry; not to be moved to another unit meanwhile
     * @param slot slot of an attribute that is a location
     */
    public void start(DieCursor entry, int slot) {
        cursor = entry;
        isDone = false;
        long block = entry.block(slot);
        if (block >= 0) {
            bytes = entry.data();
            at = (int) (block >>> 32);
            single = (int) block;
            return;
        }
        single = -1;
        long offset = entry.sectionOffset(slot);
        bytes = entry.sections().bytes(entry.unit().version() >= 5 ? DwarfSection.LOCLISTS : DwarfSection.LOC);
        at = (int) offset;
        isDone = offset < 0 || offset >= bytes.length;
    }

    /**
     * Goes to the next entry.
     *
     * @return true if there is one; false after the last one, and from one on that cannot be understood
     */
    public boolean next() {
        if (isDone) {
            return false;
        }
        boolean isFound;
        if (single >= 0) {
            isFound = expression.decode(cursor, bytes, at, single);
            isDone = true;
        } else {
            try {
                isFound = cursor.unit().version() >= 5 ? nextOfList() : nextOfOldList();
            } catch (IndexOutOfBoundsException e) {
                isFound = false;
            }
        }
        isDone |= !isFound;
        return isFound;
    }

    /**
     * Returns the expression of the entry.
     *
     * @return the same object each time, with other operations
     */
    public Expression expression() {
        return expression;
    }

    private boolean nextOfList() {
        int addressSize = cursor.unit().addressSize();
        while (true) {
            int kind = bytes[at++];
            switch (kind) {
                case DW_LLE_END_OF_LIST -> {
                    return false;
                }
                case DW_LLE_BASE_ADDRESSX -> skipLeb();
                case DW_LLE_BASE_ADDRESS -> at += addressSize;
                case DW_LLE_GNU_VIEW_PAIR -> skipLebs();
                case DW_LLE_STARTX_ENDX, DW_LLE_STARTX_LENGTH, DW_LLE_OFFSET_PAIR -> {
                    skipLebs();
                    return counted();
                }
                case DW_LLE_DEFAULT_LOCATION -> {
                    return counted();
                }
                case DW_LLE_START_END -> {
                    at += 2 * addressSize;
                    return counted();
                }
                case DW_LLE_START_LENGTH -> {
                    at += addressSize;
                    skipLeb();
                    return counted();
                }
                default -> {
                    return false;
                }
            }
        }
    }

    private void skipLeb() {
        at = Numbers.lebEnd(bytes, at);
    }

    private void skipLebs() {
        skipLeb();
        skipLeb();
    }

    /** Takes an expression that begins with its length. */
    private boolean counted() {
        long length = Numbers.uleb(bytes, at);
        skipLeb();
        return take(length);
    }

    private boolean take(long length) {
        if (length < 0 || length > bytes.length - at) {
            return false;
        }
        int from = at;
        at += (int) length;
        return expression.decode(cursor, bytes, from, at);
    }

    private boolean nextOfOldList() {
        int addressSize = cursor.unit().addressSize();
        Numbers numbers = cursor.numbers();
        long baseSelection = addressSize == 8 ? -1L : 0xffffffffL;
        while (true) {
            long begin = numbers.word(bytes, at, addressSize);
            long end = numbers.word(bytes, at + addressSize, addressSize);
            at += 2 * addressSize;
            if (begin == 0 && end == 0) {
                return false;
            }
            if (begin != baseSelection) {
                int length = numbers.u2(bytes, at);
                at += 2;
                return take(length);
            }
        }
    }
}
