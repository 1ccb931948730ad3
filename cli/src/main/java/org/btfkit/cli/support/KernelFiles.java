package org.btfkit.cli.support;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the kernels of this machine have their BTF. */
public final class KernelFiles {
    private KernelFiles() {}

    /**
     * Returns the files that may have the BTF of a kernel, and can be read.
     *
     * @return the running kernel's first, then by name
     */
    public static List<Path> candidates() {
        List<Path> found = new ArrayList<>();
        addIfThere(found, Path.of("/sys/kernel/btf/vmlinux"));
        for (Path modules : list(Path.of("/lib/modules"))) {
            addIfThere(found, modules.resolve("build/vmlinux"));
        }
        found.addAll(list(Path.of("/usr/lib/debug/boot")));
        return found;
    }

    private static void addIfThere(List<Path> found, Path path) {
        if (Files.isReadable(path)) {
            found.add(path);
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // not there: nothing to suggest
        }
        found.sort(null);
        return found;
    }
}
