package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;

/** Generated objects against the kernel's C tool itself. */
@Tag("conformance")
@WithWorkbench
class ResolveConformance {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> casesForTheCTool() {
        return BtfIdsArbitraries.casesForTheCTool();
    }

    /** Law 5. */
    @Property(tries = 1000)
    void matchesTheCToolOnFreshObjects(@ForAll("casesForTheCTool") BtfIdsCase sample) {
        byte[] fresh = sample.object1().toBytes();
        Reproducer.of("matchesTheCToolOnFreshObjects")
                .input("object.ko", fresh)
                .input("btf1", sample.btf1())
                .run(() -> {
                    byte[] actual =
                            bench.resolve(fresh, bench.own(sample.btf1())).orThrow();
                    assertArrayEquals(ids(runCTool(fresh, sample.btf1())), ids(actual));
                });
    }

    /** What the C tool has resolved and sorted comes out as if it had never been there. */
    @Property(tries = 1000)
    void undoesTheDamageOfTheCTool(@ForAll("casesForTheCTool") BtfIdsCase sample) {
        byte[] fresh = sample.object1().toBytes();
        Reproducer.of("undoesTheDamageOfTheCTool")
                .input("object.ko", fresh)
                .input("btf1", sample.btf1())
                .run(() -> {
                    ResolveOptions options = bench.own(sample.btf1());
                    byte[] expected = bench.resolve(fresh, options).orThrow();
                    byte[] stale = runCTool(fresh, sample.btf1());
                    assertArrayEquals(expected, bench.resolve(stale, options).orThrow());
                });
    }

    private static byte[] runCTool(byte[] object, RawBtf btf) throws Exception {
        Path file = bench.write("c-tool.ko", object);
        Path base =
                btf.base() == null ? null : bench.write("c-tool.btf", btf.base().toBytes());
        CResolveBtfids.run(file, base).orThrow();
        return Files.readAllBytes(file);
    }

    private static byte[] ids(byte[] file) {
        return new RawElfReader(file).bytes(".BTF_ids");
    }
}
