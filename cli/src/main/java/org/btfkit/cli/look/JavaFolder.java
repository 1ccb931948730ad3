package org.btfkit.cli.look;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.javagen.JavaSource;
import org.btfkit.cli.support.Parallel;

/** The folder that the sources of a package go to. */
final class JavaFolder {
    private static final int CHUNK = 256;

    private final Path folder;

    private JavaFolder(Path folder) {
        this.folder = folder;
    }

    /** Takes the folder of a package below another. */
    static JavaFolder of(Path root, String packageName) {
        return new JavaFolder(root.resolve(packageName.replace('.', '/')));
    }

    /**
     * Writes sources. Files of an earlier run that would not change are left alone, so that a build sees them as they
     * were.
     *
     * @throws BtfException if a file is in the way that was not made by an earlier run; nothing is written then
     */
    void write(List<JavaSource> sources, int jobs) throws IOException {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at) && !Files.isDirectory(at)) {
                throw new BtfException(at + ": is a file, expected a folder");
            }
        }
        if (Files.isDirectory(folder)) {
            for (JavaSource source : sources) {
                requireOwn(folder.resolve(source.fileName()), source.text());
            }
        }
        Files.createDirectories(folder);
        List<List<JavaSource>> chunks = new ArrayList<>();
        for (int i = 0; i < sources.size(); i += CHUNK) {
            chunks.add(sources.subList(i, Math.min(sources.size(), i + CHUNK)));
        }
        IOException[] failure = {null};
        Parallel.run(
                chunks,
                jobs,
                (List<JavaSource> chunk) -> writeAll(chunk),
                (chunk, tooLarge) -> {
                    throw tooLarge;
                },
                failed -> failure[0] = failure[0] == null ? failed : failure[0]);
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Returns what went wrong, or null. */
    private IOException writeAll(List<JavaSource> sources) {
        try {
            for (JavaSource source : sources) {
                Path file = folder.resolve(source.fileName());
                byte[] bytes = source.text().getBytes(StandardCharsets.UTF_8);
                if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
                    Files.write(file, bytes);
                }
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** What this makes begins with a line that says so. */
    private static void requireOwn(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] mark = text.substring(0, text.indexOf('\n') + 1).getBytes(StandardCharsets.UTF_8);
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(mark.length);
        }
        if (!Arrays.equals(start, mark)) {
            throw new BtfException(file + ": was not made by btf java and is in the way, remove it or name another"
                    + " folder or package");
        }
    }
}
