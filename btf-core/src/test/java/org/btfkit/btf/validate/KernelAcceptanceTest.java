package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is known to be good passes the kernel level. */
class KernelAcceptanceTest {
    @Provide
    Arbitrary<RawBtf> kernelBtfs() {
        return BtfArbitraries.btfs(BtfFlavor.KERNEL);
    }

    @Provide
    Arbitrary<RawBtf> splitKernelBtfs() {
        return BtfArbitraries.splitBtfs(BtfFlavor.KERNEL);
    }

    @Property(tries = 300)
    void shouldAcceptWhatIsGeneratedForKernels(@ForAll("kernelBtfs") RawBtf raw) {
        assertDoesNotThrow(() -> KernelValidator.kernel(raw.toBytes(), null, "generated"));
    }

    @Property(tries = 300)
    void shouldAcceptSplitThatIsGeneratedForKernels(@ForAll("splitKernelBtfs") RawBtf raw) {
        Btf base = Parsing.parse(raw.base());
        assertDoesNotThrow(() -> KernelValidator.kernel(raw.toBytes(), base, "generated"));
    }

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
    @Tag("conformance")
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
