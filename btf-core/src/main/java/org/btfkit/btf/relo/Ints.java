package org.btfkit.btf.relo;

import java.util.Arrays;

/** A list of ints. */
final class Ints {
    private int[] values = new int[64];
    private int size;

    int size() {
        return size;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        values[index] = value;
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    void cut(int newSize) {
        size = newSize;
    }

    int[] copy(int from, int count) {
        return Arrays.copyOfRange(values, from, from + count);
    }
}
