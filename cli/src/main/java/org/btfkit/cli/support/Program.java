package org.btfkit.cli.support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.internal.io.ContentDigest;
import org.btfkit.internal.io.FileInput;

/**
 * Tells this very program from any other build of it: by its bytes, as a version does not tell what was changed since.
 */
public final class Program {
    private static String digest;

    private Program() {}

    /**
     * Returns a digest of all that this program consists of: the jar, or whatever else its classes come from.
     *
     * @return letters and digits
     * @throws IOException if it cannot be read
     */
    public static synchronized String digest() throws IOException {
        if (digest == null) {
            ContentDigest content = new ContentDigest();
            addAll(content, System.getProperty("java.class.path"));
            addAll(content, System.getProperty("jdk.module.path"));
            if (Program.class.getModule().isNamed() && System.getProperty("jdk.module.path") == null) {
                add(content, Path.of(System.getProperty("java.home"), "lib", "modules")); // an image of its own
            }
            digest = HexFormat.of().formatHex(content.finish());
        }
        return digest;
    }

    private static void addAll(ContentDigest content, String path) throws IOException {
        if (path == null || path.isEmpty()) {
            return;
        }
        for (String entry : path.split(File.pathSeparator)) {
            Path file = Path.of(entry);
            if (Files.isDirectory(file)) {
                for (Path part : parts(file)) {
                    content.add(file.relativize(part).toString().getBytes(StandardCharsets.UTF_8));
                    add(content, part);
                }
            } else if (Files.exists(file)) {
                add(content, file);
            }
        }
    }

    private static List<Path> parts(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void add(ContentDigest content, Path file) throws IOException {
        try (FileInput input = new FileInput(file)) {
            content.add(input);
        }
    }
}
