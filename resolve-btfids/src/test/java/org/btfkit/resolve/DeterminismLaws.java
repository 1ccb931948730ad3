package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.btfkit.BtfException;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.ElfVariant;

/** One resolver works on many objects, with any number of threads, as on each alone. */
class DeterminismLaws {
    private static Workbench bench;
    private static List<ExecutorService> pools;

    /** What one object came to. */
    private record Outcome(byte[] bytes, String told) {}

    @BeforeContainer
    static void open() {
        bench = new Workbench();
        pools = List.of(
                Executors.newSingleThreadExecutor(), Executors.newFixedThreadPool(2), Executors.newFixedThreadPool(8));
    }

    @AfterContainer
    static void close() {
        pools.forEach(ExecutorService::shutdownNow);
        bench.close();
    }

    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases();
    }

    @Property(tries = 1000)
    void threadsMakeNoDifference(@ForAll("cases") BtfIdsCase sample) {
        List<byte[]> objects = objects(sample);
        Reproducer reproducer = Reproducer.of("threadsMakeNoDifference");
        reproducer.input("btf1", sample.btf1());
        for (int i = 0; i < objects.size(); i++) {
            reproducer.input("object" + i + ".ko", objects.get(i));
        }
        reproducer.run(() -> {
            ResolveOptions options = bench.given(sample.btf1());
            List<Outcome> expected = run(objects, options, pools.get(0));
            for (ExecutorService pool : pools.subList(1, pools.size())) {
                List<Outcome> actual = run(objects, options, pool);
                for (int i = 0; i < objects.size(); i++) {
                    assertEquals(expected.get(i).told, actual.get(i).told);
                    assertArrayEquals(expected.get(i).bytes, actual.get(i).bytes);
                }
            }
        });
    }

    /** Fresh, resolved and stale ones, of several variants and orders of symbols. */
    private static List<byte[]> objects(BtfIdsCase sample) {
        BtfIdsObject object = sample.object();
        List<ElfVariant> variants = ElfVariant.all();
        return List.of(
                object.toBytes(),
                object.resolvedBytes(sample.ids1()),
                object.staleBytes(sample.ids1()),
                object.resolvedBytes(sample.ids2()),
                object.withSymbolSeed(object.idSymbols().size() + 1L)
                        .withVariant(variants.get(object.items().size()))
                        .toBytes());
    }

    private static List<Outcome> run(List<byte[]> objects, ResolveOptions options, ExecutorService pool)
            throws Exception {
        BtfIdsResolver resolver = new BtfIdsResolver(options);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            files.add(bench.write("object" + i + ".ko", objects.get(i)));
        }
        List<Future<String>> running = new ArrayList<>();
        for (Path file : files) {
            running.add(pool.submit(() -> resolve(resolver, file)));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            String told = running.get(i).get();
            outcomes.add(new Outcome(Files.readAllBytes(files.get(i)), told));
        }
        return outcomes;
    }

    private static String resolve(BtfIdsResolver resolver, Path file) throws IOException {
        Workbench.Log log = new Workbench.Log();
        try {
            ObjectReport report = resolver.resolve(file, null, log);
            return report + " " + log.warnings + log.notes + log.details;
        } catch (BtfException e) {
            return e.toString();
        }
    }
}
