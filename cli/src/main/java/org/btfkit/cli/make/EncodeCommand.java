package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.make.EncodeBatch.EncodeResult;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.OutFolder;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dwarf.DwLanguage;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.FeatureList;
import org.btfkit.internal.io.InputFile;

/** {@code btf encode}: makes BTF of DWARF, of one object or of a kernel and all its modules. */
public final class EncodeCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public EncodeCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis(
                        "btf encode [OPTION]... OBJECT -o OUT",
                        "btf encode [OPTION]... --out-dir DIR OBJECT... @LIST",
                        "btf encode [OPTION]... --in-place OBJECT... @LIST")
                .description("Makes BTF of the DWARF of objects, with the result of pahole 1.31. Types that the base"
                        + " has are taken from there.")
                .footer(
                        "",
                        "Features: those of pahole's --btf_features, such as encode_force,var,float; default stands for"
                                + " pahole's, which are used if none are given; +NAME adds to them.",
                        "",
                        "Examples:",
                        "  btf encode vmlinux -o vmlinux.btf",
                        "  btf encode -B vmlinux.btf --out-dir btf @modules.list",
                        "  btf encode --vmlinux vmlinux -o vmlinux.btf --in-place @modules.list");
        BtfInput.addBase(syntax);
        syntax.add(Options.file(
                "FILE", "Encode this one first; its BTF, which goes to OUT, is the base of the rest.", "--vmlinux"));
        syntax.add(Options.text("OUT", "The file to make or replace.", "-o", "--output"));
        syntax.add(Options.file("DIR", "Put the BTF of each object into a file NAME.BTF here.", "--out-dir"));
        syntax.add(Options.flag("Put the BTF of each object into its section .BTF.", "--in-place"));
        syntax.add(Options.text("LIST", "What to encode, with commas.", "--features"));
        syntax.add(Options.text("LANG", "Leave out units in these languages, with commas.", "--lang-exclude"));
        syntax.add(Options.jobs("Number of threads."));
        syntax.add(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"));
        syntax.add(Options.flag("Let what an object warns of be its failure.", "--fatal_warnings"));
        syntax.add(Options.flag("Tell for each function and variable left out why.", "-v", "--verbose"));
        syntax.json("a report on each object.", EncodeReport.SHAPE);
        syntax.operands("OBJECT");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        List<Path> objects = objects(arguments);
        Path vmlinux = arguments.value("--vmlinux", null);
        require(arguments, objects, vmlinux);
        int jobs = Options.jobs(arguments);
        EncodeOptions options = options(arguments).withThreads(jobs);
        List<EncodeResult> results = new ArrayList<>();
        Btf base = new BtfInput(arguments, err).base();
        if (vmlinux != null) {
            Progress progress = Progress.on(err, Progress.SHARES);
            EncodeResult result = batch(arguments, options, out, true).encode(vmlinux, null, options, progress);
            progress.clear();
            results.add(result);
            if (result.failure == null && !result.hasBtf) {
                result.failure = vmlinux + ": has no DWARF that is encoded, so it is no base";
            }
            base = result.btf;
        }
        if (!objects.isEmpty() && results.stream().allMatch(result -> result.failure == null)) {
            Progress progress = Progress.on(err, objects.size() == 1 ? Progress.SHARES : objects.size());
            BaseIndex index = base == null ? null : BaseIndex.of(base);
            results.addAll(batch(arguments, options, out, false).run(objects, index, jobs, progress));
            progress.clear();
        }
        return report(arguments, results, out);
    }

    private EncodeBatch batch(Arguments arguments, EncodeOptions options, OutputStream out, boolean isVmlinux) {
        Path folder = arguments.value("--out-dir", null);
        String output = arguments.value("-o", null);
        EncodeBatch.Target target;
        if (output != null && (isVmlinux || folder == null && !arguments.has("--in-place"))) {
            target = object -> output;
        } else if (folder != null) {
            target = object -> folder.resolve(OutFolder.plainName(object.toString()) + BtfSections.BTF)
                    .toString();
        } else {
            target = Path::toString;
        }
        return new EncodeBatch(
                options, target, arguments.has("--strip_signature"), arguments.has("--fatal_warnings"), out);
    }

    private int report(Arguments arguments, List<EncodeResult> results, OutputStream out) throws IOException {
        boolean isVerbose = arguments.has("-v");
        boolean isJson = arguments.has("--json");
        long failures =
                results.stream().filter(result -> result.failure != null).count();
        int status = failures == 0 ? ExitCode.OK : ExitCode.FAILURE;
        if (isJson) {
            EncodeReport.write(out, results, status);
            return status;
        }
        results.forEach(result -> result.print(err, isVerbose));
        if (results.size() > 1) {
            long encoded = results.stream()
                    .filter(result -> result.hasBtf && result.failure == null)
                    .count();
            err.println(results.size() + " objects, " + encoded + " encoded"
                    + (failures == 0 ? "" : ", " + failures + " failed"));
        }
        return status;
    }

    /** The objects, each once by whatever names it is given. */
    private static List<Path> objects(Arguments arguments) throws IOException {
        List<Path> objects = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (String name : arguments.operands()) {
            Path object = Path.of(name);
            if (name.isEmpty()) {
                throw usage(arguments, "an object has an empty file name");
            }
            // A pipe that the shell has opened has a name that can be opened, but leads nowhere.
            boolean hasRealPath = Files.exists(object) && !InputFile.isReadOnce(object);
            if (known.add(hasRealPath ? object.toRealPath() : object)) {
                objects.add(object);
            }
        }
        return objects;
    }

    private static void require(Arguments arguments, List<Path> objects, Path vmlinux) throws IOException {
        Path folder = arguments.value("--out-dir", null);
        boolean isInPlace = arguments.has("--in-place");
        boolean hasOutput = arguments.has("-o");
        if (objects.isEmpty() && vmlinux == null) {
            throw usage(arguments, "no object given, expected one ELF file or more");
        }
        if (vmlinux != null && arguments.has("-B")) {
            throw usage(arguments, "-B and --vmlinux are given, expected one of them");
        }
        if (folder != null && isInPlace) {
            throw usage(arguments, "--out-dir and --in-place are given, expected one of them");
        }
        boolean isForAll = folder != null || isInPlace;
        if (!isForAll && (!hasOutput || objects.size() + (vmlinux == null ? 0 : 1) != 1)) {
            throw usage(
                    arguments,
                    hasOutput
                            ? "-o takes the BTF of one object, expected --out-dir DIR or --in-place for more"
                            : "no output given, expected -o OUT, --out-dir DIR or --in-place");
        }
        if (isForAll && hasOutput && vmlinux == null) {
            throw usage(arguments, "-o and " + (isInPlace ? "--in-place" : "--out-dir") + " are given, expected one");
        }
        boolean isToPipe = hasOutput && arguments.value("-o", "").equals("-");
        if (isToPipe && arguments.has("--json")) {
            throw usage(arguments, "-o - and --json both go to standard output, expected one of them");
        }
        if (folder != null) {
            List<String> names = objects.stream().map(Path::toString).toList();
            OutFolder.requireDifferentNames(arguments, names, BtfSections.BTF);
            OutFolder.make(folder);
        }
    }

    private static EncodeOptions options(Arguments arguments) {
        EncodeOptions options = EncodeOptions.DEFAULT;
        String list = arguments.value("--features", null);
        if (list != null) {
            FeatureList features = new FeatureList();
            features.add(list, unknown -> {
                throw usage(arguments, "no feature '" + unknown + "', expected some of " + FeatureList.supported());
            });
            options = options.withFeatures(features.features());
        }
        String languages = arguments.value("--lang-exclude", null);
        if (languages != null) {
            options = options.withoutLanguages(languages(languages, unknown -> {
                throw usage(arguments, "no language '" + unknown + "', expected such as rust, c++, asm");
            }));
        }
        return options;
    }

    /** Reads names of languages with commas between them. */
    static Set<Integer> languages(String list, Consumer<String> unknown) {
        Set<Integer> languages = new HashSet<>();
        for (String name : list.split(",")) {
            int language = DwLanguage.of(name);
            if (language >= 0) {
                languages.add(language);
            } else {
                unknown.accept(name);
            }
        }
        return languages;
    }

    private static MisuseException usage(Arguments arguments, String what) {
        return arguments.misuse(what);
    }
}
