package org.btfkit.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of {@code resolve-btfids} in this JVM.
 *
 * @param args its arguments
 * @param status its exit status
 * @param out the lines it printed to standard output
 * @param err the lines it printed to standard error
 */
record CommandRun(List<String> args, int status, List<String> out, List<String> err) {

    /** Runs the command; arguments are turned into strings. */
    static CommandRun of(Object... args) {
        List<String> strings = new ArrayList<>();
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new ResolveBtfids(stream(out), stream(err)).run(strings.toArray(new String[0]));
        return new CommandRun(List.copyOf(strings), status, lines(out), lines(err));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static List<String> lines(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Standard error as one text, for searching in it. */
    String errText() {
        return String.join("\n", err);
    }

    /** Standard output as one text. */
    String outText() {
        return String.join("\n", out);
    }

    /** The lines of standard error that begin with {@code ERROR: }. */
    List<String> errors() {
        return err.stream().filter(line -> line.startsWith("ERROR: ")).toList();
    }

    @Override
    public String toString() {
        return args + " -> " + status + "\nout: " + outText() + "\nerr: " + errText();
    }
}
