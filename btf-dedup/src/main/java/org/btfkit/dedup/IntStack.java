package org.btfkit.dedup;

import java.util.Arrays;

/** A stack of numbers that grows as needed; what would be recursion elsewhere, as deep as memory goes. */
final class IntStack {
    /** The numbers, for loops that read many. */
    int[] items = new int[1 << 10];

    /** How many there are. */
    int size;

    void push(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        items[size++] = item;
    }

    int pop() {
        return items[--size];
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }

    boolean isEmpty() {
        return size == 0;
    }
}
