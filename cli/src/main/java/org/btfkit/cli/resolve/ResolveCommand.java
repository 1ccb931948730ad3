package org.btfkit.cli.resolve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.cli.support.ArgumentReader;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.PicocliReader;
import org.btfkit.cli.support.Program;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Version;
import org.btfkit.resolve.BaseCache;
import org.btfkit.resolve.KernelRules;
import org.btfkit.resolve.ResolveOptions;
import org.btfkit.resolve.Seals;

/** Reads the arguments of {@code resolve-btfids} and hands the objects to {@link ObjectBatch}. */
public final class ResolveCommand {
    private final String name;
    private final boolean isKernels;
    private final PrintStream out;
    private final PrintStream err;
    private final BaseCache cache;

    /**
     * Creates the command.
     *
     * @param name what it is called
     * @param isKernels whether it is called as a kernel's build calls it: the arguments say which generation of builds
     *     it is, and so whether to resolve in place, and symbols of vmlinux stay where they are
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     * @param cache bases that were read before; null for none
     */
    public ResolveCommand(String name, boolean isKernels, PrintStream out, PrintStream err, BaseCache cache) {
        this.name = name;
        this.isKernels = isKernels;
        this.out = out;
        this.err = err;
        this.cache = cache;
    }

    /**
     * Works on the objects that the arguments name.
     *
     * @param args the arguments
     * @return the exit status
     * @throws MisuseException if they make no sense
     */
    public int run(String... args) {
        Syntax syntax = ResolveSyntax.create(name, isKernels);
        Arguments parsed = ArgumentReader.read(syntax, List.of(args));
        if (parsed.has("--help")) {
            out.print(PicocliReader.usage(syntax));
            return ExitCode.OK;
        }
        if (parsed.has("--version")) {
            out.println(Version.of(name));
            return ExitCode.OK;
        }
        ObjectBatch.Mode mode = mode(parsed);
        List<Path> objects = objects(parsed);
        Path output = file(parsed, "-o");
        requireSense(parsed, mode, objects);
        int jobs = Options.jobs(parsed);
        boolean json = parsed.has("--json");
        Console console = new Console(out, err, json, parsed.has("-v"), objects.size() > 1);
        Path blob = file(parsed, "--patch_btfids");
        ResolveOptions options = options(parsed, mode);
        return new ObjectBatch(mode, blob, options, cache, console).run(objects, output, jobs);
    }

    /** Refuses options that do not go together. */
    private static void requireSense(Arguments parsed, ObjectBatch.Mode mode, List<Path> objects) {
        boolean writesObject = mode != ObjectBatch.Mode.CHECK && mode != ObjectBatch.Mode.DETACH;
        if (parsed.has("-o") && (objects.size() != 1 || !writesObject)) {
            throw parsed.misuse("-o takes the result of one object, and none of --check, --detached");
        }
        boolean makesBtf = mode == ObjectBatch.Mode.EMBED || mode == ObjectBatch.Mode.DETACH;
        if (parsed.has("--distill_base") && !makesBtf) {
            throw parsed.misuse("--distill_base needs --embed or --detached");
        }
        if (parsed.has("--from-dwarf") && (!makesBtf || parsed.has("--btf"))) {
            throw parsed.misuse("--from-dwarf needs --embed or --detached, and no --btf");
        }
        if (parsed.has("--keep_symbols") && !mayKeepSymbols(mode)) {
            throw parsed.misuse("--keep_symbols is for resolving in place and for --patch_btfids");
        }
        if (parsed.has("--keep_symbols") && parsed.has("--trust_symbols")) {
            throw parsed.misuse("--trust_symbols is not for --keep_symbols, which leaves them where they are wrong");
        }
        if (mode == ObjectBatch.Mode.PATCH && objects.size() != 1) {
            throw parsed.misuse("--patch_btfids takes one object, the one its file was made for");
        }
    }

    private static boolean mayKeepSymbols(ObjectBatch.Mode mode) {
        return mode == ObjectBatch.Mode.RESOLVE || mode == ObjectBatch.Mode.PATCH;
    }

    /**
     * What the arguments ask for. By the kernel's name, {@code --btf} tells the two ways of builds apart: up to 6.19
     * the BTF is in the object when the ids are resolved in place, from 7.0 on it is in a file, and everything is
     * written beside the object.
     */
    private ObjectBatch.Mode mode(Arguments parsed) {
        if (parsed.has("--check")) {
            return ObjectBatch.Mode.CHECK;
        }
        if (parsed.has("--repair")) {
            return ObjectBatch.Mode.REPAIR;
        }
        if (parsed.has("--embed")) {
            return ObjectBatch.Mode.EMBED;
        }
        if (parsed.has("--patch_btfids")) {
            return ObjectBatch.Mode.PATCH;
        }
        boolean makesBtf = parsed.has("--btf") || parsed.has("--distill_base") || parsed.has("--from-dwarf");
        return isKernels && makesBtf || parsed.has("--detached") ? ObjectBatch.Mode.DETACH : ObjectBatch.Mode.RESOLVE;
    }

    private ResolveOptions options(Arguments parsed, ObjectBatch.Mode mode) {
        boolean isFromDwarf = parsed.has("--from-dwarf");
        return ResolveOptions.withBase(file(parsed, "-b"))
                .withBtf(file(parsed, "--btf"))
                .withOld(file(parsed, "--old_btf"), file(parsed, "--old_base"))
                .withTrustSymbols(parsed.has("--trust_symbols"))
                .withStripSignature(parsed.has("--strip_signature"))
                .withFatalWarnings(parsed.has("--fatal_warnings"))
                .withTrustBase(parsed.has(Options.TRUST_BASE))
                .withDistillBase(parsed.has("--distill_base"))
                .withRules(isFromDwarf ? KernelRules.NEWEST.withThreads(1) : null)
                .withSeals(isFromDwarf ? seals(parsed) : null)
                .withKeepLinkedSymbols(parsed.has("--keep_symbols") || isKernels && mayKeepSymbols(mode));
    }

    /** How to seal objects whose BTF is made of their DWARF; null if this program cannot be told from others. */
    static Seals seals(Arguments parsed) {
        try {
            return new Seals(Program.digest(), !parsed.has(Options.IGNORE_SEALS));
        } catch (IOException e) {
            return null;
        }
    }

    /** The file that an option names, null without the option; a variable that is not set makes an empty name. */
    static Path file(Arguments parsed, String option) {
        Path file = parsed.value(option, null);
        if (file != null && file.toString().isEmpty()) {
            throw parsed.misuse(option + " has an empty file name");
        }
        return file;
    }

    /** The objects to work on, each once by whatever names it is given. */
    private static List<Path> objects(Arguments parsed) {
        String[] given = parsed.operands();
        if (given.length == 0) {
            throw parsed.misuse("no object given, expected one ELF file or more");
        }
        List<Path> objects = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (String name : given) {
            if (name.isEmpty()) {
                throw parsed.misuse("an object has an empty file name");
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
