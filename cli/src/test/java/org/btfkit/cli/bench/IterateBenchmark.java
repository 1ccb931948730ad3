package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.Closure;
import org.btfkit.btf.query.References;
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

/** Walking over all types of a kernel. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Tag("conformance")
public class IterateBenchmark {
    private Btf btf;

    /** Parses the kernel's BTF. */
    @Setup
    @BeforeEach
    public void setUp() {
        btf = KernelBtf.btf();
    }

    /** By words, as the library does. */
    @Benchmark
    public long flatMembers() {
        long members = 0;
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) == BtfKind.STRUCT) {
                members += btf.vlen(typeId);
            }
        }
        return members;
    }

    /** By records. */
    @Benchmark
    public long recordMembers() {
        long members = 0;
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.type(typeId) instanceof BtfType.Struct struct) {
                members += struct.members().size();
            }
        }
        return members;
    }

    /** All references turned round. */
    @Benchmark
    public References references() {
        return References.of(btf);
    }

    /** All that task_struct needs. */
    @Benchmark
    public int closure() {
        return Closure.of(btf, Closure.Pointers.FOLLOW, btf.find(BtfKind.STRUCT, "task_struct")).length;
    }

    @Test
    void shouldWalkKernel() {
        assertEquals(flatMembers(), recordMembers());
        assertTrue(references().count(0) > 0);
        assertTrue(closure() > 1000);
    }
}
