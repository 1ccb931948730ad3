package org.btfkit.cli;

import com.fasterxml.jackson.core.JsonFactory;
import io.airlift.compress.zstd.ZstdDecompressor;
import it.unimi.dsi.fastutil.ints.Int2IntMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.resolve.BtfIdsResolver;
import org.tukaani.xz.XZInputStream;
import picocli.CommandLine;

/**
 * An installed btfkit: the launchers of this build, and one jar of the classes under test, which may not have been
 * packaged yet.
 */
final class Installation {
    private static final List<Class<?>> PARTS = List.of(
            BtfTool.class,
            Btf.class,
            Deduplicator.class,
            BtfIdsResolver.class,
            CommandLine.class,
            JsonFactory.class,
            XZInputStream.class,
            ZstdDecompressor.class,
            Int2IntMap.class);

    private final Path folder;

    private Installation(Path folder) {
        this.folder = folder;
    }

    /** Installs into a folder, which is made. */
    static Installation in(Path folder) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String name : List.of("btf", "gen-btf", "launch", "pahole", "resolve-btfids", "resolve_btfids")) {
            Files.copy(Path.of("bin", name), bin.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path lib = Files.createDirectories(folder.resolve("lib"));
        writeJar(lib.resolve("btfkit-test-all.jar"));
        Files.writeString(lib.resolve("version.txt"), "0.0, commit 123456789abc\n");
        Path training = Files.createDirectories(lib.resolve("training"));
        SampleModule.writeModule(training);
        SampleModule.writeVmlinuxBtf(training);
        Files.move(DwarfSample.packed("kfuncs", training), training.resolve("kfuncs.o.xz"));
        return new Installation(folder);
    }

    /** A launcher. */
    Path bin(String name) {
        return folder.resolve("bin").resolve(name);
    }

    /** What is installed beside the launchers. */
    Path lib() {
        return folder.resolve("lib");
    }

    /** A JDK whose {@code bin/java} writes a line into a file for each JVM that it starts; of no known version. */
    static Path countingJdk(Path home, Path log) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Path real = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(java, "#!/bin/sh\necho started >> '" + log + "'\nexec '" + real + "' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private static void writeJar(Path jar) throws IOException {
        Set<String> known = new HashSet<>();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.setMethod(ZipEntry.STORED);
            for (Class<?> part : PARTS) {
                Path from = Path.of(
                        part.getProtectionDomain().getCodeSource().getLocation().toURI());
                if (Files.isDirectory(from)) {
                    addTree(out, from, known);
                } else {
                    try (FileSystem other = FileSystems.newFileSystem(from, Map.of())) {
                        addTree(out, other.getPath("/"), known);
                    }
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void addTree(JarOutputStream out, Path from, Set<String> known) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile).sorted().forEach(file -> {
                String name = from.relativize(file).toString();
                boolean isWanted = !name.startsWith("META-INF") && !name.equals("module-info.class");
                if (isWanted && known.add(name)) {
                    add(out, name, file);
                }
            });
        }
    }

    private static void add(JarOutputStream out, String name, Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            CRC32 crc = new CRC32();
            crc.update(bytes);
            ZipEntry entry = new ZipEntry(name);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
            out.putNextEntry(entry);
            out.write(bytes);
            out.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
