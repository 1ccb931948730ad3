package org.btfkit.btf.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
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
        TreeMap<Integer, Kind> kinds = new TreeMap<>();
        Comparator<Composite> bySize = Comparator.comparingLong(Composite::sizeBytes)
                .thenComparing(Composite::typeId, Comparator.reverseOrder());
        PriorityQueue<Composite> largest = new PriorityQueue<>(bySize);
        int named = 0;
        for (int typeId = btf.firstTypeId(); typeId < btf.typeCount(); typeId++) {
            int number = Words.kind(btf.info(typeId));
            BtfKind kind = BtfKind.of(number);
            int elements = kind != null && kind.elementWords() != 0 ? btf.vlen(typeId) : 0;
            Kind one = new Kind(number, BtfKind.nameOf(number), 1, elements, 4L * btf.wordCount(typeId));
            kinds.merge(number, one, BtfStats::sum);
            named += btf.nameOff(typeId) != 0 ? 1 : 0;
            if (KindSet.COMPOSITES.has(kind)) {
                long size = Words.unsigned(btf.sizeOrType(typeId));
                largest.add(new Composite(typeId, btf.name(typeId), size, elements));
                if (largest.size() > largestCount) {
                    largest.remove();
                }
            }
        }
        List<Composite> sorted = new ArrayList<>(largest);
        sorted.sort(bySize.reversed());
        BtfHeader header = btf.header();
        return new BtfStats(
                header.headerLength(),
                4 * btf.wordCount(),
                btf.stringEnd() - btf.firstStringOff(),
                header.layoutLen(),
                btf.typeCount() - btf.firstTypeId(),
                named,
                List.copyOf(kinds.values()),
                List.copyOf(sorted));
    }

    private static Kind sum(Kind a, Kind b) {
        return new Kind(a.number, a.name, a.count + b.count, a.elements + b.elements, a.bytes + b.bytes);
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
