package org.btfkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.support.ExitCode;

/**
 * Runs one command after the other, for the launcher to make an archive of the classes that they use.
 *
 * <p>There is an archive for each kind of work, as the JVM takes time for each class in one, needed or not. The
 * launcher knows the kind by the first words of the command line.
 */
public final class Training {
    private final String kind;
    private final String vmlinux;
    private final String module;
    private final String object;
    private final String program;
    private final String out;

    private Training(String kind, Path folder) {
        this.kind = kind;
        this.vmlinux = folder.resolve("sample.vmlinux.btf").toString();
        this.module = folder.resolve("sample.ko").toString();
        this.object = folder.resolve("kfuncs.o.xz").toString();
        this.program = folder.resolve("core.bpf.o").toString();
        this.out = folder.resolve("out").toString();
    }

    /**
     * Runs the commands of a kind; what they say is dropped.
     *
     * @param args the kind, as the launcher calls it, and a folder to write to, with BTF of a kernel, a module, an
     *     object with DWARF, and a BPF object in it
     * @throws IOException if the folder cannot be written to
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        // Where a kernel's tree says which release it is; here, none, but that it is looked for is part of the work.
        Files.writeString(
                Files.createDirectories(folder.resolve("include/config")).resolve("kernel.release"), "\n");
        new Training(args[0], folder).run();
        ExitCode.prepare();
    }

    private void run() {
        switch (kind) {
            case "resolve", "embed", "help" -> runResolveBtfids();
            case "pahole" -> runPahole();
            case "gen-btf" -> runGenBtf();
            default -> runBtf();
        }
    }

    /** The kind of a call of {@code btf}. */
    private static String kindOf(String... command) {
        if (command[command.length - 1].equals("--help") || command[0].startsWith("-")) {
            return "btf-help";
        }
        return switch (command[0]) {
            case "dump", "encode" -> command[0];
            case "show", "find", "stats", "validate" -> "look";
            case "dedup", "merge", "distill", "relocate", "sort" -> "make";
            case "core", "min-core" -> "core";
            default -> "btf";
        };
    }

    private void runPahole() {
        String features = "--btf_features=default";
        String[][] commands = {
            {"-J", "-j2", features, "--lang_exclude=rust", "--btf_encode_detached=" + out, object},
            {"-J", features, "--btf_base", out, "--btf_encode_detached=" + out + ".2", object},
        };
        for (String[] command : commands) {
            new PaholeCommand(new PrintStream(OutputStream.nullOutputStream()), System.err).run(command);
        }
    }

    private void runGenBtf() {
        String[][] commands = {
            {"-b", vmlinux, object, "-o", out},
            {"-b", vmlinux, out},
            {"--ignore_seals", "-b", vmlinux, out},
            {"--distill_base", "-b", vmlinux, "-j", "2", out, object},
            {"--kernel", "6.12", "-b", vmlinux, out},
        };
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
        for (String[] command : commands) {
            new GenBtf(silent, silent).run(command);
        }
    }

    private void runBtf() {
        String[][] commands = {
            {"--help"},
            {"--version"},
            {"stats", "--help"},
            {"dump", "-B", vmlinux, module},
            {"dump", "-f", "c", vmlinux},
            {"dump", "-f", "json", vmlinux},
            {"dump", "-f", "json", "--pretty", vmlinux},
            {"show", "task", "task.name", vmlinux},
            {"show", "-B", vmlinux, "task", module},
            {"find", "-k", "struct", "t*", vmlinux},
            {"find", "-B", vmlinux, "sample_*", module},
            {"stats", vmlinux},
            {"stats", "-B", vmlinux, module},
            {"who", "task", vmlinux},
            {"kfuncs", "-B", vmlinux, module},
            {"graph", "task", vmlinux, "-o", out + ".svg"},
            {"report", vmlinux, "-o", out + ".html"},
            {"validate", vmlinux},
            {"validate", "-B", vmlinux, module},
            {"encode", object, "-o", out},
            {"diff", "--color", "always", vmlinux, vmlinux},
            {"check", module, "--on", vmlinux},
            {"explain", "task", vmlinux},
            {"encode", "-B", out, "--out-dir", out + ".encoded", object},
            {"dedup", "-B", vmlinux, module, "--raw", "-o", out},
            {"dedup", "-B", vmlinux, module, "--out-dir", out + ".dedup"},
            {"merge", vmlinux, vmlinux, "-o", out},
            {"sort", vmlinux, "-o", out},
            {"sort", "-B", vmlinux, module, "--raw", "-o", out},
            {"sanitize", "--without", "float,enum64", vmlinux, "-o", out},
            {"java", "--all", "-B", vmlinux, "--package", "p", "-o", out + ".java"},
            {"distill", "-B", vmlinux, module, "-o", module},
            {"relocate", "--onto", vmlinux, module, "-o", module},
            {"core", "check", program, "--on", vmlinux, vmlinux},
            {"core", "check", "--json", program, "--on", vmlinux},
            {"core", "list", program},
            {"core", "list", "-v", program, "--on", vmlinux},
            {"core", "list", "--json", program, "--on", vmlinux},
            {"core", "apply", program, "--on", vmlinux, "-o", out},
            {"min-core", program, "-B", vmlinux, "--out-dir", out + ".min", "--tar", out + ".tar.gz"},
        };
        run(commands);
    }

    private void run(String[][] commands) {
        BtfTool btf = new BtfTool(OutputStream.nullOutputStream(), System.err);
        for (String[] command : commands) {
            if (kind.equals(kindOf(command))) {
                btf.run(command);
            }
        }
    }

    private void runResolveBtfids() {
        String[][] commands = switch (kind) {
            case "help" -> new String[][] {{"--help"}, {"--version"}};
            case "embed" ->
                new String[][] {
                    {"--detached", "-b", vmlinux, module},
                    {"--patch_btfids", module + ".BTF_ids", "-o", out, module},
                    {"--embed", "--distill_base", "-b", vmlinux, module},
                };
            default ->
                new String[][] {
                    {"-b", vmlinux, module},
                    {"-b", vmlinux, module},
                    {"--check", "-b", vmlinux, module},
                };
        };
        for (String[] command : commands) {
            new ResolveBtfids(new PrintStream(OutputStream.nullOutputStream()), System.err).run(command);
        }
    }
}
