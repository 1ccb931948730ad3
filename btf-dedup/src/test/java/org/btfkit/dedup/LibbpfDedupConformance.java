package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.transform.RawBtfs;

/** Generated BTF is deduplicated as libbpf does it, which runs beside. */
@Tag("conformance")
class LibbpfDedupConformance {
    private static LibbpfDedup libbpf;

    private static synchronized LibbpfDedup libbpf() {
        if (libbpf == null) {
            libbpf = new LibbpfDedup();
        }
        return libbpf;
    }

    @AfterContainer
    static void close() {
        if (libbpf != null) {
            libbpf.close();
            libbpf = null;
        }
    }

    @Provide
    Arbitrary<RawBtf> units() {
        return Arbitraries.oneOf(
                BtfArbitraries.unitBtfs(), BtfArbitraries.splitUnitBtfs(), BtfArbitraries.variedUnitBtfs());
    }

    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(BtfArbitraries.btfs(BtfFlavor.ANY), BtfArbitraries.splitBtfs(BtfFlavor.ANY));
    }

    @Property(tries = 1000)
    void unitsAreDeduplicatedAsByLibbpf(@ForAll("units") RawBtf raw) {
        Assume.that(libbpf().isRecent() || raw.order() == ByteOrder.nativeOrder());
        Reproducer.of("unitsAreDeduplicatedAsByLibbpf").input("in", raw).run(() -> compare(raw));
    }

    /** Units that are merged by name where that is proven to be the same, as are those of real kernels. */
    @Property(tries = 1000)
    void unitsMergedByNameAreDeduplicatedAsByLibbpf(
            @ForAll @LongRange(max = 1L << 40) long seed, @ForAll @IntRange(max = 2) int wildness) {
        RawBtf raw = UnitSources.of(seed, wildness);
        Reproducer.of("unitsMergedByNameAreDeduplicatedAsByLibbpf")
                .input("in", raw)
                .run(() -> {
                    Deduplicator byName = new Deduplicator(DedupOptions.DEFAULT.withThreads(2)).withUnitwiseFrom(0);
                    if (libbpf().isRecent()) {
                        compare(raw, byName);
                    } else {
                        // An old one takes other types for equal; then those merged one by one are the measure.
                        Btf input = RawBtfs.parse(raw);
                        assertArrayEquals(
                                Outcome.of(new Deduplicator(), input).bytes(),
                                Outcome.of(byName, input).bytes());
                    }
                });
    }

    /**
     * Types that refer to each other without sense, in circles too. Where libbpf breaks, any result or error is right.
     */
    @Property(tries = 1000)
    void anythingIsDeduplicatedAsByLibbpf(@ForAll("anything") RawBtf raw) {
        Assume.that(libbpf().isRecent() || raw.order() == ByteOrder.nativeOrder());
        Reproducer.of("anythingIsDeduplicatedAsByLibbpf").input("in", raw).run(() -> compare(raw));
    }

    private static void compare(RawBtf raw) {
        compare(raw, new Deduplicator());
    }

    private static void compare(RawBtf raw, Deduplicator deduplicator) {
        Btf input = RawBtfs.parse(raw);
        LibbpfDedup.Output expected = libbpf().run(raw);
        Outcome outcome = Outcome.of(deduplicator, input);
        if (expected.isBroken()) {
            return;
        }
        if (expected.exitCode() == LibbpfDedup.Output.NOT_DEDUPLICATED) {
            assertTrue(outcome.failure() != null || !libbpf().isRecent(), "libbpf fails");
            return;
        }
        assertEquals(0, expected.exitCode());
        assertEquals(null, outcome.failure());
        if (libbpf().isRecent()) {
            assertArrayEquals(expected.bytes(), outcome.bytes());
        } else {
            Btf result = Btf.parse(outcome.bytes(), input.base(), "result");
            assertTrue(result.typeCount() <= expected.typeCount());
        }
    }
}
