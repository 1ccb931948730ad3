package org.btfkit.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.cli.btf.Subcommands;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.PipeOutput;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

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
        System.exit(new BtfTool(new FileOutputStream(FileDescriptor.out), System.err).run(args));
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
        } catch (ParameterException e) {
            String name = e.getCommandLine().getCommandSpec().qualifiedName();
            err.println(name + ": " + Failure.oneLine(e.getMessage()) + " (see " + name + " --help)");
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
        CommandSpec spec = CommandSpec.create().name("btf").addOption(Options.help());
        spec.usageMessage()
                .width(100)
                .descriptionHeading("%n")
                .optionListHeading("%n")
                .commandListHeading("%nCommands:%n")
                .description("Looks into BTF, the Linux kernel's type format.")
                .footer("", "btf COMMAND --help says more.");
        // The help and a slip want all commands; the one that is called makes do without the others.
        boolean isCommand = args.length > 0 && Subcommands.NAMES.contains(args[0]);
        for (String name : isCommand ? List.of(args[0]) : Subcommands.NAMES) {
            CommandSpec sub = Subcommands.create(name, err).spec().name(name);
            addHelp(sub);
            sub.subcommands().values().forEach(part -> addHelp(part.getCommandSpec()));
            spec.addSubcommand(name, sub);
        }
        CommandLine command = new CommandLine(spec);
        String commands = ", expected one of " + String.join(", ", Subcommands.NAMES);
        if (args.length > 0 && !args[0].startsWith("-") && !isCommand) {
            throw new ParameterException(command, "no command '" + args[0] + "'" + commands);
        }
        ParseResult parsed = command.parseArgs(args);
        if (!parsed.hasSubcommand()) {
            if (parsed.isUsageHelpRequested()) {
                usage(command, data);
                return ExitCode.OK;
            }
            throw new ParameterException(command, "no command given" + commands);
        }
        ParseResult arguments = parsed.subcommand();
        ParseResult last = arguments.hasSubcommand() ? arguments.subcommand() : arguments;
        if (arguments.isUsageHelpRequested() || last.isUsageHelpRequested()) {
            usage(last.commandSpec().commandLine(), data);
            return ExitCode.OK;
        }
        return Subcommands.create(arguments.commandSpec().name(), err).run(arguments, data);
    }

    private static void addHelp(CommandSpec spec) {
        spec.addOption(Options.help());
        spec.usageMessage()
                .width(100)
                .sortOptions(false)
                .descriptionHeading("%n")
                .optionListHeading("%n")
                .commandListHeading("%nCommands:%n");
    }

    private static void usage(CommandLine command, OutputStream data) throws IOException {
        data.write(command.getUsageMessage().getBytes(StandardCharsets.UTF_8));
    }
}
