package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole kernel before deduplication: 4,350,059 types in 170 MB. */
@Tag("conformance")
class VmlinuxDedupConformance {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void shouldDoVmlinuxAsLibbpf(int threads) throws IOException {
        Btf input = BtfSource.load(OracleData.file("dedup/vmlinux.in.btf"));
        DedupResult result = new Deduplicator(DedupOptions.DEFAULT.withThreads(threads)).dedup(input);
        assertEquals(107_285, result.btf().typeCount());
        assertEquals(4_350_059, result.idMap().length);
        assertArrayEquals(
                Files.readAllBytes(OracleData.file("dedup/vmlinux.out.btf")), BtfWriter.toBytes(result.btf()));
    }

    /** Else its types would be compared one by one, on one thread. */
    @Test
    void shouldProveVmlinuxByUnits() throws IOException {
        Btf input = BtfSource.load(OracleData.file("dedup/vmlinux.in.btf"));
        Workers workers = new Workers(2);
        StringDedup strings = new StringDedup(input, null, workers, false);
        strings.run(new int[0]);
        TypeGraph graph = TypeGraph.of(input, strings.comparableWords(), null);
        assertNotNull(
                new UnitwiseDedup(graph, new Canonicals(graph), TypeHasher.STRONG, workers, (pass, done, total) -> {})
                        .run());
    }
}
