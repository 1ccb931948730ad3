package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import org.btfkit.BtfException;
import org.btfkit.btf.dump.CDumpOptions;
import org.btfkit.btf.dump.CDumper;
import org.btfkit.btf.dump.JsonDumper;
import org.btfkit.btf.dump.RawDumper;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.layout.LayoutPrinter;
import org.btfkit.btf.query.BtfStats;
import org.btfkit.btf.query.Closure;
import org.btfkit.btf.query.References;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;

/**
 * Whatever the bytes, everything that takes BTF gives a result or a {@link BtfException}, and gives it soon.
 *
 * <p>The inputs are the sample kernel, its module and generated graphs, each changed in one place to three. A failure
 * leaves the input in {@code target/failures}; {@code -Dbtfkit.fuzz.seed} sets where the sequence starts.
 */
class BtfFuzzLaws {
    /** Far more than any of these inputs, a few kilobytes long, needs on the slowest machine. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final long SEED = Long.getLong("btfkit.fuzz.seed", 20261122L);

    @Test
    void anyBytesGiveBtfOrOneKindOfException() {
        fuzz(4_000);
    }

    static void fuzz(int mutations) {
        Btf base = Btf.parse(SampleModule.vmlinuxBtf(), null, "sample base");
        List<byte[]> whole = new ArrayList<>();
        whole.add(SampleModule.vmlinuxBtf());
        Arbitrary<RawBtf> graphs = BtfArbitraries.btfs(BtfFlavor.ANY);
        for (int i = 0; i < 40; i++) {
            whole.add(graphs.sample().toBytes());
        }
        byte[] split = new RawElfReader(SampleModule.module()).bytes(".BTF");
        BtfMutator mutator = new BtfMutator(SEED);
        int parsed = 0;
        for (int i = 0; i < mutations; i++) {
            boolean isSplit = i % 3 == 0;
            byte[] input = mutator.mutate(isSplit ? split : whole.get(i % whole.size()));
            parsed += survives(input, isSplit ? base : null, i) ? 1 : 0;
        }
        assertTrue(parsed > mutations / 20, "only " + parsed + " of " + mutations + " still parse: too wild to tell");
    }

    /** Puts one input through everything; true if it parses. */
    private static boolean survives(byte[] input, Btf base, int number) {
        boolean[] parses = new boolean[1];
        Reproducer.of("BtfFuzzLaws")
                .input("mutation-" + SEED + "-" + number + ".btf", input)
                .run(() -> {
                    Btf btf;
                    try {
                        btf = Btf.parse(input, base, "fuzzed");
                    } catch (BtfException e) {
                        return;
                    }
                    parses[0] = true;
                    assertTimeoutPreemptively(SOON, () -> useAll(btf));
                });
        return parses[0];
    }

    private static void useAll(Btf btf) {
        attempt(() -> KernelValidator.kernel(btf));
        attempt(() -> writeAndReadBack(btf));
        attempt(() -> new RawDumper(btf).dump(new Sink()));
        attempt(() -> new JsonDumper(btf, true).dump(new Sink()));
        attempt(() -> new CDumper(btf, CDumpOptions.DEFAULT.withSorted(true)).dump(new Sink()));
        attempt(() -> new CDumper(btf, CDumpOptions.DEFAULT.withSorted(false)).dump(new Sink()));
        attempt(() -> BtfStats.of(btf, 5));
        attempt(() -> References.of(btf).count(btf.typeCount() - 1));
        TypeSizes sizes = new TypeSizes(btf);
        LayoutPrinter layouts = new LayoutPrinter(btf, LayoutOptions.DEFAULT.withExpand(true));
        for (int typeId = btf.firstTypeId(); typeId < btf.typeCount(); typeId++) {
            int id = typeId;
            btf.type(id);
            attempt(() -> sizes.sizeOf(id));
            attempt(() -> sizes.alignOf(id));
            attempt(() -> Closure.of(btf, Closure.Pointers.FOLLOW, id));
            if (btf.kind(id) == BtfKind.STRUCT || btf.kind(id) == BtfKind.UNION) {
                attempt(() -> layouts.print(id));
            }
        }
    }

    private static void writeAndReadBack(Btf btf) {
        byte[] bytes = BtfWriter.toBytes(btf);
        assertArrayEquals(bytes, BtfWriter.toBytes(Btf.parse(bytes, btf.base(), "written")));
    }

    /** Something that may refuse the input, but in one way only. */
    private interface Use {
        void run() throws IOException;
    }

    private static void attempt(Use use) {
        try {
            use.run();
        } catch (BtfException | Sink.FullException e) {
            // A refusal is an answer; so is output that a cyclic or exponential type makes long.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Output that ends after some megabytes. */
    private static final class Sink extends OutputStream {
        private static final long MOST = 4 << 20;

        private long written;

        static final class FullException extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }

        @Override
        public void write(int value) {
            add(1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            add(length);
        }

        private void add(int length) {
            written += length;
            if (written > MOST) {
                throw new FullException();
            }
        }
    }
}
