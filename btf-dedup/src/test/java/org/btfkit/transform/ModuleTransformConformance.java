package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.tool.Libbpf;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules of a real kernel are distilled, relocated and permuted as libbpf does it, which runs beside. */
@Tag("conformance")
class ModuleTransformConformance {
    /** System property: every so manieth module is tested. */
    private static final String STEP = "btfkit.moduleStep";

    @TempDir
    Path folder;

    private Btf vmlinux;
    private Path vmlinuxFile;
    private final List<Btf> otherBases = new ArrayList<>();
    private final List<Path> otherFiles = new ArrayList<>();
    private int modules;
    private int relocations;
    private int refusals;

    @BeforeEach
    void loadKernel() throws IOException {
        Libbpf.shortcoming().ifPresent(Assumptions::abort);
        vmlinux = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        vmlinuxFile = write("vmlinux.btf", vmlinux);
    }

    private void loadOtherKernels() throws IOException {
        KernelPackages packages = KernelPackages.ofUser();
        otherBases.add(BtfSource.load(packages.otherVersion().vmlinux()));
        otherBases.add(BtfSource.load(packages.otherFlavour().vmlinux()));
        otherBases.add(NameSorter.sort(vmlinux).btf());
        for (Btf base : otherBases) {
            otherFiles.add(write("base" + otherFiles.size() + ".btf", base));
        }
    }

    private Path write(String name, Btf btf) throws IOException {
        return Files.write(folder.resolve(name), BtfWriter.toBytes(btf));
    }

    private static void assertSame(Path expected, Btf actual, String what) throws IOException {
        assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(actual), what);
    }

    @Test
    void shouldTransformModulesAsLibbpf() throws IOException {
        loadOtherKernels();
        List<Path> files = KernelPackages.ofUser().moduleFiles();
        int step = Integer.getInteger(STEP, files.size() / 110);
        for (int i = 0; i < files.size(); i += step) {
            Btf split = BtfSource.load(files.get(i), vmlinux);
            Path splitFile = write("split.btf", split);
            String name = files.get(i).getFileName().toString();
            Distilled distilled = distill(split, splitFile, name);
            relocate(split, distilled, name);
            permute(split, splitFile, name);
            modules++;
        }
        assertTrue(modules >= 100, modules + " modules");
        assertTrue(relocations > refusals, relocations + " relocations, " + refusals + " refusals");
    }

    private Distilled distill(Btf split, Path splitFile, String name) throws IOException {
        Path base = folder.resolve("distilled.btf");
        Path out = folder.resolve("new.btf");
        assertTrue(Libbpf.distill(vmlinuxFile, splitFile, base, out), name);
        Distilled distilled = Distiller.distill(split);
        assertSame(base, distilled.base(), name + ": distilled base");
        assertSame(out, distilled.split(), name + ": distilled split BTF");
        ImageChecker.check(split, distilled);
        return distilled;
    }

    private void relocate(Btf split, Distilled distilled, String name) throws IOException {
        Path base = folder.resolve("distilled.btf");
        Path in = folder.resolve("new.btf");
        Path out = folder.resolve("relocated.btf");
        Btf back = relocateOnto(distilled.split(), vmlinux, Libbpf.relocate(base, in, vmlinuxFile, out), out, name);
        if (back != null) {
            int[] ids = distilled.idMap();
            int[] backIds = Relocator.relocate(distilled.split(), vmlinux).idMap();
            for (int id = 0; id < ids.length; id++) {
                ids[id] = ids[id] < 0 ? ids[id] : backIds[ids[id]];
            }
            ImageChecker.check(split, back, ids);
        }
        for (int i = 0; i < otherFiles.size(); i++) {
            boolean done = Libbpf.relocate(base, in, otherFiles.get(i), out);
            relocateOnto(distilled.split(), otherBases.get(i), done, out, name);
        }
    }

    private Btf relocateOnto(Btf split, Btf onto, boolean libbpfDoes, Path expected, String name) throws IOException {
        try {
            Btf relocated = Relocator.relocate(split, onto).btf();
            assertTrue(libbpfDoes, name + ": libbpf does not relocate");
            assertSame(expected, relocated, name + " onto " + onto);
            relocations++;
            return relocated;
        } catch (BtfException e) {
            assertEquals(false, libbpfDoes, e.getMessage());
            assertEquals(1, e.getMessage().lines().count());
            refusals++;
            return null;
        }
    }

    private void permute(Btf split, Path splitFile, String name) throws IOException {
        int[] ids = NameSorter.sort(split).idMap();
        int first = split.firstTypeId();
        Path out = folder.resolve("permuted.btf");
        assertTrue(Libbpf.permute(vmlinuxFile, splitFile, Arrays.copyOfRange(ids, first, ids.length), out), name);
        assertSame(out, Permuter.permute(split, ids), name + ": permuted");
    }

    @Test
    void shouldPermuteVmlinuxAsLibbpf() throws IOException {
        Path out = folder.resolve("sorted.btf");
        Sorted sorted = NameSorter.sort(vmlinux);
        assertTrue(Libbpf.permute(null, vmlinuxFile, sorted.idMap(), out));
        assertSame(out, sorted.btf(), "vmlinux");
    }
}
