package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Form;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.tool.Libbpf;

/** Generated BTF is distilled, relocated and permuted as libbpf does it, which runs beside. */
@Tag("conformance")
@AddLifecycleHook(LibbpfTransformConformance.NeedsLibbpf.class)
class LibbpfTransformConformance {
    /** Leaves the properties out where there is no libbpf to compare with. */
    static final class NeedsLibbpf implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return Libbpf.shortcoming().map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
        }
    }

    /** Split BTF, and a base that it may be put on. */
    record Pair(RawBtf split, RawBtf onto) {}

    /** Onto its own base, onto the same types in another order, and onto other types that share names. */
    @Provide
    Arbitrary<Pair> pairs() {
        Arbitrary<BtfGraph> graphs =
                Arbitraries.oneOf(BtfArbitraries.splitGraphs(BtfFlavor.C_LIKE), BtfArbitraries.unitGraphs());
        return Combinators.combine(
                        graphs,
                        BtfArbitraries.forms(),
                        Arbitraries.integers().between(0, 3),
                        BtfArbitraries.graphs(BtfFlavor.C_LIKE))
                .as((graph, form, which, other) -> new Pair(
                        graph.encodeSplit(form).btf(),
                        which == 0
                                ? other.encodeWhole(form).btf()
                                : which == 1 ? graph.encodeBase(form).btf() : turned(graph, form)))
                .withoutEdgeCases();
    }

    private static RawBtf turned(BtfGraph graph, Form form) {
        List<Integer> places =
                IntStream.range(0, graph.nodes().size()).map(i -> -i).boxed().toList();
        return new BtfGraph(graph.nodes(), places, graph.baseCount())
                .encodeBase(form)
                .btf();
    }

    @Provide
    Arbitrary<RawBtf> anything() {
        return Arbitraries.oneOf(BtfArbitraries.btfs(BtfFlavor.ANY), BtfArbitraries.splitBtfs(BtfFlavor.ANY));
    }

    private static Path write(Scratch scratch, String name, RawBtf raw) throws IOException {
        return Files.write(scratch.resolve(name), raw.toBytes());
    }

    /** A comparison, with a folder of its own: shrinking may leave one running. */
    private interface Comparison {
        void run(Scratch scratch) throws IOException;
    }

    private static void compare(Reproducer reproducer, Comparison comparison) {
        reproducer.run(() -> {
            try (Scratch scratch = Scratch.create()) {
                comparison.run(scratch);
            }
        });
    }

    /** Returns what an operation makes, null if it refuses with one line. */
    private static <T> T result(Supplier<T> operation) {
        try {
            return operation.get();
        } catch (BtfException e) {
            assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
            return null;
        }
    }

    private static void assertSame(boolean libbpfDoes, Path expected, Btf actual) throws IOException {
        assertTrue(libbpfDoes == (actual != null), "libbpf does: " + libbpfDoes);
        if (libbpfDoes) {
            assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(actual));
        }
    }

    @Property(tries = 500)
    void baseIsDistilledAndRelocatedAsByLibbpf(@ForAll("pairs") Pair pair) {
        Reproducer reproducer = Reproducer.of("baseIsDistilledAndRelocatedAsByLibbpf")
                .input("in", pair.split)
                .input("onto", pair.onto);
        compare(reproducer, scratch -> {
            Btf input = RawBtfs.parse(pair.split);
            Path base = write(scratch, "base", pair.split.base());
            Path split = write(scratch, "split", pair.split);
            Path onto = write(scratch, "onto", pair.onto);
            Path newBase = scratch.resolve("new_base");
            Path newSplit = scratch.resolve("new_split");
            boolean done = Libbpf.distill(base, split, newBase, newSplit);
            Distilled distilled = result(() -> Distiller.distill(input));
            assertSame(done, newBase, distilled == null ? null : distilled.base());
            if (distilled != null && !isLostByLibbpf(input, distilled)) {
                assertSame(true, newSplit, distilled.split());
                relocate(distilled.split(), RawBtfs.parse(pair.onto), newBase, newSplit, onto);
            }
            relocate(input, RawBtfs.parse(pair.onto), base, split, onto);
        });
    }

    /**
     * Where nothing is left for the distilled base, libbpf takes the split BTF for it and leaves out what should be
     * there: references then lead nowhere.
     */
    private static boolean isLostByLibbpf(Btf input, Distilled distilled) {
        int own = input.typeCount() - input.firstTypeId();
        return distilled.base().typeCount() == 1 && distilled.split().typeCount() > 1 + own;
    }

    private static void relocate(Btf split, Btf onto, Path base, Path splitFile, Path ontoFile) throws IOException {
        Path out = ontoFile.resolveSibling("out");
        boolean done = Libbpf.relocate(base, splitFile, ontoFile, out);
        Relocated relocated = result(() -> Relocator.relocate(split, onto));
        assertSame(done, out, relocated == null ? null : relocated.btf());
    }

    @Property(tries = 300)
    void anythingIsPermutedAsByLibbpf(@ForAll("anything") RawBtf raw) {
        Reproducer reproducer = Reproducer.of("anythingIsPermutedAsByLibbpf").input("in", raw);
        compare(reproducer, scratch -> {
            Btf input = RawBtfs.parse(raw);
            Path base = raw.base() == null ? null : write(scratch, "base", raw.base());
            int[] ids = NameSorter.sort(input).idMap();
            int[] given = base == null ? ids : Arrays.copyOfRange(ids, input.firstTypeId(), ids.length);
            Path out = scratch.resolve("out");
            assertTrue(Libbpf.permute(base, write(scratch, "in", raw), given, out));
            assertSame(true, out, Permuter.permute(input, ids));
        });
    }
}
