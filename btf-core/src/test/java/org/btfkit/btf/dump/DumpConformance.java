package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.assertSameText;
import static org.btfkit.btf.dump.DumpChecks.bytesOf;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.Kernel;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.tool.Bpftool;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.Gcc;
import org.btfkit.fixtures.tool.ToolResult;
import org.btfkit.fixtures.tool.Xz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Dumps of real kernels and modules: the same as those of the installed bpftool, as far as old versions write what the
 * newest does, and taken by compilers.
 */
@Tag("conformance")
class DumpConformance {
    private static final KernelPackages PACKAGES = KernelPackages.ofUser();
    private static final int MODULES = 50;

    @Test
    void shouldWriteFieldsOfKernelsAsInstalledBpftoolDoes() throws IOException {
        for (Kernel kernel : List.of(PACKAGES.cloud(), PACKAGES.otherFlavour(), PACKAGES.otherVersion())) {
            assertSameFields(kernel.vmlinux(), null, BtfSource.load(kernel.vmlinux()), kernel.release());
        }
    }

    @Test
    void shouldWriteFieldsOfModulesAsInstalledBpftoolDoes() throws IOException {
        Path vmlinux = PACKAGES.cloud().vmlinux();
        Btf base = BtfSource.load(vmlinux);
        try (Scratch scratch = Scratch.create()) {
            for (Path module : modules()) {
                Path unpacked = Xz.unpack(module, scratch.resolve("module.ko"));
                assertSameFields(unpacked, vmlinux, BtfSource.load(unpacked, base), module.toString());
                Files.delete(unpacked);
            }
        }
    }

    /** Every so many modules, spread over all subsystems. */
    private static List<Path> modules() {
        List<Path> all = PACKAGES.moduleFiles();
        List<Path> some = new ArrayList<>();
        for (int i = 0; i < MODULES; i++) {
            some.add(all.get((int) ((long) i * all.size() / MODULES)));
        }
        return some;
    }

    private static void assertSameFields(Path file, Path base, Btf btf, String what) {
        byte[] raw = Bpftool.dump(file, base).orThrow().stdout();
        assertSameText(raw, bytesOf(new RawDumper(btf)::dump), what + " raw");
        byte[] json = Bpftool.dumpJson(file, base).getBytes(StandardCharsets.UTF_8);
        assertSameText(json, bytesOf(new JsonDumper(btf, false)::dump), what + " json");
    }

    @Test
    void shouldWriteKernelsThatCompileToTheirLayout() throws IOException {
        for (Kernel kernel : List.of(PACKAGES.cloud(), PACKAGES.otherFlavour())) {
            Btf btf = BtfSource.load(kernel.vmlinux());
            // The other one has packed unions, which bpftool does not mark as such.
            String sizeChecks = kernel == PACKAGES.cloud() ? sizeChecks(btf) : "";
            try (Scratch scratch = Scratch.create()) {
                Path header = scratch.resolve("vmlinux.h");
                for (boolean sorted : new boolean[] {true, false}) {
                    write(header, new CDumper(btf, CDumpOptions.DEFAULT.withSorted(sorted)));
                    Path source = scratch.resolve("sizes.c");
                    Files.writeString(source, "#include \"vmlinux.h\"\n" + sizeChecks);
                    Gcc.compile(source, scratch.resolve("sizes.o"));
                    Files.writeString(source, "#include \"vmlinux.h\"\n");
                    Clang.compileBpf(source, btf.order(), scratch.resolve("bpf.o"));
                }
            }
        }
    }

    /** An assertion for each struct and union that is alone with its name. */
    private static String sizeChecks(Btf btf) {
        Map<String, BtfType.Composite> byName = new HashMap<>();
        Map<String, Integer> uses = new HashMap<>();
        for (int id = 1; id < btf.typeCount(); id++) {
            String name = btf.name(id);
            switch (btf.kind(id)) {
                case STRUCT, UNION -> {
                    byName.put(name, (BtfType.Composite) btf.type(id));
                    uses.merge(name, 1, Integer::sum);
                }
                case ENUM, ENUM64 -> uses.merge(name, 1, Integer::sum);
                default -> {}
            }
        }
        byName.remove("");
        StringBuilder checks = new StringBuilder();
        byName.forEach((name, type) -> {
            if (uses.get(name) == 1) {
                String keyword = type instanceof BtfType.Union ? "union" : "struct";
                checks.append("_Static_assert(sizeof(%s %s) == %d, \"%s\");\n"
                        .formatted(keyword, name, type.sizeBytes(), name));
            }
        });
        return checks.toString();
    }

    @Test
    void shouldWriteRootsThatCompileAlone() throws IOException {
        Btf btf = BtfSource.load(PACKAGES.cloud().vmlinux());
        try (Scratch scratch = Scratch.create()) {
            for (String root : List.of("task_struct", "sk_buff", "file_operations", "bpf_prog", "kernfs_node")) {
                Path source = scratch.resolve(root + ".c");
                write(
                        source,
                        new CDumper(
                                btf, CDumpOptions.DEFAULT.withRootNames(root).withPrefix("k_")));
                Gcc.compile(source, scratch.resolve("root.o"));
                Clang.compileBpf(source, btf.order(), scratch.resolve("root.o"));
            }
        }
    }

    @Test
    void shouldWriteForwardDeclarationsThatCompileBesideTheRest() throws IOException {
        Btf btf = BtfSource.load(PACKAGES.cloud().vmlinux());
        try (Scratch scratch = Scratch.create()) {
            write(scratch.resolve("fwd.h"), new CDumper(btf, CDumpOptions.DEFAULT.withForwardOnly(true)));
            write(scratch.resolve("vmlinux.h"), new CDumper(btf));
            Path source = scratch.resolve("both.c");
            Files.writeString(source, "#include \"fwd.h\"\n#include \"vmlinux.h\"\n");
            Gcc.compile(source, scratch.resolve("both.o"));
        }
    }

    @Test
    void shouldWriteModulesThatCompileBesideTheirBase() throws IOException {
        Btf base = BtfSource.load(PACKAGES.cloud().vmlinux());
        try (Scratch scratch = Scratch.create()) {
            write(scratch.resolve("vmlinux.h"), new CDumper(base));
            for (Path module : modules()) {
                Btf btf = BtfSource.load(module, base);
                write(scratch.resolve("module.h"), new CDumper(btf, CDumpOptions.DEFAULT.withExclude(base)));
                Path source = scratch.resolve("both.c");
                Files.writeString(source, "#include \"vmlinux.h\"\n#include \"module.h\"\n");
                ToolResult result = Gcc.tool().run("-fsyntax-only", source);
                assertEquals(0, result.exitCode(), module + "\n" + result);
            }
        }
    }

    private static void write(Path file, CDumper dumper) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            dumper.dump(out);
        }
    }
}
