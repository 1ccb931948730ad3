package org.btfkit.cli.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BaseFit;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.cli.input.BtfFolder;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Failure;

/**
 * A kernel to relocate objects on, as an argument names it: a file, or a folder with {@code vmlinux} and modules.
 *
 * @param path the file, or the folder
 * @param relative what it is called among the kernels of its argument, which is also where its results go in a folder:
 *     the name of the file or folder, or the path below an argument that is a folder of kernels
 */
record KernelFile(Path path, Path relative) {
    /** Says for the help what a kernel may be. */
    static final String KERNELS = "KERNEL is raw BTF, ELF or a kernel image, plain or compressed, or a folder: one with"
            + " a file vmlinux is that kernel with the modules in it, any other holds a kernel in each file that is no"
            + " module.";

    /**
     * Finds the kernels that an argument names. A module in a folder belongs to the vmlinux beside or above it; one
     * without such is of no kernel that could be read.
     *
     * @param warnings is told of modules that are left out, in a line for each argument
     * @throws BtfException if there is no kernel in the folder
     */
    static List<KernelFile> find(Path argument, Consumer<String> warnings) throws IOException {
        Path name = argument.toAbsolutePath().normalize().getFileName();
        Path relative = name == null ? Path.of("kernel") : name;
        if (!Files.isDirectory(argument) || isKernel(argument)) {
            return List.of(new KernelFile(argument, relative));
        }
        Map<Path, KernelFile> found = new TreeMap<>();
        List<Path> strays = new ArrayList<>();
        for (Path file : BtfFolder.expand(argument)) {
            Path kernel = file;
            for (Path at = file.getParent(); at != null && at.startsWith(argument); at = at.getParent()) {
                kernel = isKernel(at) ? at : kernel;
            }
            if (kernel == file && BtfFolder.isModule(file)) {
                strays.add(file);
            } else if (!CoreInput.isBpfObject(kernel)) {
                found.putIfAbsent(kernel, new KernelFile(kernel, argument.relativize(kernel)));
            }
        }
        if (!strays.isEmpty()) {
            String modules = strays.size() == 1 ? "a module, " : strays.size() + " modules, such as ";
            String text = argument + ": " + modules + strays.get(0) + ", without a file vmlinux in a folder above";
            if (found.isEmpty()) {
                throw new BtfException(text + "; modules are read on their kernel's, put it there");
            }
            warnings.accept(text + "; left out");
        }
        if (found.isEmpty()) {
            throw new BtfException(argument + ": only BPF objects in this folder, expected kernels");
        }
        return List.copyOf(found.values());
    }

    /** Finds the kernels of several arguments, as {@link #find}. */
    static List<KernelFile> findAll(List<Path> arguments, Consumer<String> warnings) throws IOException {
        Map<Path, KernelFile> found = new LinkedHashMap<>();
        for (Path argument : arguments) {
            for (KernelFile kernel : find(argument, warnings)) {
                found.putIfAbsent(kernel.path, kernel);
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean isKernel(Path folder) {
        return Files.isRegularFile(folder.resolve(BtfFolder.VMLINUX));
    }

    boolean isFolder() {
        return Files.isDirectory(path);
    }

    /** The file with the BTF of vmlinux. */
    Path vmlinux() {
        return isFolder() ? path.resolve(BtfFolder.VMLINUX) : path;
    }

    /**
     * Reads the kernel. A module that cannot be read, or was made for another kernel, is left out.
     *
     * @param warnings is told of what is left out, in one line each
     * @throws BtfException if the BTF of vmlinux is damaged, or split
     */
    CoreTarget load(Consumer<String> warnings) throws IOException {
        Btf vmlinux = BtfSource.load(vmlinux());
        List<Btf> modules = new ArrayList<>();
        if (isFolder()) {
            for (Path file : BtfFolder.expand(path)) {
                if (!file.equals(vmlinux())) {
                    addModule(file, vmlinux, modules, warnings);
                }
            }
        }
        return CoreTarget.of(vmlinux, modules);
    }

    /** Adds modules to a kernel, as {@link #load} does with those of its folder. */
    static CoreTarget withModules(CoreTarget kernel, List<Path> files, Consumer<String> warnings) {
        List<Btf> modules = new ArrayList<>(kernel.modules());
        for (Path file : files) {
            addModule(file, kernel.vmlinux(), modules, warnings);
        }
        return CoreTarget.of(kernel.vmlinux(), modules);
    }

    private static void addModule(Path file, Btf vmlinux, List<Btf> modules, Consumer<String> warnings) {
        try (BtfSource source = BtfSource.open(file)) {
            if (!source.hasBtf()) {
                return;
            }
            Btf module = BtfInput.load(source, vmlinux, BaseFit.on(vmlinux, "vmlinux"));
            if (module.base() == vmlinux) {
                modules.add(module);
            } else {
                warnings.accept(file + ": not split on " + vmlinux.source() + ", left out");
            }
        } catch (IOException | RuntimeException e) {
            warnings.accept(Failure.describe(e, file.toString()) + "; left out");
        }
    }
}
