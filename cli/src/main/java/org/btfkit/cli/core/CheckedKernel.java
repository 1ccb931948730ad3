package org.btfkit.cli.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.cli.input.BtfFolder;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Failure;

/**
 * A kernel of the matrix.
 *
 * @param file the kernel, or what could be one
 * @param modules modules that were named behind it
 * @param name what it is called, different from the others
 */
record CheckedKernel(KernelFile file, List<Path> modules, String name) {
    private static final Pattern VERSION = Pattern.compile("(?<![0-9.])[4-9]\\.\\d+(\\.\\d+)?(-rc\\d+)?(?![0-9])");

    private static final Path RUNNING = Path.of("/sys/kernel/btf");
    private static final Path RUNNING_RELEASE = Path.of("/proc/sys/kernel/osrelease");

    /** Finds the kernels that arguments name, as {@link KernelFile#find}, and gives each a short name. */
    static List<CheckedKernel> findAll(List<Path> arguments, Arguments parsed, Consumer<String> warnings)
            throws IOException {
        List<KernelFile> files = new ArrayList<>();
        Map<KernelFile, List<Path>> modules = new HashMap<>();
        for (Path argument : arguments) {
            if (Files.isDirectory(argument) || !BtfFolder.isModule(argument)) {
                for (KernelFile file : KernelFile.find(argument, warnings)) {
                    if (modules.putIfAbsent(file, new ArrayList<>()) == null) {
                        files.add(file);
                    }
                }
            } else if (files.isEmpty()) {
                throw parsed.misuse(argument + ": a module, expected the kernel that it is of before it");
            } else {
                modules.get(files.get(files.size() - 1)).add(argument);
            }
        }
        List<CheckedKernel> kernels = new ArrayList<>();
        List<String> names = names(files);
        for (int i = 0; i < files.size(); i++) {
            kernels.add(new CheckedKernel(files.get(i), List.copyOf(modules.get(files.get(i))), names.get(i)));
        }
        return kernels;
    }

    /** Versions if they tell the kernels apart, else names of files, else paths. */
    private static List<String> names(List<KernelFile> files) {
        List<String> versions = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (KernelFile file : files) {
            String name = file.relative().toString();
            Matcher version = VERSION.matcher(isRunning(file) ? runningRelease() : name);
            String plain = name.replaceFirst("(\\.btf)?(\\.(gz|xz|zst))?$", "");
            versions.add(version.find() ? version.group() : plain);
            names.add(plain);
            paths.add(file.path().toString());
        }
        for (List<String> tried : List.of(versions, names)) {
            if (tried.stream().distinct().count() == files.size()) {
                return tried.stream().map(Failure::oneLine).toList();
            }
        }
        return paths.stream().map(Failure::oneLine).toList();
    }

    private static boolean isRunning(KernelFile file) {
        return file.path().startsWith(RUNNING) && file.vmlinux().equals(RUNNING.resolve(BtfFolder.VMLINUX));
    }

    private static String runningRelease() {
        try {
            return Files.readString(RUNNING_RELEASE);
        } catch (IOException e) {
            return ""; // then it is called by its file
        }
    }

    /** Reads it, with the modules that were named. */
    CoreTarget load(Consumer<String> warnings) throws IOException {
        CoreTarget target = file.load(warnings);
        return modules.isEmpty() ? target : KernelFile.withModules(target, modules, warnings);
    }
}
