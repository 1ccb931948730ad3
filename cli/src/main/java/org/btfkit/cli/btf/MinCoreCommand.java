package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
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
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.TarArchive;
import org.btfkit.elf.ElfFile;
import org.btfkit.internal.io.ArrayInput;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.FileChange;
import org.btfkit.transform.Minimized;
import org.btfkit.transform.Minimizer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf min-core}: of each kernel the BTF that some objects need. */
final class MinCoreCommand implements Subcommand {
    private final PrintStream err;

    MinCoreCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf min-core [OPTION]... PROG.bpf.o... -B KERNEL... --out-dir DIR")
                .description("Makes for each kernel the smallest BTF on which these BPF objects are relocated as on the"
                        + " kernel's own, to be shipped with them to kernels without BTF. What bpftool gen"
                        + " min_core_btf makes of one kernel, this makes of all in one call, byte for byte where"
                        + " bpftool keeps enough.")
                .footer(
                        "",
                        KernelFile.KERNELS + " A folder of kernels keeps its layout. Of several arguments after -B"
                                + " those that are BPF objects are taken as such.",
                        "",
                        "An object that cannot be read fails the call, a kernel only its own file.",
                        "",
                        "Examples:",
                        "  btf min-core runqlen.bpf.o -B vmlinux-6.1 vmlinux-6.12 --out-dir btfs",
                        "  btf min-core *.bpf.o -B btfhub-archive/ubuntu --out-dir btfs --tar min_core_btfs.tar.gz",
                        "  btf min-core runqlen.bpf.o -B /sys/kernel/btf --out-dir btfs      # modules as well");
        spec.addOption(Options.value("KERNEL", String[].class, "Kernels.", "-B", "--btf")
                .arity("1..*")
                .auxiliaryTypes(String.class)
                .build());
        spec.addOption(Options.file("DIR", "Write a file for each kernel here.", "--out-dir"));
        spec.addOption(Options.file("FILE", "Write all into this archive, compressed if it ends in gz.", "--tar"));
        spec.addOption(Options.value(
                        "ORDER",
                        String.class,
                        "Byte order of the result: little or big. Default: the kernel's.",
                        "--endian")
                .build());
        spec.addOption(Options.flag(
                "Keep what bpftool keeps, even where that changes what a program reads.", "--like-bpftool"));
        spec.addOption(Options.jobs("Number of kernels to work on at a time."));
        spec.addPositional(Options.arguments("PROG"));
        return spec;
    }

    /** What came of a kernel: files by name, lines to say, or why nothing came of it. */
    private record Result(Map<String, byte[]> files, List<String> lines, String failure) {
        static Result failed(KernelFile kernel, Throwable failure) {
            return new Result(
                    Map.of(), List.of(), Failure.describe(failure, kernel.path().toString()));
        }
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        List<Path> programs = new ArrayList<>();
        List<Path> kernelArguments = new ArrayList<>();
        sort(arguments, programs, kernelArguments);
        Path folder = arguments.matchedOptionValue("--out-dir", null);
        Path tar = arguments.matchedOptionValue("--tar", null);
        if (folder == null && tar == null) {
            throw misuse(arguments, "expected --out-dir DIR or --tar FILE");
        }
        if (folder != null) {
            OutFolder.requireNoFile(folder);
        }
        ByteOrder order = order(arguments);
        int jobs = Options.jobs(arguments);
        List<KernelFile> kernels = KernelFile.findAll(kernelArguments);
        requireDifferentNames(arguments, kernels);
        List<CoreRelocator> objects = readAll(programs);
        if (objects == null) {
            return ExitCode.FAILURE;
        }
        boolean isLikeBpftool = arguments.hasMatchedOption("--like-bpftool");
        Map<String, byte[]> archived = new LinkedHashMap<>();
        int[] failures = {0};
        Parallel.run(
                kernels, jobs, kernel -> minimize(kernel, objects, isLikeBpftool, order), Result::failed, result -> {
                    result.lines.forEach(err::println);
                    String failure = result.failure != null ? result.failure : write(result.files, folder);
                    if (failure != null) {
                        failures[0]++;
                        err.println("ERROR: " + failure);
                    } else if (tar != null) {
                        archived.putAll(result.files);
                    }
                });
        if (tar != null && !archived.isEmpty()) {
            TarArchive.write(archived, tar);
        }
        if (kernels.size() > 1 && failures[0] > 0) {
            err.println(kernels.size() + " kernels, " + failures[0] + " failed");
        }
        return failures[0] == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Tells objects and kernels apart: as {@code -B} takes all that follows, objects may be among the kernels. */
    private static void sort(ParseResult arguments, List<Path> programs, List<Path> kernels) {
        for (String program : arguments.matchedPositionalValue(0, new String[0])) {
            programs.add(Path.of(program));
        }
        for (String kernel : arguments.matchedOptionValue("-B", new String[0])) {
            Path path = Path.of(kernel);
            (isBpfObject(path) ? programs : kernels).add(path);
        }
        if (programs.isEmpty() || kernels.isEmpty()) {
            throw misuse(
                    arguments, programs.isEmpty() ? "no BPF object, expected one or more" : "expected -B KERNEL...");
        }
    }

    private static boolean isBpfObject(Path path) {
        if (!Files.isRegularFile(path) || !path.toString().endsWith(".o")) {
            return false;
        }
        try (ElfFile elf = ElfFile.open(path)) {
            return elf.machine() == ElfFile.EM_BPF;
        } catch (IOException | RuntimeException e) {
            return false; // said when it is read as a kernel
        }
    }

    private static ParameterException misuse(ParseResult arguments, String text) {
        return new ParameterException(arguments.commandSpec().commandLine(), text);
    }

    private static ByteOrder order(ParseResult arguments) {
        String name = arguments.matchedOptionValue("--endian", null);
        if (name == null) {
            return null;
        }
        return switch (name) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw misuse(arguments, "--endian " + name + ", expected little or big");
        };
    }

    private static void requireDifferentNames(ParseResult arguments, List<KernelFile> kernels) {
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
            CoreTarget target = kernel.load(text -> lines.add("WARN: " + Failure.oneLine(text)));
            Minimized small = isLikeBpftool
                    ? Minimizer.minimizeLikeBpftool(target, objects)
                    : Minimizer.minimize(target, objects);
            String name = name(kernel);
            files.put(kernel.isFolder() ? name + "/vmlinux" : name, bytes(small.vmlinux(), order));
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
                    AtomicFile.write(new ArrayInput(bytes), new FileChange(bytes.length, List.of()), target);
                } catch (IOException | RuntimeException e) {
                    return Failure.describe(e, target.toString());
                }
            }
        }
        return null;
    }
}
