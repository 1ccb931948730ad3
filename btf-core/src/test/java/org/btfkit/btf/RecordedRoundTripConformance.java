package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BTF that libbpf wrote is written back byte for byte. */
@Tag("conformance")
class RecordedRoundTripConformance {
    private static Btf assertRoundTrip(Path file, Btf base) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Btf btf = Btf.parse(bytes, base, file.getFileName().toString());
        assertArrayEquals(bytes, BtfWriter.toBytes(btf), file.toString());
        return btf;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cases/dedup", "cases/dump"})
    void shouldKeepCases(String folder) throws IOException {
        List<Path> files = OracleData.list(folder, ".btf");
        assertTrue(files.size() >= 4, folder);
        for (Path file : files) {
            assertRoundTrip(file, null);
        }
    }

    @Test
    void shouldKeepRawCasesThatLibbpfReads() throws IOException {
        int kept = 0;
        for (String line : Files.readAllLines(OracleData.file("cases/raw/index.tsv"))) {
            String[] fields = line.split("\t", -1);
            if (fields[3].equals("1")) {
                assertRoundTrip(OracleData.file("cases/raw/" + fields[0] + ".btf"), null);
                kept++;
            }
        }
        assertTrue(kept > 20);
    }

    @Test
    void shouldKeepVmlinux() throws IOException {
        Btf btf = assertRoundTrip(OracleData.file("vmlinux-6.12.117-cloud.btf"), null);
        assertEquals(107_332, btf.typeCount());
        BtfHeader big = btf.header().withOrder(ByteOrder.BIG_ENDIAN);
        Btf swapped = Btf.parse(BtfWriter.toBytes(btf, big), null, "swapped");
        assertArrayEquals(FlatAccess.of(btf).words(), FlatAccess.of(swapped).words());
        assertArrayEquals(BtfWriter.toBytes(btf), BtfWriter.toBytes(swapped, btf.header()));
    }

    @Test
    void shouldKeepSplitBtf() throws IOException {
        Btf base = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        for (String name : List.of("fou", "kvm", "nf_conntrack")) {
            assertRoundTrip(OracleData.file("dedup/" + name + ".split.in.btf"), base);
            assertRoundTrip(OracleData.file("dedup/" + name + ".split.out.btf"), base);
        }
    }

    @Test
    void shouldSwapAsLibbpfDoes() throws IOException {
        for (String suffix : List.of("", "_with_var")) {
            Path native_ = OracleData.file("cases/split/16-btf_endian/native" + suffix + ".btf");
            Path swapped = OracleData.file("cases/split/16-btf_endian/swapped" + suffix + ".btf");
            Btf little = assertRoundTrip(native_, null);
            Btf big = assertRoundTrip(swapped, null);
            assertArrayEquals(Files.readAllBytes(swapped), BtfWriter.toBytes(little, big.header()));
            assertArrayEquals(Files.readAllBytes(native_), BtfWriter.toBytes(big, little.header()));
        }
    }

    @Test
    void shouldKeepVmlinuxBeforeDeduplication() throws IOException {
        Btf btf = assertRoundTrip(OracleData.file("dedup/vmlinux.in.btf"), null);
        assertEquals(4_350_059, btf.typeCount());
    }
}
