package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.Requirement;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every module of a kernel, on the base it was made on and on others. */
@Tag("conformance")
class KernelBaseConformance {
    private static final Path RUNNING = Path.of("/sys/kernel/btf/vmlinux");

    /** The modules that are taken for made on a base, and whatever is said against them. */
    private static List<String> taken(Path vmlinux) throws IOException {
        List<String> taken = new ArrayList<>();
        BaseFit fit = BaseFit.on(BtfSource.load(vmlinux), "-b").doubting(doubt -> taken.add(doubt.getMessage()));
        for (Path module : KernelPackages.ofUser().moduleFiles()) {
            try (BtfSource source = BtfSource.open(module)) {
                fit.forKernel(source.kernelRelease()).load(source);
                taken.add(module.toString());
            } catch (BtfBaseException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
        return taken;
    }

    @Test
    void shouldTakeEveryModuleOnItsBase() throws IOException {
        List<String> modules = KernelPackages.ofUser().moduleFiles().stream()
                .map(Path::toString)
                .toList();
        assertEquals(modules, taken(KernelPackages.ofUser().cloud().vmlinux()));
    }

    @Test
    void shouldRefuseEveryModuleOnTheBaseOfAnotherVersion() throws IOException {
        assertEquals(List.of(), taken(KernelPackages.ofUser().otherVersion().vmlinux()));
    }

    /** Larger than that of the modules, so that some of them fit by chance. */
    @Test
    void shouldRefuseEveryModuleOnTheBaseOfTheRunningKernel() throws IOException {
        if (!Files.isReadable(RUNNING)) {
            throw Requirement.missing("no " + RUNNING);
        }
        Btf own = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        if (BtfSource.load(RUNNING).stringEnd() == own.stringEnd()) {
            throw Requirement.missing("the kernel of the modules runs here");
        }
        assertEquals(List.of(), taken(RUNNING));
    }
}
