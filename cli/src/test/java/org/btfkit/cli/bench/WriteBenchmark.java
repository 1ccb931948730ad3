package org.btfkit.cli.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.dump.CDumper;
import org.btfkit.btf.dump.JsonDumper;
import org.btfkit.btf.dump.RawDumper;
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

/** From a kernel's BTF to something else: bytes, a copy built type by type, text. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Tag("conformance")
public class WriteBenchmark {
    private byte[] bytes;
    private Btf btf;

    /** Parses the kernel's BTF. */
    @Setup
    @BeforeEach
    public void setUp() {
        bytes = KernelBtf.bytes();
        btf = KernelBtf.btf();
    }

    /** Writes it in its own form. */
    @Benchmark
    public byte[] write() {
        return BtfWriter.toBytes(btf);
    }

    /** Appends it to an empty one: ids and strings are mapped. */
    @Benchmark
    public Btf build() {
        BtfBuilder builder = BtfBuilder.create(btf.order());
        builder.append(btf);
        return builder.build();
    }

    /** Dumps it as raw text. */
    @Benchmark
    public long dumpRaw() throws IOException {
        CountingOutput out = new CountingOutput();
        new RawDumper(btf).dump(out);
        return out.count;
    }

    /** Dumps it as JSON. */
    @Benchmark
    public long dumpJson() throws IOException {
        CountingOutput out = new CountingOutput();
        new JsonDumper(btf, false).dump(out);
        return out.count;
    }

    /** Dumps it as a C header. */
    @Benchmark
    public long dumpC() throws IOException {
        CountingOutput out = new CountingOutput();
        new CDumper(btf).dump(out);
        return out.count;
    }

    @Test
    void shouldWriteKernel() throws IOException {
        assertArrayEquals(bytes, write());
        assertEquals(btf.typeCount(), build().typeCount());
        assertTrue(dumpRaw() > bytes.length);
        assertTrue(dumpJson() > bytes.length);
        assertTrue(dumpC() > 1_000_000);
    }

    /** Counts what it is given. */
    private static final class CountingOutput extends OutputStream {
        private long count;

        @Override
        public void write(int value) {
            count++;
        }

        @Override
        public void write(byte[] data, int from, int length) {
            count += length;
        }
    }
}
