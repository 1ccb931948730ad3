package org.btfkit.cli.core;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.OutFolder;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.TarArchive;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.transform.Minimized;
import org.btfkit.transform.Minimizer;

/** {@code btf min-core}: of each kernel the BTF that some objects need. */
public final class MinCoreCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public MinCoreCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf min-core [OPTION]... PROG.bpf.o|FOLDER... -B KERNEL... --out-dir DIR")
                .description("Makes for each kernel the smallest BTF on which these BPF objects are relocated as on the"
                        + " kernel's own, to be shipped with them to kernels without BTF. What bpftool gen"
                        + " min_core_btf makes of one kernel, this makes of all in one call, byte for byte where"
                        + " bpftool keeps enough.")
                .footer(
                        "",
                        KernelFile.KERNELS + " A folder of kernels keeps its layout. Of several arguments after -B"
                                + " those that are BPF objects are taken as such.",
                        CoreInput.FOLDERS,
                        "",
                        "An object that cannot be read fails the call, a kernel only its own file.",
                        "",
                        "Examples:",
                        "  btf min-core runqlen.bpf.o -B vmlinux-6.1 vmlinux-6.12 --out-dir btfs",
                        "  btf min-core *.bpf.o -B btfhub-archive/ubuntu --out-dir btfs --tar min_core_btfs.tar.gz",
                        "  btf min-core runqlen.bpf.o -B /sys/kernel/btf --out-dir btfs      # modules as well");
        syntax.add(Options.many("KERNEL", "Kernels.", "-B", "--btf"));
        syntax.add(Options.file("DIR", "Write a file for each kernel here.", "--out-dir"));
        syntax.add(Options.file("FILE", "Write all into this archive, compressed if it ends in gz.", "--tar"));
        syntax.add(Options.oneOf(
                List.of("little", "big"),
                "ORDER",
                "Byte order of the result: little or big. Default: the kernel's.",
                "--endian"));
        syntax.add(Options.flag(
                "Keep what bpftool keeps, even where that changes what a program reads.", "--like-bpftool"));
        syntax.add(Options.jobs("Number of kernels to work on at a time."));
        syntax.operands("PROG");
        return syntax;
    }

    /** What came of a kernel: files by name, lines to say, or why nothing came of it. */
    private record Result(Map<String, byte[]> files, List<String> lines, String failure) {
        static Result failed(KernelFile kernel, Throwable failure) {
            return new Result(
                    Map.of(), List.of(), Failure.describe(failure, kernel.path().toString()));
        }
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        CoreInput input = CoreInput.of(arguments, "-B");
        Path folder = arguments.value("--out-dir", null);
        Path tar = arguments.value("--tar", null);
        if (folder == null && tar == null) {
            throw misuse(arguments, "expected --out-dir DIR or --tar FILE");
        }
        if (folder != null) {
            OutFolder.requireNoFile(folder);
        }
        ByteOrder order = order(arguments);
        int jobs = Options.jobs(arguments);
        List<KernelFile> kernels = KernelFile.findAll(input.kernels(), text -> err.println(Failure.warning(text)));
        requireDifferentNames(arguments, kernels);
        requireOtherPlaces(arguments, kernels, folder, tar);
        List<CoreRelocator> objects = readAll(input.programs());
        if (objects == null) {
            return ExitCode.FAILURE;
        }
        boolean isLikeBpftool = arguments.has("--like-bpftool");
        Map<String, byte[]> archived = new LinkedHashMap<>();
        int[] failures = {0};
        Progress progress = Progress.on(err, kernels.size());
        Parallel.run(
                kernels, jobs, kernel -> minimize(kernel, objects, isLikeBpftool, order), Result::failed, result -> {
                    progress.clear();
                    result.lines.forEach(err::println);
                    String failure = result.failure != null ? result.failure : write(result.files, folder);
                    if (failure != null) {
                        failures[0]++;
                        err.println("ERROR: " + failure);
                    } else if (tar != null) {
                        archived.putAll(result.files);
                    }
                    progress.step();
                });
        progress.clear();
        if (tar != null && !archived.isEmpty()) {
            TarArchive.write(archived, tar);
        }
        if (kernels.size() > 1 && failures[0] > 0) {
            err.println(kernels.size() + " kernels, " + failures[0] + " failed");
        }
        return failures[0] == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static MisuseException misuse(Arguments arguments, String text) {
        return arguments.misuse(text);
    }

    private static ByteOrder order(Arguments arguments) {
        String name = arguments.value("--endian", null);
        if (name == null) {
            return null;
        }
        return switch (name) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw misuse(arguments, "--endian " + name + ", expected little or big");
        };
    }

    private static void requireDifferentNames(Arguments arguments, List<KernelFile> kernels) {
        Map<String, KernelFile> taken = new HashMap<>();
        for (KernelFile kernel : kernels) {
            KernelFile other = taken.put(name(kernel), kernel);
            if (other != null) {
                throw misuse(
                        arguments,
                        other.path() + " and " + kernel.path() + " would both go to " + name(kernel)
                                + "; give the folder that both are in");
            }
        }
    }

    /** Refuses results in the place of kernels, as where the folder is the one that the kernels are in. */
    private static void requireOtherPlaces(Arguments arguments, List<KernelFile> kernels, Path folder, Path tar)
            throws IOException {
        List<Path> inputs = kernels.stream().map(KernelFile::vmlinux).toList();
        for (KernelFile kernel : folder == null ? List.<KernelFile>of() : kernels) {
            BtfInput.requireOtherThan(arguments, folder.resolve(fileName(kernel)), inputs);
        }
        if (tar != null) {
            BtfInput.requireOtherThan(arguments, tar, inputs);
        }
    }

    /** The name of the file with the result of a kernel's vmlinux. */
    private static String fileName(KernelFile kernel) {
        return kernel.isFolder() ? name(kernel) + "/vmlinux" : name(kernel);
    }

    /** The name of a kernel's result. */
    private static String name(KernelFile kernel) {
        Path parent = kernel.relative().getParent();
        String name = OutFolder.plainName(kernel.relative().toString());
        return parent == null ? name : parent + "/" + name;
    }

    /** Reads the objects, and says of each that cannot be read why; gives null if there is one. */
    private List<CoreRelocator> readAll(List<Path> programs) {
        List<CoreRelocator> objects = new ArrayList<>();
        for (Path program : programs) {
            try {
                objects.add(CoreRelocator.of(BpfObject.read(program)));
            } catch (IOException | RuntimeException e) {
                err.println("ERROR: " + Failure.describe(e, program.toString()));
            }
        }
        return objects.size() == programs.size() ? objects : null;
    }

    private static Result minimize(
            KernelFile kernel, List<CoreRelocator> objects, boolean isLikeBpftool, ByteOrder order) {
        List<String> lines = new ArrayList<>();
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            CoreTarget target = kernel.load(text -> lines.add(Failure.warning(text)));
            Minimized small = isLikeBpftool
                    ? Minimizer.minimizeLikeBpftool(target, objects)
                    : Minimizer.minimize(target, objects);
            String name = name(kernel);
            files.put(fileName(kernel), bytes(small.vmlinux(), order));
            for (Minimized.Module module : small.modules()) {
                String source = target.modules().get(module.index()).source();
                String file = OutFolder.plainName(source.replaceFirst("\\([^)]*\\)$", ""));
                files.put(name + "/" + file, bytes(module.btf(), order));
            }
            if (!small.kept().isEmpty()) {
                lines.add(Failure.oneLine(kernel.path() + ": kept all types that match, as "
                        + small.kept().size() + " relocations would change with the first only"
                        + " (--like-bpftool keeps that): " + small.kept().get(0)));
            }
            return new Result(files, lines, null);
        } catch (OutOfMemoryError e) {
            throw e; // it is tried again with fewer at a time
        } catch (IOException | RuntimeException | Error e) {
            return new Result(files, lines, Failure.describe(e, kernel.path().toString()));
        }
    }

    private static byte[] bytes(Btf btf, ByteOrder order) {
        BtfHeader header = btf.header();
        return BtfWriter.toBytes(btf, order == null ? header : header.withOrder(order));
    }

    /** Writes files into a folder, if there is one; gives null, or what went wrong. */
    private static String write(Map<String, byte[]> files, Path folder) {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (folder != null) {
                Path target = folder.resolve(file.getKey());
                try {
                    OutFolder.make(target.getParent());
                    byte[] bytes = file.getValue();
                    AtomicFile.write(bytes, target);
                } catch (IOException | RuntimeException e) {
                    return Failure.describe(e, target.toString());
                }
            }
        }
        return null;
    }
}
