package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.load.LoadAnswer;
import org.btfkit.btf.load.LoadVerdict;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.kernel.CoreOracle;
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

/** CO-RE: all of Debian's BPF objects in the oracle data on one kernel. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Tag("conformance")
public class CoreBenchmark {
    private final List<BpfObject> objects = new ArrayList<>();
    private Btf kernel;
    private CoreTarget target;

    /** Reads the objects and indexes the kernel. */
    @Setup
    @BeforeEach
    public void setUp() throws IOException {
        for (Path file : CoreOracle.files(CoreOracle.debianObjects(), ".bpf.o")) {
            objects.add(BpfObject.read(file));
        }
        kernel = KernelBtf.btf();
        target = CoreTarget.of(kernel, List.of());
    }

    /** Indexes the kernel, which is done once for all objects. */
    @Benchmark
    public CoreTarget index() {
        return CoreTarget.of(kernel, List.of());
    }

    /** Finds a value, or none, for each relocation of each object; gives how many there are. */
    @Benchmark
    public int relocate() {
        int relocations = 0;
        for (BpfObject object : objects) {
            relocations += CoreRelocator.of(object).on(target).size();
        }
        return relocations;
    }

    /** The same, and follows the programs to see which objects load; gives how many do not. */
    @Benchmark
    public int judge() {
        int refused = 0;
        for (BpfObject object : objects) {
            CoreResults results = CoreRelocator.of(object).on(target);
            if (LoadVerdict.of(results).answer() == LoadAnswer.NO) {
                refused++;
            }
        }
        return refused;
    }

    @Test
    void shouldJudgeAllObjects() {
        assertEquals(107_332, index().vmlinux().typeCount());
        assertTrue(relocate() > objects.size());
        assertTrue(judge() > 0 && judge() < objects.size());
    }
}
