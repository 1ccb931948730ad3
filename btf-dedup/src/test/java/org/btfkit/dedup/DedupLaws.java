package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.transform.ImageChecker;
import org.btfkit.transform.Merger;
import org.btfkit.transform.RawBtfs;

/** Laws of deduplication. */
class DedupLaws {
    private static final Deduplicator DEDUPLICATOR = new Deduplicator();

    private static Deduplicator withThreads(int count) {
        return new Deduplicator(DedupOptions.DEFAULT.withThreads(count));
    }

    @Provide
    Arbitrary<RawBtf> units() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, BtfArbitraries.unitBtfs()),
                Tuple.of(3, BtfArbitraries.splitUnitBtfs()),
                Tuple.of(2, BtfArbitraries.variedUnitBtfs()),
                Tuple.of(1, BtfArbitraries.btfs(BtfFlavor.C_LIKE)),
                Tuple.of(1, BtfArbitraries.splitBtfs(BtfFlavor.C_LIKE)));
    }

    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(BtfArbitraries.btfs(BtfFlavor.ANY), BtfArbitraries.splitBtfs(BtfFlavor.ANY), units());
    }

    @Provide
    Arbitrary<List<RawBtf>> pieces() {
        return BtfArbitraries.pieces();
    }

    private static byte[] bytes(DedupResult result) {
        return BtfWriter.toBytes(result.btf());
    }

    @Property
    void dedupIsIdempotent(@ForAll("units") RawBtf raw) {
        Reproducer.of("dedupIsIdempotent").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            DedupResult once = DEDUPLICATOR.dedup(input);
            // Resolving such a declaration late makes types equal that were compared before.
            Assume.that(!ImageChecker.hasAmbiguousForward(input, once.btf()));
            DedupResult twice = DEDUPLICATOR.dedup(once.btf());
            // Strings are in the order of their first use, which may have been by a type that is gone now.
            int first = once.btf().firstTypeId();
            int end = once.btf().typeCount();
            assertArrayEquals(IntStream.range(first, end).toArray(), Arrays.copyOfRange(twice.idMap(), first, end));
            ImageChecker.check(once.btf(), twice);
            assertArrayEquals(bytes(twice), bytes(DEDUPLICATOR.dedup(twice.btf())));
        });
    }

    @Property
    void imageSaysTheSame(@ForAll("units") RawBtf raw) {
        Reproducer.of("imageSaysTheSame").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            DedupResult result = DEDUPLICATOR.dedup(input);
            assertTrue(result.btf().typeCount() <= input.typeCount());
            Assume.that(!ImageChecker.hasAmbiguousForward(input, result.btf()));
            ImageChecker.check(input, result);
        });
    }

    @Property
    void collisionsChangeNothing(@ForAll("anything") RawBtf raw) {
        Reproducer.of("collisionsChangeNothing").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Outcome expected = Outcome.of(DEDUPLICATOR, input);
            Outcome.of(DEDUPLICATOR.withHasher(TypeHasher.COLLIDING), input).assertEqualTo(expected);
        });
    }

    @Property(tries = 300)
    void threadsChangeNothing(@ForAll("anything") RawBtf raw) {
        Reproducer.of("threadsChangeNothing").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Outcome expected = Outcome.of(withThreads(1), input);
            Outcome.of(withThreads(2), input).assertEqualTo(expected);
            Outcome.of(withThreads(8), input).assertEqualTo(expected);
            Outcome.of(withThreads(3).withUnitwiseFrom(0), input).assertEqualTo(expected);
        });
    }

    @Property(tries = 300)
    void dedupForgetsHowInputWasCut(@ForAll("pieces") List<RawBtf> raws) {
        List<Btf> pieces = raws.stream().map(RawBtfs::parse).toList();
        Btf input = Merger.merge(pieces).btf();
        Btf whole = DEDUPLICATOR.dedup(input).btf();
        Assume.that(!ImageChecker.hasAmbiguousForward(input, whole));
        Assume.that(!ImageChecker.hasAmbiguousEnum(input));
        List<Btf> small =
                pieces.stream().map(piece -> DEDUPLICATOR.dedup(piece).btf()).toList();
        assertEquals(
                ImageChecker.shapes(whole),
                ImageChecker.shapes(
                        DEDUPLICATOR.dedup(Merger.merge(small).btf()).btf()));
    }
}
