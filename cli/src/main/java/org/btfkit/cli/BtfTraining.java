package org.btfkit.cli;

import java.io.OutputStream;

/** Runs one {@code btf} command after the other, for the launcher to make an archive of the classes that they use. */
public final class BtfTraining {
    private BtfTraining() {}

    /**
     * Runs the commands; what they write is dropped.
     *
     * @param args a file with BTF of a kernel, and a module
     */
    public static void main(String[] args) {
        String vmlinux = args[0];
        String module = args[1];
        String[][] commands = {
            {"dump", "-B", vmlinux, module},
            {"dump", "-f", "c", vmlinux},
            {"dump", "-f", "json", "--pretty", vmlinux},
            {"show", "task", "task.name", vmlinux},
            {"find", "-k", "struct", "t*", vmlinux},
            {"stats", vmlinux},
            {"validate", vmlinux},
        };
        BtfTool btf = new BtfTool(OutputStream.nullOutputStream(), System.err);
        for (String[] command : commands) {
            btf.run(command);
        }
    }
}
