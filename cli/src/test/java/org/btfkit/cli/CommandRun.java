package org.btfkit.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.support.ExitCode;

/**
 * A run of a command in this JVM.
 *
 * @param command its name
 * @param args its arguments
 * @param status its exit status
 * @param out the bytes that it wrote to standard output
 * @param err the text that it printed to standard error
 */
public record CommandRun(String command, List<String> args, int status, byte[] out, String err) {

    /** Runs {@code btf}; arguments are turned into strings. */
    public static CommandRun btf(Object... args) {
        List<String> strings = strings(args);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new BtfTool(out, stream(err)).run(strings.toArray(new String[0]));
        return new CommandRun("btf", strings, status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs {@code btf}, which has to succeed without a word. */
    public static CommandRun btfOk(Object... args) {
        CommandRun run = btf(args);
        if (run.status != ExitCode.OK || !run.err.isEmpty()) {
            throw new AssertionError(run.toString());
        }
        return run;
    }

    /** Runs {@code resolve-btfids}; arguments are turned into strings. */
    public static CommandRun resolveBtfids(Object... args) {
        List<String> strings = strings(args);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new ResolveBtfids(stream(out), stream(err)).run(strings.toArray(new String[0]));
        return new CommandRun(
                "resolve-btfids", strings, status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs {@code gen-btf}; arguments are turned into strings. */
    public static CommandRun genBtf(Object... args) {
        List<String> strings = strings(args);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new GenBtf(stream(out), stream(err)).run(strings.toArray(new String[0]));
        return new CommandRun("gen-btf", strings, status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static List<String> strings(Object... args) {
        List<String> strings = new ArrayList<>();
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        return List.copyOf(strings);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** Standard output as text. */
    public String outText() {
        return new String(out, StandardCharsets.UTF_8);
    }

    /** Standard output as lines. */
    public List<String> outLines() {
        return outText().lines().toList();
    }

    /** Standard error as lines. */
    public List<String> errLines() {
        return err.lines().toList();
    }

    /** The lines of standard error that begin with {@code ERROR: }. */
    public List<String> errors() {
        return errLines().stream().filter(line -> line.startsWith("ERROR: ")).toList();
    }

    @Override
    public String toString() {
        String text = out.length < 10_000 ? outText() : out.length + " bytes";
        return command + " " + String.join(" ", args) + " -> " + status + "\nout: " + text + "\nerr: " + err;
    }
}
