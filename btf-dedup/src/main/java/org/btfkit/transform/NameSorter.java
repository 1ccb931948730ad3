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
        int[] from = new int[keys.length];
        for (int i = 0; i < from.length; i++) {
            from[i] = i;
        }
        int[] to = new int[from.length];
        for (int width = 1; width > 0 && width < from.length; width *= 2) {
            for (int start = 0; start < from.length; start += 2 * width) {
                int middle = Math.min(start + width, from.length);
                merge(from, to, start, middle, Math.min(middle + width, from.length));
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    /**
     * Merges the sorted ranges from {@code start} and from {@code middle}; of equal types those of the first come
     * first.
     */
    private void merge(int[] from, int[] to, int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takeLeft = right == end || left < middle && compare(from[left], from[right]) <= 0;
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }

    private int compare(int one, int other) {
        int order = Long.compareUnsigned(keys[one], keys[other]);
        boolean isWhole = (keys[one] & 0xff) == 0;
        if (order != 0 || isWhole || nameOffs[one] == nameOffs[other]) {
            return order;
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
