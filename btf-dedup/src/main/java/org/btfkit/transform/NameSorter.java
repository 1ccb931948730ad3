package org.btfkit.transform;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.StringTable;

/**
 * Sorts the own types of BTF by name, so that a type can be found by bisection, as kernels since 7.0 do.
 *
 * <p>Types without a name come first, names are in the order of their bytes, and types that share a name, or have none,
 * keep their order. That is what the newest {@code resolve_btfids} does. To let {@code .BTF.ext} data follow see
 * {@link Permuter#permute(Btf, BtfExt, int[])}.
 *
 * <p>Cost: n log n comparisons, most of which are decided by the first eight bytes, that are held as numbers; 16 bytes
 * per type.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class NameSorter {
    private static final int KEY_BYTES = Long.BYTES;

    /** How many types are sorted by insertion, before ranges are merged. */
    private static final int RUN = 8;

    private final FlatStrings strings;
    private final int[] nameOffs;

    /** The first bytes of each name, the first one highest; behind the end of the name zeros. */
    private final long[] keys;

    private NameSorter(Btf btf) {
        this.strings = FlatAccess.of(btf).strings();
        int count = btf.typeCount() - btf.firstTypeId();
        this.nameOffs = new int[count];
        this.keys = new long[count];
        for (int i = 0; i < count; i++) {
            nameOffs[i] = btf.nameOff(btf.firstTypeId() + i);
            keys[i] = nameOffs[i] == 0 ? 0 : key(nameOffs[i]);
        }
    }

    /**
     * Sorts BTF.
     *
     * @param btf the BTF; is not changed
     * @return the sorted BTF and what became of each id
     * @throws BtfException if there is a type of a kind that is not known here
     */
    public static Sorted sort(Btf btf) {
        int first = btf.firstTypeId();
        int[] idMap = new int[btf.typeCount()];
        for (int id = 0; id < first; id++) {
            idMap[id] = id;
        }
        int[] order = new NameSorter(btf).order();
        for (int i = 0; i < order.length; i++) {
            idMap[first + order[i]] = first + i;
        }
        return new Sorted(Permuter.permute(btf, idMap), idMap);
    }

    private long key(int nameOff) {
        byte[] section = strings.section(nameOff);
        int at = strings.index(nameOff);
        long key = 0;
        for (int i = 0; i < KEY_BYTES; i++) {
            key <<= Byte.SIZE;
            if (section[at] != 0) {
                key |= section[at++] & 0xff;
            }
        }
        return key;
    }

    /** Returns the places of the types, from 0, in sorted order. */
    private int[] order() {
        // Types without a name, often a third, are in their order already.
        int[] from = new int[keys.length];
        int nameless = 0;
        for (int i = 0; i < from.length; i++) {
            if (keys[i] == 0) {
                from[nameless++] = i;
            }
        }
        int at = nameless;
        for (int i = 0; i < from.length; i++) {
            if (keys[i] != 0) {
                from[at++] = i;
            }
        }
        for (int start = nameless; start < from.length; start += RUN) {
            insert(from, start, Math.min(start + RUN, from.length));
        }
        int[] to = new int[from.length];
        System.arraycopy(from, 0, to, 0, nameless);
        for (int width = RUN; width > 0 && width < from.length - nameless; width *= 2) {
            for (int start = nameless; start < from.length; start += 2 * width) {
                int middle = Math.min(start + width, from.length);
                merge(from, to, start, middle, Math.min(middle + width, from.length));
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    /** Sorts a short range by insertion. */
    private void insert(int[] order, int start, int end) {
        for (int i = start + 1; i < end; i++) {
            int one = order[i];
            int at = i;
            for (; at > start && compare(order[at - 1], one) > 0; at--) {
                order[at] = order[at - 1];
            }
            order[at] = one;
        }
    }

    /**
     * Merges the sorted ranges from {@code start} and from {@code middle}; of equal types those of the first come
     * first.
     */
    private void merge(int[] from, int[] to, int start, int middle, int end) {
        if (middle == end || compare(from[middle - 1], from[middle]) <= 0) {
            System.arraycopy(from, start, to, start, end - start);
            return;
        }
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takeLeft = right == end || left < middle && compare(from[left], from[right]) <= 0;
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }

    private int compare(int one, int other) {
        long oneKey = keys[one];
        long otherKey = keys[other];
        if (oneKey != otherKey) {
            return oneKey + Long.MIN_VALUE < otherKey + Long.MIN_VALUE ? -1 : 1;
        }
        boolean isWhole = (oneKey & 0xff) == 0;
        if (isWhole || nameOffs[one] == nameOffs[other]) {
            return 0;
        }
        byte[] oneSection = strings.section(nameOffs[one]);
        byte[] otherSection = strings.section(nameOffs[other]);
        int oneAt = strings.index(nameOffs[one]) + KEY_BYTES;
        int otherAt = strings.index(nameOffs[other]) + KEY_BYTES;
        return Arrays.compareUnsigned(
                oneSection,
                oneAt,
                StringTable.end(oneSection, oneAt),
                otherSection,
                otherAt,
                StringTable.end(otherSection, otherAt));
    }
}
