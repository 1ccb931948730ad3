package org.btfkit.cli.resolve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.resolve.KernelRules;
import org.btfkit.resolve.ResolveOptions;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Reads the arguments of {@code resolve-btfids} and hands the objects to {@link ObjectBatch}. */
public final class ResolveCommand {
    private final String name;
    private final boolean detaches;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param name what it is called
     * @param detaches whether it writes beside objects unless told otherwise
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     */
    public ResolveCommand(String name, boolean detaches, PrintStream out, PrintStream err) {
        this.name = name;
        this.detaches = detaches;
        this.out = out;
        this.err = err;
    }

    /**
     * Works on the objects that the arguments name.
     *
     * @param args the arguments
     * @return the exit status
     * @throws ParameterException if they make no sense
     */
    public int run(String... args) {
        CommandLine command = new CommandLine(ResolveSpec.create(name, detaches));
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
        if (parsed.hasMatchedOption("--from-dwarf") && (!makesBtf || parsed.hasMatchedOption("--btf"))) {
            throw new ParameterException(command, "--from-dwarf needs --embed or --detached, and no --btf");
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
        return detaches || parsed.hasMatchedOption("--detached") ? ObjectBatch.Mode.DETACH : ObjectBatch.Mode.RESOLVE;
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
                parsed.hasMatchedOption("--distill_base"),
                parsed.hasMatchedOption("--from-dwarf") ? KernelRules.NEWEST.withThreads(1) : null);
    }

    /** The file that an option names, null without the option; a variable that is not set makes an empty name. */
    static Path file(CommandLine command, ParseResult parsed, String option) {
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

    /** A file by the one name that it has. */
    static Path realPath(Path object) {
        try {
            return object.toRealPath();
        } catch (IOException e) {
            return object; // the failure is reported when it is this object's turn
        }
    }
}
