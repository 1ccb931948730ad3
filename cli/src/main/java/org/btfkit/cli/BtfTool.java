package org.btfkit.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.query.SimilarNames;
import org.btfkit.cli.support.ArgumentReader;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Nearest;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.PicocliReader;
import org.btfkit.cli.support.PipeOutput;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Version;

/** The command {@code btf}: finds its subcommand and runs it. */
public final class BtfTool {
    private static final String NAME = "btf";

    private static final String VERSION = "--version";
    private static final String HELP = "help";

    /** The first word of subcommands that have two. */
    private static final String CORE = "core";

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
        String subject = NAME;
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

    private int execute(OutputStream data, String... given) throws IOException {
        String[] args = given.length > 0 && given[0].equals(HELP) ? helpOf(given) : given;
        // The one that is called makes do without the others.
        int words = Subcommands.wordsOf(args);
        if (words > 0) {
            String name = words == 1 ? args[0] : args[0] + " " + args[1];
            if (args.length == words + 1 && args[words].equals(VERSION)) {
                data.write((Version.of(NAME) + "\n").getBytes(StandardCharsets.UTF_8));
                return ExitCode.OK;
            }
            Subcommand command = Subcommands.create(name, err);
            Syntax syntax = syntax(name, command);
            Arguments arguments = ArgumentReader.read(syntax, List.of(args).subList(words, args.length));
            if (arguments.has("--help")) {
                data.write(PicocliReader.usage(syntax).getBytes(StandardCharsets.UTF_8));
                return ExitCode.OK;
            }
            return command.run(arguments, data);
        }
        List<String> all = List.of(args);
        return args.length > 0 && args[0].equals(CORE)
                ? withoutCommand(coreSyntax(), CORE + " ", all.subList(1, all.size()), data)
                : withoutCommand(syntax(), "", all, data);
    }

    /** What {@code btf help COMMAND} says is {@code btf COMMAND --help}. */
    private static String[] helpOf(String... args) {
        String[] asked = Arrays.copyOfRange(args, 1, args.length + 1);
        asked[args.length - 1] = "--" + HELP;
        return asked;
    }

    /** Says which subcommands there are that begin with a word, where none of them is called. */
    private static int withoutCommand(Syntax syntax, String first, List<String> args, OutputStream data)
            throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : Subcommands.NAMES) {
            if (name.startsWith(first)) {
                names.add(name.substring(first.length()));
            }
        }
        String commands = ", expected one of " + String.join(", ", names);
        if (!args.isEmpty() && !args.get(0).startsWith("-")) {
            String near = Nearest.words(SimilarNames.among(names, args.get(0), Nearest.MOST));
            throw new MisuseException(
                    syntax.name(), "no command '" + args.get(0) + "'" + (near.isEmpty() ? commands : near));
        }
        Arguments arguments = ArgumentReader.read(syntax, args);
        if (arguments.has("--help")) {
            data.write(PicocliReader.usage(syntax, subcommands(first)).getBytes(StandardCharsets.UTF_8));
        } else if (syntax.name().equals(NAME) && arguments.has(VERSION)) {
            data.write((Version.of(syntax.name()) + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            throw arguments.misuse("no command given" + commands);
        }
        return ExitCode.OK;
    }

    /**
     * Describes the command without those that it finds.
     *
     * @return options of its own
     */
    public static Syntax syntax() {
        return new Syntax()
                .name(NAME)
                .description("Looks into BTF, the Linux kernel's type format.")
                .add(Options.help())
                .add(Options.version())
                .footer("", "btf COMMAND --help says more.");
    }

    /** Describes {@code btf core}, which is no command, only the first word of some. */
    private static Syntax coreSyntax() {
        return new Syntax()
                .name(NAME + " " + CORE)
                .description("Relocates BPF objects (CO-RE) on kernels, from the BTF of both alone.")
                .add(Options.help())
                .footer("", "btf core COMMAND --help says more.");
    }

    /**
     * Describes all subcommands.
     *
     * @return by their names, in the order of the help
     */
    public static Map<String, Syntax> subcommands() {
        return subcommands("");
    }

    /** Describes the subcommands that begin with a word, by what follows it. */
    private static Map<String, Syntax> subcommands(String first) {
        Map<String, Syntax> all = new LinkedHashMap<>();
        for (String name : Subcommands.NAMES) {
            if (name.startsWith(first)) {
                all.put(name.substring(first.length()), syntax(name, Subcommands.create(name, System.err)));
            }
        }
        return all;
    }

    private static Syntax syntax(String name, Subcommand command) {
        return command.syntax().name(NAME + " " + name).add(Options.help());
    }
}
