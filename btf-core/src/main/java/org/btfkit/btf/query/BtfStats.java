package org.btfkit.btf.query;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * What BTF data consists of. Counts the own types and strings, not those of the base.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param headerBytes length of the header
 * @param typeBytes length of the type section
 * @param stringBytes length of the string section
 * @param layoutBytes length of the layout section, 0 if there is none
 * @param typeCount number of types, without void
 * @param namedCount number of types that have a name
 * @param kinds what there is of each kind, in the order of their numbers; kinds that do not occur are left out
 * @param largest the largest structs and unions, largest first
 */
public record BtfStats(
        int headerBytes,
        int typeBytes,
        int stringBytes,
        int layoutBytes,
        int typeCount,
        int namedCount,
        List<Kind> kinds,
        List<Composite> largest) {

    /** As many kinds as there are numbers for. */
    private static final int KINDS = 32;

    private static final boolean[] COMPOSITE = composites();

    /**
     * What there is of a kind.
     *
     * @param number the kind bits
     * @param name the kind, as {@link BtfKind#nameOf} names it
     * @param count number of types
     * @param elements number of their members, enumerators, parameters or variables
     * @param bytes bytes that they take in the type section
     */
    public record Kind(int number, String name, int count, long elements, long bytes) {}

    /**
     * A struct or union.
     *
     * @param typeId its type id
     * @param name its name, empty if it has none
     * @param sizeBytes its size
     * @param members the number of its members
     */
    public record Composite(int typeId, String name, long sizeBytes, int members) {}

    /**
     * Counts.
     *
     * @param btf the BTF
     * @param largestCount how many of the largest structs and unions to name
     * @return what it consists of
     */
    public static BtfStats of(Btf btf, int largestCount) {
        if (largestCount < 0) {
            throw new IllegalArgumentException("number of structs " + largestCount + ", expected 0 or more");
        }
        FlatTypes types = FlatAccess.of(btf);
        int[] words = types.words();
        int[] offsets = types.offsets();
        int[] counts = new int[KINDS];
        long[] elements = new long[KINDS];
        long[] bytes = new long[KINDS];
        Largest largest = new Largest(types, largestCount);
        int named = 0;
        for (int i = 0; i < offsets.length - 1; i++) {
            int offset = offsets[i];
            int info = words[offset + 1];
            int number = Words.kind(info);
            counts[number]++;
            elements[number] += Words.vlen(info);
            bytes[number] += 4L * (offsets[i + 1] - offset);
            named += words[offset] != 0 ? 1 : 0;
            if (COMPOSITE[number]) {
                largest.add(i, Words.unsigned(words[offset + 2]));
            }
        }
        List<Kind> kinds = new ArrayList<>();
        for (int number = 0; number < KINDS; number++) {
            BtfKind kind = BtfKind.of(number);
            if (counts[number] > 0) {
                long itsElements = kind != null && kind.elementWords() != 0 ? elements[number] : 0;
                kinds.add(new Kind(number, BtfKind.nameOf(number), counts[number], itsElements, bytes[number]));
            }
        }
        BtfHeader header = btf.header();
        return new BtfStats(
                header.headerLength(),
                4 * btf.wordCount(),
                btf.stringEnd() - btf.firstStringOff(),
                header.layoutLen(),
                btf.typeCount() - btf.firstTypeId(),
                named,
                List.copyOf(kinds),
                largest.toList());
    }

    private static boolean[] composites() {
        boolean[] composites = new boolean[KINDS];
        for (int number = 0; number < KINDS; number++) {
            composites[number] = KindSet.COMPOSITES.has(BtfKind.of(number));
        }
        return composites;
    }

    /** The largest structs and unions so far; of those of one size the first come first. */
    private static final class Largest {
        private final FlatTypes types;
        private final int[] indexes;
        private final long[] sizes;
        private int count;

        Largest(FlatTypes types, int most) {
            this.types = types;
            this.indexes = new int[most];
            this.sizes = new long[most];
        }

        void add(int index, long size) {
            int at = count;
            if (count < sizes.length) {
                count++;
            } else if (at == 0 || size <= sizes[--at]) {
                return; // as for nearly all
            }
            for (; at > 0 && size > sizes[at - 1]; at--) {
                sizes[at] = sizes[at - 1];
                indexes[at] = indexes[at - 1];
            }
            sizes[at] = size;
            indexes[at] = index;
        }

        List<Composite> toList() {
            List<Composite> list = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int typeId = types.firstTypeId() + indexes[i];
                list.add(new Composite(typeId, types.name(typeId), sizes[i], types.vlen(typeId)));
            }
            return List.copyOf(list);
        }
    }

    /**
     * Returns how much of types and strings the strings are.
     *
     * @return the share, 0 to 1; 0 if there is neither
     */
    public double stringShare() {
        long both = (long) typeBytes + stringBytes;
        return both == 0 ? 0 : (double) stringBytes / both;
    }
}
