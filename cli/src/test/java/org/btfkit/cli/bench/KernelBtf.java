package org.btfkit.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.OracleData;

/** The BTF of a real kernel, for benchmarks: 4.7 MB, 107,332 ids. */
final class KernelBtf {
    private KernelBtf() {}

    /** The raw file; aborts a test where the data is not there. */
    static Path file() {
        return OracleData.file("vmlinux-6.12.117-cloud.btf");
    }

    static byte[] bytes() {
        try {
            return Files.readAllBytes(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Btf btf() {
        return Btf.parse(bytes(), null, "vmlinux");
    }
}
