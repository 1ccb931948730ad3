package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is known to be good passes the kernel level. */
@Tag("conformance")
class KernelAcceptanceConformance {
    @Test
    void shouldAcceptBtfOfRunningKernel() throws IOException {
        Path path = Path.of("/sys/kernel/btf/vmlinux");
        Assumptions.assumeTrue(Files.isReadable(path), "the running kernel has no BTF of its own");
        byte[] data = Files.readAllBytes(path);
        assertDoesNotThrow(() -> KernelValidator.kernel(data, null, "vmlinux"));
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            assertEquals(0, loader.load(data));
        }
    }

    @Test
    void shouldAcceptVmlinuxAndAllModules() {
        KernelPackages packages = KernelPackages.ofUser();
        Btf vmlinux = assertAccepted(packages.cloud().vmlinux(), null);
        long modules = packages.moduleFiles().parallelStream()
                .map(module -> assertAccepted(module, vmlinux))
                .count();
        assertTrue(modules > 1000, "modules: " + modules);
    }

    private static Btf assertAccepted(Path path, Btf base) {
        try (ElfFile elf = ElfFile.open(path)) {
            byte[] data = elf.bytes(elf.section(BtfSections.BTF));
            return KernelValidator.kernel(data, base, path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
