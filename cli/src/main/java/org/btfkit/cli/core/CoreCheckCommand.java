package org.btfkit.cli.core;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.btfkit.btf.load.LinuxVersion;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Terminal;

/** {@code btf core check}: which objects load on which kernels, and why not. */
public final class CoreCheckCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public CoreCheckCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf core check [OPTION]... PROG.bpf.o|FOLDER... --on KERNEL...")
                .description(
                        "Says whether BPF objects load on kernels, from the BTF of both alone: a matrix, and below it"
                                + " what is missing, where it is used, and what comes nearest. A field that is missing"
                                + " does no harm where the program asks for it first (bpf_core_field_exists): programs"
                                + " are followed as the verifier does. Also looked for: functions, tracepoints, hooks and"
                                + " iterators that programs are for, kfuncs, ksyms, struct_ops.")
                .exitStatus("0 all are yes, 1 some are not or a file cannot be read, 2 misuse.")
                .footer(
                        "",
                        KernelFile.KERNELS + " A module (*.ko) belongs to the kernel before it.",
                        CoreInput.FOLDERS,
                        "",
                        "yes: nothing that BTF tells is against it. no: it does not load; the number is that of lines"
                                + " below. depends: on the variable that is named. unknown: the program cannot be"
                                + " followed.",
                        "",
                        "Examples:",
                        "  btf core check bindsnoop.bpf.o --on /sys/kernel/btf",
                        "  btf core check *.bpf.o --on vmlinux-6.1 vmlinux-6.12 vmlinux-6.18",
                        "  btf core check --json *.bpf.o --on btfhub-archive/ubuntu |",
                        "      jq -r '.[] | select(.verdict != \"yes\") | \"\\(.object) \\(.kernel)\"' | uniq");
        syntax.add(Options.many("KERNEL", "The kernels.", "--on"));
        syntax.add(Options.text(
                "RELEASE",
                "Version of the kernels whose name or file does not tell it, for LINUX_KERNEL_VERSION.",
                "--release"));
        CoreListCommand.addLoader(syntax);
        syntax.add(Colors.option());
        syntax.json("an array of one object for each relocation and kernel.", CoreCheckJson.SHAPE);
        syntax.add(Options.jobs("Number of kernels to work on at a time."));
        syntax.operands("PROG");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        CoreInput input = CoreInput.of(arguments, "--on");
        Colors colors = Colors.of(arguments);
        boolean isJson = arguments.has("--json");
        List<CheckedKernel> kernels =
                CheckedKernel.findAll(input.kernels(), arguments, text -> err.println(Failure.warning(text)));
        CoreCheckRun run = new CoreCheckRun(
                input.programs(), kernels, CoreListCommand.loader(arguments), release(arguments), isJson);
        CoreCheckReport report = run.run(Options.jobs(arguments), err);
        for (String line : run.lines()) {
            err.println(line);
        }
        warn(report);
        if (isJson) {
            CoreCheckJson.write(report, out);
        } else {
            int columns = Terminal.isOn(1) && err == System.err ? Terminal.columns() : 0;
            out.write(new CoreCheckText(report, colors, columns).write().getBytes(StandardCharsets.UTF_8));
        }
        return run.hasFailed() || report.failing() > 0 ? ExitCode.FAILURE : ExitCode.OK;
    }

    private static Optional<LinuxVersion> release(Arguments arguments) {
        String release = arguments.value("--release", null);
        if (release == null) {
            return Optional.empty();
        }
        Optional<LinuxVersion> version = LinuxVersion.in(release);
        if (version.isEmpty()) {
            throw arguments.misuse("--release " + release + ", expected one such as 6.12.117");
        }
        return version;
    }

    /** Says each warning once, with the kernels that it is of. */
    private void warn(CoreCheckReport report) {
        for (int o = 0; o < report.objects().size(); o++) {
            Map<String, List<String>> kernels = new LinkedHashMap<>();
            for (int k = 0; k < report.kernels().size(); k++) {
                for (String warning : report.cells()[o][k].warnings()) {
                    kernels.computeIfAbsent(warning, key -> new ArrayList<>())
                            .add(report.kernels().get(k));
                }
            }
            String object = report.objects().get(o);
            kernels.forEach((warning, on) ->
                    err.println(Failure.warning(object + " on " + String.join(", ", on) + ": " + warning)));
        }
    }

    /** What an object is called: its file without the suffixes that all have. */
    static String name(Path program) {
        Path file = program.getFileName();
        String name = file == null ? program.toString() : file.toString();
        return Failure.oneLine(name.replaceFirst("(\\.bpf)?\\.o$", ""));
    }
}
