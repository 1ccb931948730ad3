package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of distilling, relocating, permuting, sorting and merging. */
class TransformLaws {
    @Provide
    Arbitrary<RawBtf> splits() {
        return Arbitraries.oneOf(BtfArbitraries.splitBtfs(BtfFlavor.C_LIKE), BtfArbitraries.splitUnitBtfs());
    }

    @Provide
    Arbitrary<RawBtf> anySplits() {
        return Arbitraries.oneOf(BtfArbitraries.splitBtfs(BtfFlavor.ANY), splits());
    }

    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(BtfArbitraries.btfs(BtfFlavor.ANY), BtfArbitraries.splitBtfs(BtfFlavor.ANY), splits());
    }

    @Provide
    Arbitrary<List<RawBtf>> pieces() {
        return BtfArbitraries.pieces();
    }

    private static byte[] bytes(Btf btf) {
        return BtfWriter.toBytes(btf);
    }

    /**
     * Distils a base, unless the BTF refers to what cannot be distilled, such as a tag of its own to a base's function.
     */
    private static Distilled distillIfPossible(Btf input) {
        try {
            return Distiller.distill(input);
        } catch (BtfException e) {
            assertTrue(e.getMessage().contains("of the base, cannot be distilled, but type ["), e.getMessage());
            Assume.that(false);
            throw e;
        }
    }

    private static Relocated relocateIfUnambiguous(Btf split, Btf onto) {
        try {
            return Relocator.relocate(split, onto);
        } catch (BtfException e) {
            assertTrue(e.getMessage().contains(" fit, expected one"), e.getMessage());
            Assume.that(false);
            throw e;
        }
    }

    @Property
    void distilledImageSaysTheSame(@ForAll("splits") RawBtf raw) {
        Reproducer.of("distilledImageSaysTheSame").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Distilled distilled = distillIfPossible(input);
            ImageChecker.check(input, distilled);
            assertEquals(input.order(), distilled.split().order());
            assertEquals(distilled.base(), distilled.split().base());
        });
    }

    @Property
    void relocationUndoesDistilling(@ForAll("splits") RawBtf raw) {
        Reproducer.of("relocationUndoesDistilling").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Distilled distilled = distillIfPossible(input);
            Relocated back = relocateIfUnambiguous(distilled.split(), input.base());
            int[] ids = distilled.idMap().clone();
            for (int id = 0; id < ids.length; id++) {
                boolean isInBase = ids[id] >= 0 && ids[id] < distilled.base().typeCount();
                ids[id] = ids[id] < 0 ? -1 : back.idMap()[ids[id]];
                assertTrue(!isInBase || ids[id] == id, "type [" + id + "] became [" + ids[id] + "]");
            }
            ImageChecker.check(input, back.btf(), ids);
            Distilled again = Distiller.distill(back.btf());
            assertArrayEquals(bytes(distilled.base()), bytes(again.base()));
            assertArrayEquals(bytes(distilled.split()), bytes(again.split()));
        });
    }

    /** What was kept besides leaves no trace in the types; only ids move. */
    @Property
    void keepingMoreAddsToTheBaseOnly(@ForAll("splits") RawBtf raw, @ForAll Random random) {
        Reproducer.of("keepingMoreAddsToTheBaseOnly").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            int[] keep = IntStream.range(1, input.firstTypeId())
                    .filter(id -> input.kind(id) == BtfKind.STRUCT || input.kind(id) == BtfKind.UNION)
                    .filter(id -> input.nameOff(id) != 0 && random.nextBoolean())
                    .toArray();
            Distilled plain = distillIfPossible(input);
            Distilled more = Distiller.distill(input, keep);
            ImageChecker.check(input, more);
            int[] added = Arrays.stream(keep)
                    .filter(id -> plain.idMap()[id] < 0)
                    .distinct()
                    .toArray();
            assertEquals(plain.base().typeCount() + added.length, more.base().typeCount());
            assertEquals(plain.split().typeCount() + added.length, more.split().typeCount());
            int before = 0;
            for (int id = 1; id < input.firstTypeId(); id++) {
                int newId = more.idMap()[id];
                if (newId > 0 && newId < more.base().typeCount()) {
                    assertEquals(++before, newId, "order of the base's types");
                }
            }
            for (int id : keep) {
                assertTrue(more.idMap()[id] > 0);
            }
        });
    }

    /** Whatever refers to whatever: there is a result or a message, and time and stack are bounded. */
    @Property
    void anythingEndsWithResultOrMessage(@ForAll("anySplits") RawBtf raw) {
        Reproducer.of("anythingEndsWithResultOrMessage").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            try {
                Relocator.relocate(Distiller.distill(input).split(), input.base());
            } catch (BtfException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        });
    }

    @Property
    void sortIsIdempotentAndSaysTheSame(@ForAll("anything") RawBtf raw) {
        Reproducer.of("sortIsIdempotentAndSaysTheSame").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Sorted sorted = NameSorter.sort(input);
            ImageChecker.check(input, sorted.btf(), sorted.idMap());
            assertArrayEquals(
                    bytes(sorted.btf()), bytes(NameSorter.sort(sorted.btf()).btf()));
            int[] oldIds = inverse(sorted.idMap());
            for (int id = input.firstTypeId() + 1; id < input.typeCount(); id++) {
                int order = Arrays.compareUnsigned(
                        sorted.btf().name(id - 1).getBytes(StandardCharsets.UTF_8),
                        sorted.btf().name(id).getBytes(StandardCharsets.UTF_8));
                assertTrue(order < 0 || order == 0 && oldIds[id - 1] < oldIds[id], "type [" + id + "]");
            }
        });
    }

    @Property
    void inversePermutationLeadsBack(@ForAll("anything") RawBtf raw, @ForAll Random random) {
        Reproducer.of("inversePermutationLeadsBack").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            List<Integer> own = new ArrayList<>(IntStream.range(input.firstTypeId(), input.typeCount())
                    .boxed()
                    .toList());
            Collections.shuffle(own, random);
            int[] idMap = IntStream.range(0, input.typeCount())
                    .map(id -> id < input.firstTypeId() ? id : own.get(id - input.firstTypeId()))
                    .toArray();
            Btf permuted = Permuter.permute(input, idMap);
            ImageChecker.check(input, permuted, idMap);
            assertArrayEquals(
                    bytes(Permuter.permute(
                            input, IntStream.range(0, input.typeCount()).toArray())),
                    bytes(Permuter.permute(permuted, inverse(idMap))));
        });
    }

    private static int[] inverse(int[] idMap) {
        int[] inverse = new int[idMap.length];
        for (int id = 0; id < idMap.length; id++) {
            inverse[idMap[id]] = id;
        }
        return inverse;
    }

    @Property
    void mergingInStepsChangesNothing(@ForAll("pieces") List<RawBtf> raws) {
        List<Btf> pieces = raws.stream().map(RawBtfs::parse).toList();
        Merged whole = Merger.merge(pieces);
        Btf steps = Merger.merge(pieces.subList(0, 1)).btf();
        for (int i = 0; i < pieces.size(); i++) {
            if (i > 0) {
                steps = Merger.merge(List.of(steps, pieces.get(i))).btf();
            }
            Btf piece = pieces.get(i);
            int offset = whole.idOffsets().get(i);
            int[] ids = IntStream.range(0, piece.typeCount())
                    .map(id -> id == 0 ? 0 : id + offset)
                    .toArray();
            ImageChecker.check(piece, whole.btf(), ids);
        }
        assertArrayEquals(bytes(whole.btf()), bytes(steps));
    }
}
