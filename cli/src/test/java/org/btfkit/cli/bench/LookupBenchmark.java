package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.BtfSearch;
import org.btfkit.btf.query.MemberPath;
import org.btfkit.btf.query.TypeSizes;
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

/** Finding types and members by name. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Tag("conformance")
public class LookupBenchmark {
    private Btf btf;
    private TypeSizes sizes;
    private BtfSearch search;

    /** Parses the kernel's BTF, and has the index of names built. */
    @Setup
    @BeforeEach
    public void setUp() {
        btf = KernelBtf.btf();
        btf.find(BtfKind.STRUCT, "task_struct");
        sizes = new TypeSizes(btf);
        search = BtfSearch.glob("tcp_*sock");
    }

    /** A name that there is. */
    @Benchmark
    public int hit() {
        return btf.find(BtfKind.FUNC, "tcp_v4_connect");
    }

    /** A name that there is not. */
    @Benchmark
    public int miss() {
        return btf.find(BtfKind.FUNC, "no_such_function");
    }

    /** A member of a member. */
    @Benchmark
    public long memberPath() {
        return MemberPath.find(sizes, "task_struct.se.vruntime").offsetBits();
    }

    /** A pattern over all names. */
    @Benchmark
    public int glob() {
        return search.in(btf).length;
    }

    @Test
    void shouldFind() {
        assertTrue(hit() > 0);
        assertEquals(0, miss());
        assertEquals(8 * 240, memberPath());
        assertTrue(glob() > 0);
    }
}
