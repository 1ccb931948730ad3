package org.btfkit.compare;

import java.util.List;
import java.util.function.Predicate;
import org.btfkit.btf.Btf;

/**
 * What is different between two BTFs, as who uses their types sees it.
 *
 * <p>Types are known by kind and name; ids, the order of types, strings and copies of types that say the same do not
 * matter. What has no name is part of what refers to it. Who refers to a type with a name is not changed when that type
 * is: so a new member of {@code struct page} is one change, not ten thousand. Of structs that contain one whose size
 * has changed, which stand elsewhere now, the change says {@linkplain Change.Composite#causes what it follows from}.
 *
 * <p>Of split BTF own types are compared; one that was own and is the base's now, or the other way round, is looked for
 * there. Not compared: where variables stand in sections, which is the linker's doing, and the order of enumerators.
 *
 * <pre>{@code
 * BtfDiff diff = BtfDiff.of(BtfSource.load(old), BtfSource.load(now));
 * for (Change change : diff.changes()) {
 *     System.out.println(change.subject().title() + ": " + change.impact());
 * }
 * }</pre>
 *
 * @param before the old BTF
 * @param after the new BTF
 * @param changes all changes, by kind and name
 */
public record BtfDiff(Side before, Side after, List<Change> changes) {
    /**
     * One of the two.
     *
     * @param source where it came from
     * @param kernelRelease of which kernel it is, or for which; null if that is not known
     * @param typeCount how many types it has, without the base's
     */
    public record Side(String source, String kernelRelease, int typeCount) {
        private static Side of(Btf btf) {
            return new Side(btf.source(), btf.kernelRelease(), btf.typeCount() - btf.firstTypeId());
        }
    }

    /**
     * Compares two BTFs. Takes time and memory linear in both and in what is different.
     *
     * @param before the old one
     * @param after the new one
     * @return the difference
     * @throws org.btfkit.BtfException if types that differ are nested deeper than a compiler would
     */
    public static BtfDiff of(Btf before, Btf after) {
        return new BtfDiff(Side.of(before), Side.of(after), new BtfDiffer(before, after).changes());
    }

    /**
     * Leaves changes out.
     *
     * @param wanted which to keep
     * @return a difference of only these
     */
    public BtfDiff only(Predicate<Change> wanted) {
        return new BtfDiff(before, after, changes.stream().filter(wanted).toList());
    }

    /** {@return whether nothing is different} */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** {@return the same, seen from the other side} */
    public BtfDiff mirrored() {
        return new BtfDiff(after, before, changes.stream().map(Change::mirrored).toList());
    }
}
