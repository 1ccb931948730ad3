package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deduplication gives what libbpf gives, byte for byte. */
@Tag("conformance")
class RecordedDedupConformance {
    private static final Pattern STEP = Pattern.compile(
            "\\{\"op\": \"dedup\", \"base\": \"(.*?)\", \"in\": \"(.*?)\", \"out\": \"(.*?)\", \"rc\": 0}");

    static void assertSame(Path expected, Btf input, TypeHasher hasher) throws IOException {
        DedupResult result = new Deduplicator().withHasher(hasher).dedup(input);
        assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(result.btf()), expected.toString());
        assertEquals(input.typeCount(), result.idMap().length);
    }

    @Test
    void shouldDoAllCasesAsLibbpf() throws IOException {
        int cases = 0;
        for (Path in : OracleData.list("cases/dedup", ".in.btf")) {
            Path out = in.resolveSibling(in.getFileName().toString().replace(".in.", ".out."));
            assertSame(out, BtfSource.load(in), TypeHasher.STRONG);
            assertSame(out, BtfSource.load(in), TypeHasher.COLLIDING);
            cases++;
        }
        assertTrue(cases >= 14, cases + " cases");
    }

    @Test
    void shouldDoSplitCasesAsLibbpf() throws IOException {
        int steps = 0;
        for (Path folder : OracleData.list("cases/split", "")) {
            Matcher step = STEP.matcher(Files.readString(folder.resolve("case.json")));
            while (step.find()) {
                Btf base = BtfSource.load(folder.resolve(step.group(1)));
                Btf split = BtfSource.load(folder.resolve(step.group(2)), base);
                assertSame(folder.resolve(step.group(3)), split, TypeHasher.STRONG);
                assertSame(folder.resolve(step.group(3)), split, TypeHasher.COLLIDING);
                steps++;
            }
        }
        assertTrue(steps >= 2, steps + " steps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fou", "kvm", "nf_conntrack"})
    void shouldDoModulesAsLibbpf(String module) throws IOException {
        Btf base = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        Btf split = BtfSource.load(OracleData.file("dedup/" + module + ".split.in.btf"), base);
        assertSame(OracleData.file("dedup/" + module + ".split.out.btf"), split, TypeHasher.STRONG);
    }

    @Test
    void shouldShareIndexAmongModules() throws IOException {
        Btf base = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        BaseIndex index = BaseIndex.of(base);
        for (String module : new String[] {"kvm", "fou", "nf_conntrack", "fou", "kvm"}) {
            Btf split = BtfSource.load(OracleData.file("dedup/" + module + ".split.in.btf"), base);
            byte[] expected = Files.readAllBytes(OracleData.file("dedup/" + module + ".split.out.btf"));
            assertArrayEquals(
                    expected,
                    BtfWriter.toBytes(new Deduplicator().dedup(split, index).btf()));
        }
    }
}
