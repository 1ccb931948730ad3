package org.btfkit.encode;

import java.util.Arrays;

/** A list of numbers that grows; also a stack. */
final class IntList {
    int[] items = new int[64];
    int size;

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        items[size++] = item;
    }

    /** Makes room for so many more, so that they can be written to {@link #items}. */
    void reserve(int more) {
        long needed = (long) size + more;
        if (needed > items.length) {
            items = Arrays.copyOf(items, (int) Math.min(Math.max(needed, items.length * 2L), Integer.MAX_VALUE - 8));
        }
    }

    void addAll(int[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, items, size, to - from);
        size += to - from;
    }

    int get(int index) {
        return items[index];
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }
}
