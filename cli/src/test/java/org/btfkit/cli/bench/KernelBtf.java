package org.btfkit.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.KernelUnits;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.transform.Merger;

/**
 * BTF of a real kernel, for benchmarks: from the oracle data where that is, as what is measured then is the same
 * everywhere; else from Debian's kernel packages, which are downloaded.
 */
final class KernelBtf {
    private static final String[] MODULES = {"fou", "kvm", "nf_conntrack"};

    /** How many compilation units stand in for a module. */
    private static final int UNITS = 20;

    private KernelBtf() {}

    /** A file with the BTF of a deduplicated kernel: 4.7 MB, 107,332 ids. */
    static Path file() {
        return OracleData.isAvailable()
                ? OracleData.file("vmlinux-6.12.117-cloud.btf")
                : KernelPackages.ofUser().cloud().vmlinux();
    }

    /** The BTF in that. */
    static Btf btf() {
        return load(file(), null);
    }

    /** The bytes of that. */
    static byte[] bytes() {
        return BtfWriter.toBytes(btf());
    }

    /** A kernel before deduplication: 4,350,059 types and 170 MB, or a tenth of that. */
    static Btf unmerged() {
        return OracleData.isAvailable()
                ? load(OracleData.file("dedup/vmlinux.in.btf"), null)
                : Merger.merge(units(0, KernelUnits.COUNT)).btf();
    }

    /** Three modules before deduplication, on their kernel. */
    static List<Btf> unmergedModules(Btf base) {
        List<Btf> modules = new ArrayList<>();
        for (int i = 0; i < MODULES.length; i++) {
            modules.add(
                    OracleData.isAvailable()
                            ? load(OracleData.file("dedup/" + MODULES[i] + ".split.in.btf"), base)
                            : Merger.merge(units(i * UNITS, (i + 1) * UNITS), base)
                                    .btf());
        }
        return modules;
    }

    private static List<Btf> units(int from, int to) {
        List<Btf> units = new ArrayList<>();
        for (Path object : KernelUnits.objects().subList(from, to)) {
            units.add(load(object, null));
        }
        return units;
    }

    private static Btf load(Path file, Btf base) {
        try {
            return BtfSource.load(file, base);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
