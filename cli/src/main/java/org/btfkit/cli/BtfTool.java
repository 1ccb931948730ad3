package org.btfkit.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.cli.btf.Subcommand;
import org.btfkit.cli.btf.Subcommands;
import org.btfkit.cli.support.ArgumentReader;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.PicocliReader;
import org.btfkit.cli.support.PipeOutput;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Version;

/** The command {@code btf}: finds its subcommand and runs it. */
public final class BtfTool {
    private final OutputStream out;
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param out where data goes; flushed at the end
     * @param err where errors go
     */
    public BtfTool(OutputStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        ExitCode.end(new BtfTool(new FileOutputStream(FileDescriptor.out), System.err).run(args));
    }

    /**
     * Runs the command.
     *
     * @param args the arguments
     * @return the exit status
     */
    public int run(String... args) {
        PipeOutput data = new PipeOutput(out);
        String subject = "btf";
        try {
            int status = execute(data, args);
            data.flush();
            return status;
        } catch (MisuseException e) {
            err.println(e.line());
            return ExitCode.USAGE;
        } catch (PipeOutput.ClosedException e) {
            return ExitCode.OK;
        } catch (BtfException | IOException e) {
            err.println("ERROR: " + Failure.describe(e, subject));
            return ExitCode.FAILURE;
        } catch (RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, subject));
            return ExitCode.FAILURE;
        }
    }

    private int execute(OutputStream data, String... args) throws IOException {
        // The one that is called makes do without the others.
        int words = Subcommands.wordsOf(args);
        if (words > 0) {
            String name = words == 1 ? args[0] : args[0] + " " + args[1];
            Subcommand command = Subcommands.create(name, err);
            Syntax syntax = syntax(name, command);
            Arguments arguments = ArgumentReader.read(syntax, List.of(args).subList(words, args.length));
            if (arguments.has("--help")) {
                data.write(PicocliReader.usage(syntax).getBytes(StandardCharsets.UTF_8));
                return ExitCode.OK;
            }
            return command.run(arguments, data);
        }
        List<String> second = args.length > 0 ? Subcommands.secondWords(args[0]) : List.of();
        if (!second.isEmpty()) {
            return executeGroup(second, data, args);
        }
        Syntax syntax = syntax();
        String commands = ", expected one of " + String.join(", ", Subcommands.NAMES);
        if (args.length > 0 && !args[0].startsWith("-")) {
            throw new MisuseException(syntax.name(), "no command '" + args[0] + "'" + commands);
        }
        Arguments arguments = ArgumentReader.read(syntax, List.of(args));
        if (arguments.has("--help")) {
            data.write(PicocliReader.usage(syntax, subcommands()).getBytes(StandardCharsets.UTF_8));
        } else if (arguments.has("--version")) {
            data.write((Version.of(syntax.name()) + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            throw arguments.misuse("no command given" + commands);
        }
        return ExitCode.OK;
    }

    /** What can be done with the first of two words alone: it helps, and knows what should follow. */
    private static int executeGroup(List<String> second, OutputStream data, String... args) throws IOException {
        Syntax syntax = new Syntax()
                .name("btf " + args[0])
                .add(Options.help())
                .footer("", "btf " + args[0] + " COMMAND --help says more.");
        String commands = ", expected one of " + String.join(", ", second);
        if (args.length > 1 && !args[1].startsWith("-")) {
            throw new MisuseException(syntax.name(), "no command '" + args[1] + "'" + commands);
        }
        Arguments arguments = ArgumentReader.read(syntax, List.of(args).subList(1, args.length));
        if (!arguments.has("--help")) {
            throw arguments.misuse("no command given" + commands);
        }
        Map<String, Syntax> all = new LinkedHashMap<>();
        for (String name : second) {
            String whole = args[0] + " " + name;
            all.put(name, syntax(whole, Subcommands.create(whole, System.err)));
        }
        data.write(PicocliReader.usage(syntax, all).getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }

    /**
     * Describes the command without those that it finds.
     *
     * @return options of its own
     */
    static Syntax syntax() {
        return new Syntax()
                .name("btf")
                .description("Looks into BTF, the Linux kernel's type format.")
                .add(Options.help())
                .add(Options.version())
                .footer("", "btf COMMAND --help says more.");
    }

    /** Describes all subcommands, by their names. */
    static Map<String, Syntax> subcommands() {
        Map<String, Syntax> all = new LinkedHashMap<>();
        for (String name : Subcommands.NAMES) {
            all.put(name, syntax(name, Subcommands.create(name, System.err)));
        }
        return all;
    }

    private static Syntax syntax(String name, Subcommand command) {
        return command.syntax().name("btf " + name).add(Options.help());
    }
}
