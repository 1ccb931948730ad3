package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.transform.RawBtfs;

/** What is merged by names and proven is what comparing types one by one merges. */
class UnitwiseDedupLaws {
    private static final Deduplicator ONE_BY_ONE = new Deduplicator().withUnitwiseFrom(Integer.MAX_VALUE);

    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(
                BtfArbitraries.unitBtfs(), BtfArbitraries.variedUnitBtfs(), BtfArbitraries.btfs(BtfFlavor.ANY));
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs().between(0, 1L << 40);
    }

    /** Returns the id map, or null if nothing is proven. */
    private static int[] unitwise(Btf input, TypeHasher hasher, int threads) {
        Workers workers = new Workers(threads, 1);
        StringDedup strings = new StringDedup(input, null, workers, false);
        strings.run(new int[0]);
        TypeGraph graph = TypeGraph.of(input, strings.comparableWords(), null);
        Compaction result =
                new UnitwiseDedup(graph, new Canonicals(graph), hasher, workers, (pass, done, total) -> {}).run();
        return result == null ? null : result.newIds();
    }

    @Property(tries = 3000)
    void unitsAreMergedAsOneByOne(@ForAll("seeds") long seed, @ForAll @IntRange(max = 2) int wildness) {
        RawBtf raw = UnitSources.of(seed, wildness);
        Reproducer.of("unitsAreMergedAsOneByOne").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            int[] merged = unitwise(input, TypeHasher.STRONG, 1);
            if (merged != null) {
                assertArrayEquals(ONE_BY_ONE.dedup(input).idMap(), merged);
            }
            Statistics.label("wildness " + wildness)
                    .collect(merged != null)
                    .coverage(checker -> checker.check(true).percentage(share -> share > 30));
        });
    }

    @Property(tries = 1000)
    void partsChangeNothing(@ForAll("seeds") long seed, @ForAll @IntRange(min = 2, max = 8) int threads) {
        RawBtf raw = UnitSources.of(seed, 1);
        Reproducer.of("partsChangeNothing").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            int[] merged = unitwise(input, TypeHasher.STRONG, threads);
            if (merged != null) {
                assertArrayEquals(ONE_BY_ONE.dedup(input).idMap(), merged);
            }
            Statistics.collect(merged != null);
            Statistics.coverage(checker -> checker.check(true).percentage(share -> share > 30));
        });
    }

    @Property(tries = 1000)
    void collisionsChangeNothing(@ForAll("seeds") long seed) {
        RawBtf raw = UnitSources.of(seed, 1);
        Reproducer.of("unitwiseCollisionsChangeNothing").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            assertArrayEquals(unitwise(input, TypeHasher.STRONG, 2), unitwise(input, TypeHasher.COLLIDING, 2));
        });
    }

    /** Types without sense, too; where that fails, it is with the message of the usual passes. */
    @Property(tries = 1000)
    void anythingIsMergedAsOneByOne(@ForAll("anything") RawBtf raw, @ForAll @IntRange(min = 1, max = 3) int threads) {
        Reproducer.of("anythingIsMergedAsOneByOne").input("in", raw).run(() -> {
            Btf input = RawBtfs.parse(raw);
            Deduplicator deduplicator = new Deduplicator(DedupOptions.DEFAULT.withThreads(threads)).withUnitwiseFrom(0);
            Outcome.of(deduplicator, input).assertEqualTo(Outcome.of(ONE_BY_ONE, input));
        });
    }

    @Property(tries = 100)
    void namesOfOneMeaningAreProven(@ForAll @IntRange(max = 1 << 20) int seed) {
        // Without declarations, orders and variants: a unit repeated.
        RawBtf raw = RawBtf.littleEndian();
        for (int unit = 0; unit < 3; unit++) {
            int number = raw.addInt("int", 4, RawBtf.SIGNED);
            int next = raw.nextId();
            raw.addPtr(next + 1);
            raw.addStruct(
                    "list" + seed % 7, 16, RawBtf.Member.of("next", next, 0), RawBtf.Member.of("item", number, 64));
        }
        assertNotNull(unitwise(RawBtfs.parse(raw), TypeHasher.STRONG, 1 + seed % 3));
    }
}
