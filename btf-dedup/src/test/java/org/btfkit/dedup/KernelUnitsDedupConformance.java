package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.KernelUnits;
import org.btfkit.transform.Merger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BTF of kernel source files, as gcc makes it, is merged and deduplicated as libbpf does it, which runs beside. */
@Tag("conformance")
class KernelUnitsDedupConformance {
    /** As many as libbpf deduplicates on a kernel within a second or two. */
    private static final int UNITS_ON_BASE = 60;

    @TempDir
    Path folder;

    private final List<Btf> units = new ArrayList<>();
    private boolean isRecent;

    @BeforeEach
    void readUnits() throws IOException {
        for (Path object : KernelUnits.objects()) {
            units.add(BtfSource.load(object));
        }
        assertEquals(KernelUnits.COUNT, units.size());
    }

    private Path write(String name, Btf btf) throws IOException {
        return Files.write(folder.resolve(name), BtfWriter.toBytes(btf));
    }

    @Test
    void shouldDeduplicateAsLibbpfDoes() throws IOException {
        Btf merged = Merger.merge(units).btf();
        Path expected = deduplicated(write("merged.btf", merged), null);
        for (int threads : new int[] {1, 2, 8}) {
            Btf result = new Deduplicator(DedupOptions.DEFAULT.withThreads(threads))
                    .dedup(merged)
                    .btf();
            assertTrue(result.typeCount() < merged.typeCount() / 5, result + " of " + merged);
            assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(result), threads + " threads");
        }
    }

    @Test
    void shouldDeduplicateOnAKernelAsLibbpfDoes() throws IOException {
        Btf vmlinux = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        Btf split = Merger.merge(units.subList(0, UNITS_ON_BASE), vmlinux).btf();
        Path expected = deduplicated(write("split.btf", split), write("vmlinux.btf", vmlinux));
        Btf result = new Deduplicator().dedup(split, BaseIndex.of(vmlinux)).btf();
        if (isRecent) {
            assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(result));
        } else {
            int theirs = BtfSource.load(expected, vmlinux).typeCount();
            assertTrue(result.typeCount() <= theirs, "an older libbpf makes " + theirs + " types, this " + result);
        }
    }

    /** Lets libbpf deduplicate. */
    private Path deduplicated(Path input, Path base) {
        Path result = folder.resolve("libbpf.btf");
        try (LibbpfDedup libbpf = new LibbpfDedup()) {
            isRecent = libbpf.isRecent();
            libbpf.run(input, base, result);
        }
        return result;
    }
}
