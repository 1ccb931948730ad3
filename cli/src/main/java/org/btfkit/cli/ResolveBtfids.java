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

/**
 * The command {@code resolve-btfids}: reads its arguments and hands the objects to {@link ObjectBatch}.
 *
 * <p>As {@code resolve_btfids}, the name that the kernel's build calls, it does by default what that does: it leaves
 * objects alone and writes beside them.
 */
public final class ResolveBtfids {
    private static final String KERNEL_NAME = "resolve_btfids";

    private final String name;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     */
    public ResolveBtfids(PrintStream out, PrintStream err) {
        this("resolve-btfids", out, err);
    }

    private ResolveBtfids(String name, PrintStream out, PrintStream err) {
        this.name = name;
        this.out = out;
        this.err = err;
    }

    /**
     * Creates the command by the name that the kernel's build calls.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     * @return the command
     */
    public static ResolveBtfids asInKernel(PrintStream out, PrintStream err) {
        return new ResolveBtfids(KERNEL_NAME, out, err);
    }

    /**
     * Runs the command and ends the JVM with its exit status. The launcher's name is in the property
     * {@code btfkit.name}.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        boolean inKernel = KERNEL_NAME.equals(System.getProperty("btfkit.name"));
        ResolveBtfids command =
                inKernel ? asInKernel(System.out, System.err) : new ResolveBtfids(System.out, System.err);
        int status = command.run(args);
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
            err.println(name + ": " + Failure.oneLine(e.getMessage()) + " (see " + name + " --help)");
            return ExitCode.USAGE;
        } catch (RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, name));
            return ExitCode.FAILURE;
        }
    }

    private int execute(String... args) {
        CommandLine command = new CommandLine(ResolveBtfidsSpec.create(name, name.equals(KERNEL_NAME)));
        command.setUseSimplifiedAtFiles(true);
        ParseResult parsed = command.parseArgs(args);
        if (parsed.isUsageHelpRequested()) {
            command.usage(out);
            return ExitCode.OK;
        }
        ObjectBatch.Mode mode = mode(parsed);
        List<Path> objects = objects(command, parsed);
        Path output = file(command, parsed, "-o");
        boolean writesObject = mode != ObjectBatch.Mode.CHECK && mode != ObjectBatch.Mode.DETACH;
        if (output != null && (objects.size() != 1 || !writesObject)) {
            throw new ParameterException(command, "-o takes the result of one object, and none of --check, --detached");
        }
        boolean makesBtf = mode == ObjectBatch.Mode.EMBED || mode == ObjectBatch.Mode.DETACH;
        if (parsed.hasMatchedOption("--distill_base") && !makesBtf) {
            throw new ParameterException(command, "--distill_base needs --embed or --detached");
        }
        Path blob = file(command, parsed, "--patch_btfids");
        if (blob != null && objects.size() != 1) {
            throw new ParameterException(command, "--patch_btfids takes one object, the one its file was made for");
        }
        int jobs = Options.jobs(parsed);
        boolean json = parsed.hasMatchedOption("--json");
        Console console = new Console(out, err, json, parsed.hasMatchedOption("-v"), objects.size() > 1);
        return new ObjectBatch(mode, blob, options(command, parsed), console).run(objects, output, jobs);
    }

    private ObjectBatch.Mode mode(ParseResult parsed) {
        if (parsed.hasMatchedOption("--check")) {
            return ObjectBatch.Mode.CHECK;
        }
        if (parsed.hasMatchedOption("--repair")) {
            return ObjectBatch.Mode.REPAIR;
        }
        if (parsed.hasMatchedOption("--embed")) {
            return ObjectBatch.Mode.EMBED;
        }
        if (parsed.hasMatchedOption("--patch_btfids")) {
            return ObjectBatch.Mode.PATCH;
        }
        boolean detaches = parsed.hasMatchedOption("--detached") || name.equals(KERNEL_NAME);
        return detaches ? ObjectBatch.Mode.DETACH : ObjectBatch.Mode.RESOLVE;
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
                parsed.hasMatchedOption(Options.TRUST_BASE),
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
