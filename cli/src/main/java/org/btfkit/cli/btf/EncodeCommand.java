package org.btfkit.cli.btf;

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
import org.btfkit.cli.btf.EncodeBatch.EncodeResult;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Progress;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dwarf.DwLanguage;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.FeatureList;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf encode}: makes BTF of DWARF, of one object or of a kernel and all its modules. */
final class EncodeCommand implements Subcommand {
    private final PrintStream err;

    EncodeCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis(
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
        BtfInput.addBase(spec);
        spec.addOption(Options.file(
                "FILE", "Encode this one first; its BTF, which goes to OUT, is the base of the rest.", "--vmlinux"));
        spec.addOption(Options.value("OUT", String.class, "The file to make or replace.", "-o", "--output")
                .build());
        spec.addOption(Options.file("DIR", "Put the BTF of each object into a file NAME.BTF here.", "--out-dir"));
        spec.addOption(Options.flag("Put the BTF of each object into its section .BTF.", "--in-place"));
        spec.addOption(Options.value("LIST", String.class, "What to encode, with commas.", "--features")
                .build());
        spec.addOption(Options.value(
                        "LANG", String.class, "Leave out units in these languages, with commas.", "--lang-exclude")
                .build());
        spec.addOption(Options.jobs("Number of threads."));
        spec.addOption(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"));
        spec.addOption(Options.flag("Let what an object warns of be its failure.", "--fatal_warnings"));
        spec.addOption(Options.flag("Tell for each function and variable left out why.", "-v", "--verbose"));
        spec.addOption(Options.flag("Report on each object as JSON.", "--json"));
        spec.addPositional(Options.arguments("OBJECT"));
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        List<Path> objects = objects(arguments);
        Path vmlinux = arguments.matchedOptionValue("--vmlinux", null);
        require(arguments, objects, vmlinux);
        int jobs = Options.jobs(arguments);
        EncodeOptions options = options(arguments).withThreads(jobs);
        List<EncodeResult> results = new ArrayList<>();
        Btf base = new BtfInput(arguments, err).base();
        if (vmlinux != null) {
            EncodeResult result = batch(arguments, options, out, true).encode(vmlinux, null, options);
            results.add(result);
            if (result.failure == null && !result.hasBtf) {
                result.failure = vmlinux + ": has no DWARF that is encoded, so it is no base";
            }
            base = result.btf;
        }
        if (!objects.isEmpty() && results.stream().allMatch(result -> result.failure == null)) {
            Progress progress = objects.size() == 1 ? null : Progress.on(err, objects.size());
            BaseIndex index = base == null ? null : BaseIndex.of(base);
            results.addAll(batch(arguments, options, out, false).run(objects, index, jobs, progress));
            if (progress != null) {
                progress.clear();
            }
        }
        return report(arguments, results, out);
    }

    private EncodeBatch batch(ParseResult arguments, EncodeOptions options, OutputStream out, boolean isVmlinux) {
        Path folder = arguments.matchedOptionValue("--out-dir", null);
        String output = arguments.matchedOptionValue("-o", null);
        EncodeBatch.Target target;
        if (output != null && (isVmlinux || folder == null && !arguments.hasMatchedOption("--in-place"))) {
            target = object -> output;
        } else if (folder != null) {
            target = object -> folder.resolve(OutFolder.plainName(object.toString()) + BtfSections.BTF)
                    .toString();
        } else {
            target = Path::toString;
        }
        return new EncodeBatch(
                options,
                target,
                arguments.hasMatchedOption("--strip_signature"),
                arguments.hasMatchedOption("--fatal_warnings"),
                out);
    }

    private int report(ParseResult arguments, List<EncodeResult> results, OutputStream out) throws IOException {
        boolean isVerbose = arguments.hasMatchedOption("-v");
        boolean isJson = arguments.hasMatchedOption("--json");
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
    private static List<Path> objects(ParseResult arguments) throws IOException {
        List<Path> objects = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (String name : arguments.matchedPositionalValue(0, new String[0])) {
            Path object = Path.of(name);
            if (name.isEmpty()) {
                throw usage(arguments, "an object has an empty file name");
            }
            if (known.add(Files.exists(object) ? object.toRealPath() : object)) {
                objects.add(object);
            }
        }
        return objects;
    }

    private static void require(ParseResult arguments, List<Path> objects, Path vmlinux) throws IOException {
        Path folder = arguments.matchedOptionValue("--out-dir", null);
        boolean isInPlace = arguments.hasMatchedOption("--in-place");
        boolean hasOutput = arguments.hasMatchedOption("-o");
        if (objects.isEmpty() && vmlinux == null) {
            throw usage(arguments, "no object given, expected one ELF file or more");
        }
        if (vmlinux != null && arguments.hasMatchedOption("-B")) {
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
        boolean isToPipe = hasOutput && arguments.matchedOptionValue("-o", "").equals("-");
        if (isToPipe && arguments.hasMatchedOption("--json")) {
            throw usage(arguments, "-o - and --json both go to standard output, expected one of them");
        }
        if (folder != null) {
            List<String> names = objects.stream().map(Path::toString).toList();
            OutFolder.requireDifferentNames(arguments, names, BtfSections.BTF);
            OutFolder.make(folder);
        }
    }

    private static EncodeOptions options(ParseResult arguments) {
        EncodeOptions options = EncodeOptions.DEFAULT;
        String list = arguments.matchedOptionValue("--features", null);
        if (list != null) {
            FeatureList features = new FeatureList();
            features.add(list, unknown -> {
                throw usage(arguments, "no feature '" + unknown + "', expected some of " + FeatureList.supported());
            });
            options = options.withFeatures(features.features());
        }
        String languages = arguments.matchedOptionValue("--lang-exclude", null);
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

    private static ParameterException usage(ParseResult arguments, String what) {
        return new ParameterException(arguments.commandSpec().commandLine(), what);
    }
}
