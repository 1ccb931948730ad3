package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dedup.DedupResult;
import org.btfkit.dedup.Deduplicator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Deduplication of a whole kernel, of one module, and of twenty modules on one base. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Tag("conformance")
public class DedupBenchmark {
    private static final int MODULES = 20;

    private List<Btf> modules;
    private BaseIndex index;

    /** What went in, for rates of types and bytes beside those of whole deduplications. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Input {
        /** Own types. */
        public long types;

        /** Bytes of types and strings. */
        public long bytes;

        private Btf count(Btf btf) {
            types += btf.typeCount() - btf.firstTypeId();
            bytes += 4L * btf.wordCount() + btf.stringEnd() - btf.firstStringOff();
            return btf;
        }
    }

    /** A kernel before deduplication. */
    @State(Scope.Benchmark)
    public static class Kernel {
        private Btf btf;

        /** Reads it. */
        @Setup(Level.Trial)
        public void setUp() {
            btf = KernelBtf.unmerged();
        }
    }

    /** Reads the modules and their base, and indexes it. */
    @Setup
    @BeforeEach
    public void setUp() {
        Btf base = KernelBtf.btf();
        index = BaseIndex.of(base);
        modules = KernelBtf.unmergedModules(base);
    }

    /** A whole kernel. */
    @Benchmark
    public DedupResult vmlinux(Kernel kernel, Input input) {
        return new Deduplicator().dedup(input.count(kernel.btf));
    }

    /** One module, and the index of its base. */
    @Benchmark
    public DedupResult module(Input input) {
        return new Deduplicator().dedup(input.count(modules.get(2)));
    }

    /** Twenty modules on a base that has been indexed. */
    @Benchmark
    public int twentyModules(Input input) {
        int types = 0;
        for (int i = 0; i < MODULES; i++) {
            types += new Deduplicator()
                    .dedup(input.count(modules.get(i % modules.size())), index)
                    .btf()
                    .typeCount();
        }
        return types;
    }

    @Test
    void shouldDeduplicateModules() {
        int types = 0;
        for (int i = 0; i < MODULES; i++) {
            Btf module = modules.get(i % modules.size());
            DedupResult result = new Deduplicator().dedup(module);
            assertTrue(result.btf().typeCount() < module.typeCount());
            types += result.btf().typeCount();
        }
        Input input = new Input();
        assertEquals(types, twentyModules(input));
        assertTrue(input.types > 20_000 && input.bytes > 12 * input.types, input.types + ", " + input.bytes);
    }
}
