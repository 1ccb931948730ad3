package org.btfkit.btf.flat;

import java.util.Arrays;

/**
 * A list of numbers that grows, and a stack: what would be recursion elsewhere, as deep as memory goes. Not safe for
 * use by several threads.
 */
public final class IntList {
    private static final int MOST = Integer.MAX_VALUE - 8;

    /** The numbers, for loops that read or write many; another array once the list has grown. */
    public int[] items;

    /** How many there are, from the start of {@link #items}. */
    public int size;

    /** Makes an empty list. */
    public IntList() {
        this(64);
    }

    /**
     * Makes an empty list.
     *
     * @param capacity how many numbers there is room for at first, at least 1
     */
    public IntList(int capacity) {
        items = new int[capacity];
    }

    /**
     * Appends a number, or puts it on top.
     *
     * @param item the number
     */
    public void add(int item) {
        if (size == items.length) {
            grow(1);
        }
        items[size++] = item;
    }

    /**
     * Appends a part of an array.
     *
     * @param source the array
     * @param from index of the first number
     * @param to index behind the last one
     */
    public void addAll(int[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, items, size, to - from);
        size += to - from;
    }

    /**
     * Makes room, so that numbers can be written to {@link #items}.
     *
     * @param more for how many
     */
    public void reserve(int more) {
        if ((long) size + more > items.length) {
            grow(more);
        }
    }

    private void grow(int more) {
        long needed = (long) size + more;
        items = Arrays.copyOf(items, (int) Math.min(Math.max(needed, items.length * 2L), MOST));
    }

    /**
     * Takes away the last number, the one on top.
     *
     * @return the number; the list must not be empty
     */
    public int pop() {
        return items[--size];
    }

    /**
     * Returns a number.
     *
     * @param index its index, below {@link #size}
     * @return the number
     */
    public int get(int index) {
        return items[index];
    }

    /**
     * Tells whether there are none.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * Copies the numbers.
     *
     * @return an array of just these
     */
    public int[] toArray() {
        return Arrays.copyOf(items, size);
    }
}
