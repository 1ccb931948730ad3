package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.transform.NameSorter;
import org.btfkit.transform.Permuter;
import org.btfkit.transform.RawBtfs;

/** Laws of comparing. */
class BtfDiffLaws {
    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(
                BtfArbitraries.btfs(BtfFlavor.ANY),
                BtfArbitraries.btfs(BtfFlavor.C_LIKE),
                BtfArbitraries.splitBtfs(BtfFlavor.ANY),
                BtfArbitraries.variedUnitBtfs());
    }

    @Provide
    Arbitrary<RawBtf> units() {
        return Arbitraries.oneOf(BtfArbitraries.unitBtfs(), BtfArbitraries.variedUnitBtfs());
    }

    private static Btf shuffled(Btf btf, Random random) {
        int first = btf.firstTypeId();
        List<Integer> ids = new ArrayList<>();
        for (int id = first; id < btf.typeCount(); id++) {
            ids.add(id);
        }
        Collections.shuffle(ids, random);
        int[] idMap = new int[btf.typeCount()];
        for (int id = 0; id < first; id++) {
            idMap[id] = id;
        }
        for (int i = 0; i < ids.size(); i++) {
            idMap[first + i] = ids.get(i);
        }
        return Permuter.permute(btf, idMap);
    }

    @Property(tries = 500)
    void orderDoesNotMatter(@ForAll("anything") RawBtf raw, @ForAll Random random) {
        Reproducer.of("orderDoesNotMatter").input("in", raw).run(() -> {
            Btf btf = RawBtfs.parse(raw);
            assertEquals(List.of(), BtfDiff.of(btf, shuffled(btf, random)).changes());
            assertEquals(List.of(), BtfDiff.of(btf, NameSorter.sort(btf).btf()).changes());
        });
    }

    @Property(tries = 500)
    void copiesDoNotMatter(@ForAll("units") RawBtf raw) {
        Reproducer.of("copiesDoNotMatter").input("in", raw).run(() -> {
            Btf btf = RawBtfs.parse(raw);
            Assume.that(!hasEnumOfNothing(btf) && !hasAmbiguousForward(btf));
            assertEquals(
                    List.of(),
                    BtfDiff.of(btf, new Deduplicator().dedup(btf).btf()).changes());
        });
    }

    /** Without name and values, which C does not have: deduplication takes it for any other one without a name. */
    private static boolean hasEnumOfNothing(Btf btf) {
        return IntStream.range(1, btf.typeCount())
                .anyMatch(id -> KindSet.ENUMS.has(btf.kind(id)) && btf.nameOff(id) == 0 && btf.vlen(id) == 0);
    }

    /**
     * Whether a forward declaration may stand for one of several structs or unions of its name. It stands for one here
     * and for another there, and what it stands for is the same: so deduplication, as libbpf's, may make one of both,
     * and a definition is gone.
     */
    private static boolean hasAmbiguousForward(Btf btf) {
        Variants variants = new Variants(btf, new Terms(btf.typeCount()));
        return IntStream.range(1, btf.typeCount())
                .filter(id -> btf.kind(id) == BtfKind.FWD)
                .anyMatch(id -> variants.named(variants.key(variants.of(id))).length > 1);
    }

    @Property(tries = 200)
    void otherSideIsTheMirror(@ForAll("anything") RawBtf one, @ForAll("anything") RawBtf other, @ForAll Random random) {
        Reproducer.of("otherSideIsTheMirror")
                .input("one", one)
                .input("other", other)
                .run(() -> {
                    Btf before = RawBtfs.parse(one);
                    Btf after = RawBtfs.parse(other);
                    BtfDiff diff;
                    try {
                        diff = BtfDiff.of(before, after);
                    } catch (BtfException refused) {
                        assertThrows(BtfException.class, () -> BtfDiff.of(after, before));
                        return;
                    }
                    assertEquals(
                            readable(diff.changes()),
                            readable(BtfDiff.of(after, before).mirrored().changes()));
                    // Which types are taken for one another does not depend on their ids either.
                    assertEquals(
                            headlines(diff.changes()),
                            headlines(BtfDiff.of(shuffled(before, random), shuffled(after, random))
                                    .changes()));
                });
    }

    /** Members in the order of one side may be in another one seen from the other. */
    private static List<String> readable(List<Change> changes) {
        return changes.stream().map(BtfDiffLaws::sorted).sorted().toList();
    }

    private static String sorted(Change change) {
        if (change instanceof Change.Composite composite) {
            List<String> members =
                    composite.members().stream().map(Object::toString).sorted().toList();
            List<String> causes =
                    composite.causes().stream().map(Object::toString).sorted().toList();
            return composite.subject() + " " + composite.beforeSize() + " " + composite.afterSize() + members
                    + composite.isRegrouped() + composite.isDirect() + causes + composite.tags();
        }
        return change.toString();
    }

    /** Sizes of what is in it are left out: of copies that look the same one may be of a larger {@code struct a}. */
    private static List<String> headlines(List<Change> changes) {
        return changes.stream()
                .map(change -> change.getClass().getSimpleName() + " "
                        + change.subject().title()
                        + (change instanceof Change.Lone lone ? " " + lone.isAdded() + " " + lone.text() : ""))
                .sorted()
                .toList();
    }

    /** What the program of a generated kernel, changed here and there, says of itself is what is found. */
    @Property(tries = 300)
    void editsAreFoundAndNothingElse(@ForAll Random random) {
        ModelKernel before = ModelKernel.random(random);
        ModelKernel after = before.edited(random);
        BtfDiff diff = BtfDiff.of(parse(before.encode(random)), parse(after.encode(random)));
        Map<String, String> found = new TreeMap<>();
        for (Change change : diff.changes()) {
            found.merge(change.subject().name(), ModelKernel.describe(change), (one, two) -> one + " twice: " + two);
        }
        assertEquals(ModelKernel.expected(before, after), found);
        assertEquals(
                new HashSet<>(found.keySet()),
                diff.changes().stream().map(change -> change.subject().name()).collect(Collectors.toSet()));
    }

    private static Btf parse(RawBtf raw) {
        return Btf.parse(raw.toBytes(), null, "model");
    }
}
