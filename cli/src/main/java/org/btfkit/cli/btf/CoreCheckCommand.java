package org.btfkit.cli.btf;

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
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Terminal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf core check}: which objects load on which kernels, and why not. */
final class CoreCheckCommand implements Subcommand {
    private final PrintStream err;

    CoreCheckCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf core check [OPTION]... PROG.bpf.o... --on KERNEL...")
                .description(
                        "Says whether BPF objects load on kernels, from the BTF of both alone: a matrix, and below it"
                                + " what is missing, where it is used, and what comes nearest. A field that is missing"
                                + " does no harm where the program asks for it first (bpf_core_field_exists): programs"
                                + " are followed as the verifier does. Also looked for: functions, tracepoints, hooks and"
                                + " iterators that programs are for, kfuncs, ksyms, struct_ops.")
                .footer(
                        "",
                        KernelFile.KERNELS + " A module (*.ko) belongs to the kernel before it.",
                        "",
                        "yes: nothing that BTF tells is against it. no: it does not load; the number is that of lines"
                                + " below. depends: on the variable that is named. unknown: the program cannot be"
                                + " followed.",
                        "Exit status: 0 if all are yes, 1 if some are not or a file cannot be read, 2 for misuse.",
                        "",
                        "Examples:",
                        "  btf core check bindsnoop.bpf.o --on /sys/kernel/btf",
                        "  btf core check *.bpf.o --on vmlinux-6.1 vmlinux-6.12 vmlinux-6.18",
                        "  btf core check --json *.bpf.o --on btfhub-archive/ubuntu | jq -r '.[] | select(.verdict !="
                                + " \"yes\") | \"\\(.object) \\(.kernel)\"' | uniq");
        spec.addOption(Options.value("KERNEL", String[].class, "The kernels.", "--on")
                .arity("1..*")
                .auxiliaryTypes(String.class)
                .build());
        spec.addOption(Options.value(
                        "RELEASE",
                        String.class,
                        "Version of the kernels whose name or file does not tell it, for LINUX_KERNEL_VERSION.",
                        "--release")
                .build());
        CoreListCommand.addLoader(spec);
        spec.addOption(Options.value(
                        "WHEN",
                        String.class,
                        "Colour: auto (the default; not if NO_COLOR is set), always, never.",
                        "--color")
                .build());
        spec.addOption(Options.flag("Write JSON: an array of one object for each relocation and kernel.", "--json"));
        spec.addOption(Options.jobs("Number of kernels to work on at a time."));
        spec.addPositional(Options.arguments("PROG"));
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        CoreInput input = CoreInput.of(arguments, "--on");
        boolean isColored = isColored(arguments);
        boolean isJson = arguments.hasMatchedOption("--json");
        List<CheckedKernel> kernels = CheckedKernel.findAll(input.kernels(), arguments);
        CheckRun run =
                new CheckRun(input.programs(), kernels, CoreListCommand.loader(arguments), release(arguments), isJson);
        CheckReport report = run.run(Options.jobs(arguments));
        for (String line : run.lines()) {
            err.println(line);
        }
        warn(report);
        if (isJson) {
            CheckJson.write(report, out);
        } else {
            int columns = Terminal.is(1) && err == System.err ? Terminal.columns() : 0;
            out.write(new CheckText(report, isColored, columns).write().getBytes(StandardCharsets.UTF_8));
        }
        return run.hasFailed() || report.failing() > 0 ? ExitCode.FAILURE : ExitCode.OK;
    }

    private static Optional<LinuxVersion> release(ParseResult arguments) {
        String release = arguments.matchedOptionValue("--release", null);
        if (release == null) {
            return Optional.empty();
        }
        Optional<LinuxVersion> version = LinuxVersion.in(release);
        if (version.isEmpty()) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(), "--release " + release + ", expected one such as 6.12.117");
        }
        return version;
    }

    private boolean isColored(ParseResult arguments) {
        String when = arguments.matchedOptionValue("--color", "auto");
        return switch (when) {
            case "always" -> true;
            case "never" -> false;
            case "auto" -> {
                String noColor = System.getenv("NO_COLOR");
                yield (noColor == null || noColor.isEmpty()) && err == System.err && Terminal.is(1);
            }
            default ->
                throw new ParameterException(
                        arguments.commandSpec().commandLine(), "--color " + when + ", expected auto, always or never");
        };
    }

    /** Says each warning once, with the kernels that it is of. */
    private void warn(CheckReport report) {
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
                    err.println("WARN: " + Failure.oneLine(object + " on " + String.join(", ", on) + ": " + warning)));
        }
    }

    /** What an object is called: its file without the suffixes that all have. */
    static String name(Path program) {
        Path file = program.getFileName();
        String name = file == null ? program.toString() : file.toString();
        return Failure.oneLine(name.replaceFirst("(\\.bpf)?\\.o$", ""));
    }
}
