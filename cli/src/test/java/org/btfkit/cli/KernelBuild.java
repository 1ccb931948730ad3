package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.kernel.Kernel;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.kernel.ModuleTree;
import org.btfkit.fixtures.tool.ToolResult;

/** A tree of modules whose BTF step, of Kbuild's own, runs the commands of this build. */
final class KernelBuild {
    /** What the BTF step of a module runs. */
    enum Way {
        /** pahole -J, resolve_btfids: as makefiles call it, with nothing but the path changed. */
        IN_PLACE,
        /** pahole -J, resolve-btfids --embed. */
        EMBED,
        /** gen-btf: no other command. */
        GEN_BTF,
        /** pahole -J, the C resolve_btfids; leaves out the module that the C tool fails on. */
        C_TOOL;

        List<String> modules() {
            List<String> modules = new ArrayList<>(ModuleTree.MODULES);
            if (this == C_TOOL) {
                modules.remove(ModuleBuilder.TWINS);
            }
            return modules;
        }
    }

    private final Path folder;
    private final ModuleTree tree;
    private final Path inPlace;
    private final Path embed;
    private final Path genBtf;

    private KernelBuild(Path folder, ModuleTree tree, Path inPlace, Path embed, Path genBtf) {
        this.folder = folder;
        this.tree = tree;
        this.inPlace = inPlace;
        this.embed = embed;
        this.genBtf = genBtf;
    }

    /** Compiles everything. */
    static KernelBuild create(Path folder, Kernel kernel) throws IOException {
        ModuleTree tree = ModuleTree.createWithOwnVmlinux(folder.resolve("tree"), kernel);
        tree.replaceVmlinux(kernel.vmlinux());
        Path bin = Files.createDirectories(folder.resolve("bin"));
        KernelBuild build = new KernelBuild(
                folder,
                tree,
                launcher(bin, "resolve_btfids", ResolveBtfids.class),
                launcher(bin, "resolve-btfids", ResolveBtfids.class),
                launcher(bin, "gen-btf", GenBtf.class));
        tree.make("PAHOLE=true", "RESOLVE_BTFIDS=true").orThrow();
        build.keep("plain", ModuleTree.MODULES);
        return build;
    }

    /** As cli/bin/launch starts a command, but with the classes under test, which may not have been packaged yet. */
    private static Path launcher(Path bin, String name, Class<?> main) throws IOException {
        String command =
                "#!/bin/sh%nexec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dbtfkit.name=%s -cp '%s' %s \"$@\"%n";
        Path file = bin.resolve(name);
        Files.writeString(
                file,
                command.formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        name,
                        System.getProperty("java.class.path"),
                        main.getName()));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A module without .BTF and with nothing in .BTF_ids. */
    Path plain(String module) {
        return folder.resolve("plain").resolve(module + ".ko");
    }

    /**
     * Links all modules anew on a vmlinux and runs their BTF step.
     *
     * @return the folder with copies of them
     */
    Path fresh(Way way, Path vmlinux, String... options) throws IOException {
        tree.removeModules();
        tree.replaceVmlinux(vmlinux);
        make(way, options).orThrow();
        return keep("fresh", way.modules());
    }

    /**
     * Puts another vmlinux under what was built last, and lets Kbuild find out what to do: nothing but the BTF step.
     *
     * @return the folder with copies of the modules
     */
    Path again(Way way, Path vmlinux, String... options) throws IOException {
        tree.replaceVmlinux(vmlinux);
        ToolResult result = make(way, options).orThrow();
        for (String module : way.modules()) {
            assertTrue(result.out().contains("BTF [M] " + tree.module(module)), result::toString);
        }
        assertFalse(result.out().contains("LD [M]"), result::toString);
        assertFalse(result.out().contains("CC [M]"), result::toString);
        return keep("again", way.modules());
    }

    /** Puts modules that were kept, built on a vmlinux, back to where they were built. */
    void restore(Path kept, Way way, Path vmlinux) throws IOException {
        tree.removeModules();
        tree.replaceVmlinux(vmlinux);
        for (String module : way.modules()) {
            Files.copy(kept.resolve(module + ".ko"), tree.module(module));
            // By the clock that the vmlinux has its time from: that of the file system is some milliseconds behind.
            Files.setLastModifiedTime(tree.module(module), FileTime.from(Instant.now()));
        }
    }

    /** Runs make, which has nothing to do. */
    void assertUpToDate(Way way) throws IOException {
        ToolResult result = make(way).orThrow();
        assertEquals(
                List.of(),
                result.outLines().stream().filter(line -> line.contains("[M]")).toList());
    }

    /** Puts another vmlinux under what was built last. */
    void replaceVmlinux(Path vmlinux) throws IOException {
        tree.replaceVmlinux(vmlinux);
    }

    /** Runs make. */
    ToolResult make(Way way, String... options) {
        String more = String.join(" ", options);
        return switch (way) {
            case IN_PLACE -> tree.make("RESOLVE_BTFIDS=" + inPlace + " " + more);
            case EMBED -> tree.make("RESOLVE_BTFIDS=" + embed + " --embed " + more);
            case GEN_BTF -> tree.make("PAHOLE=true", "RESOLVE_BTFIDS=" + genBtf + " " + more);
            case C_TOOL -> tree.make("BTFKIT_MODULES=" + String.join(".o ", way.modules()) + ".o");
        };
    }

    private Path keep(String what, List<String> modules) throws IOException {
        Path kept = folder.resolve(what);
        if (Files.exists(kept)) {
            kept = Files.createTempDirectory(folder, what);
        }
        Files.createDirectories(kept);
        for (String module : modules) {
            Files.copy(
                    tree.module(module),
                    kept.resolve(module + ".ko"),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return kept;
    }
}
