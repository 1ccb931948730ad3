package org.btfkit.cli.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.input.BtfFolder;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.KernelFiles;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.resolve.BtfIdsResolver;
import org.btfkit.resolve.ResolveOptions;

/** {@code btf check}: says whether the BTF of modules loads on a kernel, and what to do if not. */
public final class CheckCommand implements Subcommand {
    private static final String ON = "--on";

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public CheckCommand(PrintStream err) {
        this.err = err;
    }

    /** A kernel that modules are checked on. */
    private record Kernel(Path path, Btf btf, BtfIdsResolver resolver) {}

    /**
     * What was found out about a module.
     *
     * @param verdicts one for each kernel; empty if the file cannot be read
     * @param failure why it cannot be read, or null
     */
    record Result(Path module, List<ModuleVerdict> verdicts, String failure) {
        static Result failed(Path module, Throwable failure) {
            return new Result(module, List.of(), Failure.describe(failure, module.toString()));
        }
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf check [OPTION]... MODULE|FOLDER... [--on VMLINUX|FOLDER]...")
                .description(
                        "Says whether a kernel takes the BTF of a module, whether its types are the right ones there,"
                                + " and whether its .BTF_ids and kfuncs are in order; why not, and what to do.")
                .exitStatus("0 all load, 1 one does not, 2 it cannot be told, or misuse.")
                .footer(
                        "",
                        "MODULE and VMLINUX are raw BTF, ELF or a kernel image, plain or compressed. Of a FOLDER, all modules"
                                + " are checked, or on all kernels. Without --on the kernels of this machine are tried,"
                                + " and a module has to load on one of them.",
                        "",
                        "Examples:",
                        "  btf check nf_conntrack.ko.xz",
                        "  btf check my.ko --on vmlinux-6.12.100 /boot/vmlinuz-6.12.117",
                        "  btf check /lib/modules/6.12.117/kernel --on vmlinux-6.12.117",
                        "  btf check --json my.ko --on /sys/kernel/btf/vmlinux");
        syntax.add(Options.many("VMLINUX", "Kernels to check on.", ON));
        syntax.add(Options.flag("Show all modules in full, and all kfuncs with their flags.", "-v", "--verbose"));
        syntax.json("one object.", CheckJson.SHAPE);
        syntax.add(Options.jobs("How many modules to check at a time."));
        syntax.add(Colors.option());
        syntax.operands("MODULE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] names = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "a module");
        Colors colors = Colors.of(arguments);
        int jobs = Options.jobs(arguments);
        List<String> given = arguments.value(ON, List.of());
        List<Path> modules = new ArrayList<>();
        List<Kernel> kernels;
        try {
            for (String name : names) {
                modules.addAll(BtfFolder.modules(Path.of(name)));
            }
            kernels = given.isEmpty() ? kernelsOfThisMachine() : kernels(given);
        } catch (BtfException | IOException e) {
            err.println("ERROR: " + Failure.describe(e, "btf check"));
            return ExitCode.NO_ANSWER;
        }
        if (kernels.isEmpty()) {
            throw arguments.misuse("no kernel with BTF on this machine, expected --on VMLINUX");
        }
        List<Result> results = check(modules, kernels, jobs);
        if (arguments.has("--json")) {
            CheckJson.write(out, results);
        } else {
            String text = new CheckText(colors, arguments.has("-v"), given.isEmpty()).text(results);
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return status(results, given.isEmpty());
    }

    private static List<Kernel> kernelsOfThisMachine() {
        List<Kernel> kernels = new ArrayList<>();
        for (Path path : KernelFiles.candidates()) {
            try {
                kernels.add(kernel(path));
            } catch (BtfException | IOException e) {
                // without BTF, or none of ours to read
            }
        }
        return kernels;
    }

    /** The files that are given, and those in folders that can be read. */
    private List<Kernel> kernels(List<String> given) throws IOException {
        List<Kernel> kernels = new ArrayList<>();
        for (String name : given) {
            Path argument = Path.of(BtfInput.file(name));
            List<String> failures = new ArrayList<>();
            int before = kernels.size();
            for (Path path : BtfFolder.kernels(argument)) {
                try {
                    kernels.add(kernel(path));
                } catch (BtfException | IOException e) {
                    failures.add(Failure.describe(e, path.toString()));
                }
            }
            if (kernels.size() == before) {
                throw new BtfException(failures.get(0));
            }
            failures.forEach(failure -> err.println(Failure.warning(failure + "; left out")));
        }
        return kernels;
    }

    private static Kernel kernel(Path path) throws IOException {
        return new Kernel(path, BtfSource.load(path), new BtfIdsResolver(ResolveOptions.withBase(path)));
    }

    private List<Result> check(List<Path> modules, List<Kernel> kernels, int jobs) {
        List<Result> results = new ArrayList<>();
        Progress progress = Progress.on(err, modules.size());
        Parallel.run(modules, jobs, module -> check(module, kernels), Result::failed, result -> {
            results.add(result);
            progress.step();
        });
        progress.clear();
        results.stream()
                .filter(result -> result.failure != null)
                .forEach(result -> err.println("ERROR: " + result.failure));
        return results;
    }

    private static Result check(Path module, List<Kernel> kernels) {
        List<ModuleVerdict> verdicts = new ArrayList<>();
        try (BtfSource source = BtfSource.open(module)) {
            for (Kernel kernel : kernels) {
                verdicts.add(ModuleVerdict.of(module, source, kernel.path, kernel.btf, kernel.resolver));
            }
            return new Result(module, verdicts, null);
        } catch (BtfException | IOException e) {
            return Result.failed(module, e);
        }
    }

    private static int status(List<Result> results, boolean oneIsEnough) {
        int status = ExitCode.OK;
        for (Result result : results) {
            if (result.failure != null) {
                return ExitCode.NO_ANSWER;
            }
            boolean isGood = oneIsEnough
                    ? result.verdicts.stream().anyMatch(ModuleVerdict::isGood)
                    : result.verdicts.stream().allMatch(ModuleVerdict::isGood);
            status = isGood ? status : ExitCode.FAILURE;
        }
        return status;
    }
}
