package org.btfkit.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.resolve.ResolveOptions;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command {@code resolve-btfids}: reads its arguments and hands the objects to {@link ObjectBatch}. */
public final class ResolveBtfids {
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     */
    public ResolveBtfids(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        int status = new ResolveBtfids(System.out, System.err).run(args);
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs the command.
     *
     * @param args the arguments
     * @return the exit status
     */
    public int run(String... args) {
        try {
            return execute(args);
        } catch (ParameterException e) {
            err.println("resolve-btfids: " + Failure.oneLine(e.getMessage()) + " (see resolve-btfids --help)");
            return ExitCode.USAGE;
        } catch (RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, "resolve-btfids"));
            return ExitCode.FAILURE;
        }
    }

    private int execute(String... args) {
        CommandLine command = new CommandLine(ResolveBtfidsSpec.create());
        command.setUseSimplifiedAtFiles(true);
        ParseResult parsed = command.parseArgs(args);
        if (parsed.isUsageHelpRequested()) {
            command.usage(out);
            return ExitCode.OK;
        }
        ObjectBatch.Mode mode = ObjectBatch.Mode.RESOLVE;
        if (parsed.hasMatchedOption("--check")) {
            mode = ObjectBatch.Mode.CHECK;
        } else if (parsed.hasMatchedOption("--repair")) {
            mode = ObjectBatch.Mode.REPAIR;
        }
        List<Path> objects = objects(command, parsed);
        Path output = file(command, parsed, "-o");
        if (output != null && (objects.size() != 1 || mode == ObjectBatch.Mode.CHECK)) {
            throw new ParameterException(command, "-o takes the result of one object, and none of --check");
        }
        int jobs = Options.jobs(parsed);
        boolean json = parsed.hasMatchedOption("--json");
        Console console = new Console(out, err, json, parsed.hasMatchedOption("-v"), objects.size() > 1);
        return new ObjectBatch(mode, options(command, parsed), console).run(objects, output, jobs);
    }

    private static ResolveOptions options(CommandLine command, ParseResult parsed) {
        return new ResolveOptions(
                file(command, parsed, "--btf"),
                file(command, parsed, "-b"),
                file(command, parsed, "--old_btf"),
                file(command, parsed, "--old_base"),
                parsed.hasMatchedOption("--trust_symbols"),
                parsed.hasMatchedOption("--strip_signature"),
                parsed.hasMatchedOption("--fatal_warnings"),
                parsed.hasMatchedOption("--distill_base"));
    }

    /** The file that an option names, null without the option; a variable that is not set makes an empty name. */
    private static Path file(CommandLine command, ParseResult parsed, String option) {
        Path file = parsed.matchedOptionValue(option, null);
        if (file != null && file.toString().isEmpty()) {
            throw new ParameterException(command, option + " has an empty file name");
        }
        return file;
    }

    /** The objects to work on, each once by whatever names it is given. */
    private static List<Path> objects(CommandLine command, ParseResult parsed) {
        String[] given = parsed.matchedPositionalValue(0, new String[0]);
        if (given.length == 0) {
            throw new ParameterException(command, "no object given, expected one ELF file or more");
        }
        List<Path> objects = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (String name : given) {
            if (name.isEmpty()) {
                throw new ParameterException(command, "an object has an empty file name");
            }
            Path object = Path.of(name);
            if (given.length == 1 || known.add(realPath(object))) {
                objects.add(object);
            }
        }
        return objects;
    }

    private static Path realPath(Path object) {
        try {
            return object.toRealPath();
        } catch (IOException e) {
            return object; // the failure is reported when it is this object's turn
        }
    }
}
