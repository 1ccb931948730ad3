package org.btfkit.compare;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.format.Limits;

/**
 * Numbers for tuples of numbers, and for names: equal ones of several BTFs get the same number.
 *
 * <p>So what a type says, with the types that it refers to replaced by their numbers, is one number in the end, and two
 * of them are compared by one instruction, without a hash that could lie.
 *
 * <p>Tuples lie one behind the other in one array; a hash table with open addressing finds them. Numbers begin at 1.
 */
final class Terms {
    private final StringTable names = new StringTable(Limits.MAX_ARRAY);

    private int[] tuples;

    /** By number: where its tuple begins; behind the last one, where the next will. */
    private int[] starts;

    private int count = 1;

    /** Numbers, 0 where nothing is. */
    private int[] slots;

    /**
     * Makes room.
     *
     * @param expected about how many numbers there will be; more are no harm but to time
     */
    Terms(int expected) {
        int room = Integer.highestOneBit(Math.min(Math.max(expected, 1 << 8), 1 << 24));
        this.tuples = new int[room * 8];
        this.starts = new int[room * 2];
        this.slots = new int[room * 4];
    }

    /** How many numbers there are; all are below. */
    int count() {
        return count;
    }

    /** The number of a name; the same for equal names of all BTFs. */
    int name(FlatStrings strings, int nameOff) {
        int name = strings.addTo(names, nameOff);
        if (name < 0) {
            throw new BtfException("more than 2 GiB of names");
        }
        return name;
    }

    /** The number of a tuple, which is the first {@code length} of some words. */
    int intern(int[] words, int length) {
        int mask = slots.length - 1;
        int slot = hash(words, 0, length) & mask;
        while (slots[slot] != 0) {
            int term = slots[slot];
            if (Arrays.equals(tuples, starts[term], starts[term + 1], words, 0, length)) {
                return term;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = count;
        return add(words, length);
    }

    private int add(int[] words, int length) {
        int start = starts[count];
        if (start + length > tuples.length) {
            tuples = Arrays.copyOf(tuples, Math.max(Math.addExact(start, length), tuples.length * 2));
        }
        System.arraycopy(words, 0, tuples, start, length);
        if (count + 2 > starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
        }
        starts[count + 1] = start + length;
        count++;
        if (count > slots.length / 2) {
            grow();
        }
        return count - 1;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int term = 1; term < count; term++) {
            int slot = hash(tuples, starts[term], starts[term + 1] - starts[term]) & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = term;
        }
    }

    private static int hash(int[] words, int start, int length) {
        int hash = length;
        for (int i = start; i < start + length; i++) {
            hash = (hash ^ words[i]) * 0x9e3779b1;
            hash ^= hash >>> 15;
        }
        return hash;
    }
}
