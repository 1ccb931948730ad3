package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.resolve.BtfIdsResolver;
import org.junit.jupiter.api.Test;

/**
 * What the modules are called, export and require, as compiled. Users write these names into descriptors of their own:
 * whoever changes one changes it here as well, knows that it breaks their builds, and says so in the release notes.
 */
class ModulesTest {
    private static final List<String> CORE = List.of(
            "module org.btfkit.core",
            "exports org.btfkit",
            "exports org.btfkit.bpf",
            "exports org.btfkit.btf",
            "exports org.btfkit.btf.build",
            "exports org.btfkit.btf.dump",
            "exports org.btfkit.btf.ext",
            "exports org.btfkit.btf.file",
            "exports org.btfkit.btf.flat to [org.btfkit.dedup]",
            "exports org.btfkit.btf.format",
            "exports org.btfkit.btf.javagen",
            "exports org.btfkit.btf.layout",
            "exports org.btfkit.btf.load",
            "exports org.btfkit.btf.query",
            "exports org.btfkit.btf.relo",
            "exports org.btfkit.btf.validate",
            "exports org.btfkit.dwarf",
            "exports org.btfkit.elf",
            "exports org.btfkit.internal.io to [org.btfkit.cli, org.btfkit.resolve]",
            "requires aircompressor",
            "requires org.tukaani.xz");

    private static final List<String> DEDUP = List.of(
            "module org.btfkit.dedup",
            "exports org.btfkit.compare",
            "exports org.btfkit.dedup",
            "exports org.btfkit.encode",
            "exports org.btfkit.transform",
            "requires transitive org.btfkit.core");

    private static final List<String> RESOLVE = List.of(
            "module org.btfkit.resolve",
            "exports org.btfkit.resolve",
            "requires it.unimi.dsi.fastutil.core",
            "requires transitive org.btfkit.core",
            "requires transitive org.btfkit.dedup");

    private static final List<String> CLI = List.of(
            "module org.btfkit.cli",
            "requires com.fasterxml.jackson.core",
            "requires info.picocli",
            "requires org.btfkit.dedup",
            "requires org.btfkit.resolve");

    @Test
    void shouldKeepTheModuleOfCore() throws Exception {
        assertEquals(String.join("\n", CORE), text(Btf.class));
    }

    @Test
    void shouldKeepTheModuleOfDedup() throws Exception {
        assertEquals(String.join("\n", DEDUP), text(Deduplicator.class));
    }

    @Test
    void shouldKeepTheModuleOfResolve() throws Exception {
        assertEquals(String.join("\n", RESOLVE), text(BtfIdsResolver.class));
    }

    @Test
    void shouldExportNothingOfTheCommands() throws Exception {
        assertEquals(String.join("\n", CLI), text(BtfTool.class));
    }

    /** Descriptors do not say it, but a package in two modules keeps both from being used together. */
    @Test
    void shouldHaveEachPackageInOneModule() throws Exception {
        Set<String> seen = new TreeSet<>();
        for (Class<?> one : List.of(Btf.class, Deduplicator.class, BtfIdsResolver.class, BtfTool.class)) {
            for (String name : packages(one)) {
                assertTrue(seen.add(name), name + " is in two modules");
            }
        }
        assertTrue(seen.contains("org.btfkit.btf.flat"), "packages were seen at all: " + seen);
    }

    /** The descriptor beside a class, one line for its name and for each clause, sorted. */
    private static String text(Class<?> one) throws IOException, URISyntaxException {
        ModuleDescriptor descriptor = at(one, root -> {
            Path file = root.resolve("module-info.class");
            assertTrue(Files.exists(file), file + " is missing: modules are seen in a build by Maven");
            try (InputStream bytes = Files.newInputStream(file)) {
                return ModuleDescriptor.read(bytes);
            }
        });
        Set<String> clauses = new TreeSet<>();
        for (Exports exports : descriptor.exports()) {
            String to = exports.isQualified() ? " to " + new TreeSet<>(exports.targets()) : "";
            clauses.add("exports " + exports.source() + to);
        }
        for (Requires requires : descriptor.requires()) {
            if (!requires.modifiers().contains(Requires.Modifier.MANDATED)) {
                StringBuilder clause = new StringBuilder("requires ");
                for (Requires.Modifier modifier : new TreeSet<>(requires.modifiers())) {
                    clause.append(modifier.name().toLowerCase(java.util.Locale.ROOT))
                            .append(' ');
                }
                clauses.add(clause.append(requires.name()).toString());
            }
        }
        descriptor.opens().forEach(opens -> clauses.add("opens " + opens.source()));
        descriptor.uses().forEach(service -> clauses.add("uses " + service));
        descriptor.provides().forEach(service -> clauses.add("provides " + service.service()));
        List<String> lines =
                new ArrayList<>(List.of((descriptor.isOpen() ? "open " : "") + "module " + descriptor.name()));
        lines.addAll(clauses);
        return String.join("\n", lines);
    }

    private static Set<String> packages(Class<?> one) throws IOException, URISyntaxException {
        return at(one, root -> {
            Set<String> found = new TreeSet<>();
            try (var files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".class"))
                        .map(file -> root.relativize(file).getParent())
                        .forEach(folder -> {
                            if (folder != null) {
                                found.add(folder.toString().replace('/', '.'));
                            }
                        });
            }
            return found;
        });
    }

    private interface Look<T> {
        T at(Path root) throws IOException;
    }

    /** Looks at the classes that a class came with, in a folder or a jar. */
    private static <T> T at(Class<?> one, Look<T> look) throws IOException, URISyntaxException {
        Path place =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(place)) {
            return look.at(place);
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return look.at(jar.getPath("/"));
        }
    }
}
