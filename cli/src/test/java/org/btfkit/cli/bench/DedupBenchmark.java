package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfSource;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dedup.DedupResult;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.OracleData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class DedupBenchmark {
    private static final String[] NAMES = {"fou", "kvm", "nf_conntrack"};
    private static final int MODULES = 20;

    private final Btf[] modules = new Btf[NAMES.length];
    private BaseIndex index;

    /** A kernel before deduplication: 4,350,059 types, 170 MB. */
    @State(Scope.Benchmark)
    public static class Kernel {
        private Btf btf;

        /** Reads it. */
        @Setup(Level.Trial)
        public void setUp() throws IOException {
            btf = BtfSource.load(OracleData.file("dedup/vmlinux.in.btf"));
        }
    }

    /** Reads the modules and their base, and indexes it. */
    @Setup
    @BeforeEach
    public void setUp() throws IOException {
        Btf base = KernelBtf.btf();
        index = BaseIndex.of(base);
        for (int i = 0; i < NAMES.length; i++) {
            modules[i] = BtfSource.load(OracleData.file("dedup/" + NAMES[i] + ".split.in.btf"), base);
        }
    }

    /** A whole kernel. */
    @Benchmark
    public DedupResult vmlinux(Kernel kernel) {
        return new Deduplicator().dedup(kernel.btf);
    }

    /** One module, and the index of its base. */
    @Benchmark
    public DedupResult module() {
        return new Deduplicator().dedup(modules[2]);
    }

    /** Twenty modules on a base that has been indexed. */
    @Benchmark
    public int twentyModules() {
        int types = 0;
        for (int i = 0; i < MODULES; i++) {
            types += new Deduplicator()
                    .dedup(modules[i % modules.length], index)
                    .btf()
                    .typeCount();
        }
        return types;
    }

    @Test
    void shouldDeduplicateModules() {
        assertEquals(107_978, module().btf().typeCount());
        assertEquals(7 * (107_412 + 111_493) + 6 * 107_978, twentyModules());
    }
}
