package org.btfkit.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.btfkit.cli.btf.PaholeCommand;

/** Runs one command after the other, for the launcher to make an archive of the classes that they use. */
public final class Training {
    private Training() {}

    /**
     * Runs the commands of a launcher; what they say is dropped.
     *
     * @param args class of the launcher; a file with BTF of a kernel; a module in a folder to write to; and an object
     *     with DWARF
     */
    public static void main(String[] args) {
        String vmlinux = args[1];
        String module = args[2];
        String object = args[3];
        if (args[0].endsWith("BtfTool")) {
            trainBtf(vmlinux, module, object, module + ".out");
        } else if (args[0].endsWith("Pahole")) {
            trainPahole(object, module + ".out");
        } else if (args[0].endsWith("GenBtf")) {
            trainGenBtf(vmlinux, object, module + ".out");
        } else {
            trainResolveBtfids(vmlinux, module);
        }
    }

    private static void trainPahole(String object, String out) {
        String features = "--btf_features=default";
        String[][] commands = {
            {"-J", "-j2", features, "--lang_exclude=rust", "--btf_encode_detached=" + out, object},
            {"-J", features, "--btf_base", out, "--btf_encode_detached=" + out + ".2", object},
        };
        for (String[] command : commands) {
            new PaholeCommand(new PrintStream(OutputStream.nullOutputStream()), System.err).run(command);
        }
    }

    private static void trainGenBtf(String vmlinux, String object, String out) {
        String[][] commands = {
            {"-b", vmlinux, object, "-o", out},
            {"-b", vmlinux, out},
            {"--distill_base", "-b", vmlinux, "-j", "2", out, object},
            {"--kernel", "6.12", "-b", vmlinux, out},
        };
        for (String[] command : commands) {
            PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
            new GenBtf(silent, silent).run(command);
        }
    }

    private static void trainBtf(String vmlinux, String module, String object, String out) {
        String[][] commands = {
            {"dump", "-B", vmlinux, module},
            {"dump", "-f", "c", vmlinux},
            {"dump", "-f", "json", "--pretty", vmlinux},
            {"show", "task", "task.name", vmlinux},
            {"find", "-k", "struct", "t*", vmlinux},
            {"stats", vmlinux},
            {"validate", vmlinux},
            {"encode", object, "-o", out},
            {"encode", "-B", out, "--out-dir", Path.of(out).getParent() + "/encoded", object},
            {"dedup", "-B", vmlinux, module, "--raw", "-o", out},
            {"dedup", "-B", vmlinux, module, "--out-dir", Path.of(out).getParent() + "/dedup"},
            {"merge", vmlinux, vmlinux, "-o", out},
            {"sort", vmlinux, "-o", out},
            {"distill", "-B", vmlinux, module, "-o", module},
            {"relocate", "--onto", vmlinux, module, "-o", module},
        };
        BtfTool btf = new BtfTool(OutputStream.nullOutputStream(), System.err);
        for (String[] command : commands) {
            btf.run(command);
        }
    }

    private static void trainResolveBtfids(String vmlinux, String module) {
        String[][] commands = {
            {"-b", vmlinux, module},
            {"--check", "-b", vmlinux, module},
            {"--detached", "-b", vmlinux, module},
            {"--embed", "--distill_base", "-b", vmlinux, module},
        };
        for (String[] command : commands) {
            new ResolveBtfids(new PrintStream(OutputStream.nullOutputStream()), System.err).run(command);
        }
    }
}
