package org.btfkit.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.support.ExitCode;

/**
 * A run of {@code btf} in this JVM.
 *
 * @param args its arguments
 * @param status its exit status
 * @param out the bytes it wrote to standard output
 * @param err what it printed to standard error
 */
record BtfRun(List<String> args, int status, byte[] out, String err) {

    /** Runs the command; arguments are turned into strings. */
    static BtfRun of(Object... args) {
        List<String> strings = new ArrayList<>();
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new BtfTool(out, new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(strings.toArray(new String[0]));
        return new BtfRun(List.copyOf(strings), status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs the command, which has to succeed without a word. */
    static BtfRun ok(Object... args) {
        BtfRun run = of(args);
        if (run.status != ExitCode.OK || !run.err.isEmpty()) {
            throw new AssertionError(run.toString());
        }
        return run;
    }

    @Override
    public String toString() {
        return "btf " + String.join(" ", args) + " -> " + status + "\nout: " + out.length + " bytes\nerr: " + err;
    }
}
