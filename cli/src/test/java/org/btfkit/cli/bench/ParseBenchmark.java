package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From bytes to a BTF that can be asked for names; cold is what a command does that runs once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Tag("conformance")
public class ParseBenchmark {
    private Path file;
    private byte[] bytes;

    /** Reads the kernel's BTF. */
    @Setup
    @BeforeEach
    public void setUp() {
        file = KernelBtf.file();
        bytes = KernelBtf.bytes();
    }

    /** Parses what is in memory. */
    @Benchmark
    public Btf parse() {
        return Btf.parse(bytes, null, "vmlinux");
    }

    /** Reads, parses, and builds the index of names. */
    @Benchmark
    public int loadAndIndex() throws IOException {
        return BtfSource.load(file).find(BtfKind.STRUCT, "task_struct");
    }

    /** The same for the first time in a JVM. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Fork(10)
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int loadAndIndexCold() throws IOException {
        return loadAndIndex();
    }

    @Test
    void shouldParseKernel() throws IOException {
        assertTrue(parse().typeCount() > 100_000);
        assertTrue(loadAndIndex() > 0);
        assertEquals(loadAndIndex(), loadAndIndexCold());
    }

    /** The BTF's bytes on the heap are at most six times those of the file; in truth less than two. */
    @Test
    void shouldKeepSmall() {
        long before = usedBytes();
        Btf btf = parse();
        btf.find(BtfKind.STRUCT, "task_struct");
        long used = usedBytes() - before;
        assertTrue(btf.typeCount() > 0 && used < 6L * bytes.length, () -> used + " bytes for " + bytes.length);
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
