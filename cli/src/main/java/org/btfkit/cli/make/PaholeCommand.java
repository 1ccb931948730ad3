package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.cli.make.EncodeBatch.EncodeResult;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Syntax;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Feature;
import org.btfkit.encode.FeatureList;
import org.btfkit.internal.io.InputFile;
import org.btfkit.resolve.BaseCache;
import org.btfkit.resolve.BtfIdsResolver;
import org.btfkit.resolve.KernelRules;
import org.btfkit.resolve.ResolveListener;
import org.btfkit.resolve.ResolveOptions;

/**
 * The command {@code pahole} as far as the kernel's makefiles and scripts call it: it encodes BTF and says what it can.
 *
 * <p>Options are those that trees from 5.15 on give it, with one meaning: whatever else pahole can do is refused, so
 * that nobody takes this for it. Where pahole prints an error and still exits with 0, this exits with 1.
 */
public final class PaholeCommand {
    private static final String VERSION = "v1.31";
    private static final String NUMERIC_VERSION = "131";

    private final PrintStream out;
    private final PrintStream err;
    private final BaseCache cache;

    private final Set<Feature> features = EnumSet.copyOf(EncodeOptions.PLAIN.features());
    private FeatureList featureList;
    private final Set<Integer> languages = new HashSet<>();
    private final List<Path> objects = new ArrayList<>();
    private boolean encodes;
    private Path base;
    private String detached;
    private int jobs = 1;

    /** A slip in the arguments. */
    private static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * Creates the command; it runs once.
     *
     * @param out where versions and lists go
     * @param err where errors go
     */
    public PaholeCommand(PrintStream out, PrintStream err) {
        this(out, err, new BaseCache());
    }

    /**
     * Creates the command; it runs once.
     *
     * @param out where versions and lists go
     * @param err where errors go
     * @param cache bases that were read before
     */
    public PaholeCommand(PrintStream out, PrintStream err, BaseCache cache) {
        this.out = out;
        this.err = err;
        this.cache = cache;
    }

    /**
     * Describes the command, for its manual page. It reads its options itself, as pahole does: {@code -j8}, and nothing
     * after an option that only asks.
     *
     * @return what there is
     */
    public static Syntax syntax() {
        return new Syntax()
                .name("pahole")
                .synopsis("pahole -J [OPTION]... OBJECT...", "pahole --version")
                .description(
                        "Encodes BTF of the DWARF of objects for a kernel's build, called and answering as pahole 1.31.",
                        "It takes what makefiles and scripts of kernels from 5.15 on give it, and refuses any other use.")
                .add(Options.flag("Encode BTF into the objects.", "-J", "--btf_encode"))
                .add(Options.file("FILE", "Encode BTF of one object into this file.", "--btf_encode_detached"))
                .add(Options.file("FILE", "The vmlinux that objects are modules of, or its BTF.", "--btf_base"))
                .add(Options.text(
                        "LIST", "What to encode, with commas; what is not known is left out.", "--btf_features"))
                .add(Options.text("LIST", "The same, but what is not known is a failure.", "--btf_features_strict"))
                .add(Options.text("LANG", "Leave out units in these languages, with commas.", "--lang_exclude"))
                .add(Options.number(
                        "N",
                        "Number of threads; of all processors without a number, 1 without the option.",
                        "-j",
                        "--jobs"))
                .add(Options.flag("Say what --btf_features may be.", "--supported_btf_features"))
                .add(Options.flag("Say v1.31.", "--version"))
                .add(Options.flag("Say 131.", "--numeric_version"))
                .add(Options.flag("Of old kernels: floating point types.", "--btf_gen_floats"))
                .add(Options.flag("Of old kernels: what pahole would not encode.", "--btf_encode_force"))
                .add(Options.flag(
                        "Of old kernels: as it is done anyway.", "--btf_gen_optimized", "--reproducible_build"))
                .add(Options.flag("Of old kernels: no variables.", "--skip_encoding_btf_vars"))
                .add(Options.flag("Of old kernels: no declaration tags.", "--skip_encoding_btf_decl_tag"))
                .add(Options.flag("Of old kernels: no type tags.", "--skip_encoding_btf_type_tag"))
                .add(Options.flag("Of old kernels: no enumerations of 64 bits.", "--skip_encoding_btf_enum64"))
                .add(Options.flag(
                        "Of old kernels: only functions of one prototype.", "--skip_encoding_btf_inconsistent_proto"))
                .operands("OBJECT");
    }

    /**
     * Runs the command.
     *
     * @param args the arguments
     * @return the exit status
     */
    public int run(String... args) {
        try {
            return parse(args) ? encode() : ExitCode.OK;
        } catch (UsageException e) {
            err.println("pahole: " + Failure.oneLine(e.getMessage()));
            return ExitCode.USAGE;
        } catch (IOException | RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, "pahole"));
            return ExitCode.FAILURE;
        }
    }

    /** Reads the arguments; returns false if they asked for something that has been printed. */
    private boolean parse(String... args) {
        for (int i = 0; i < args.length; i++) {
            String argument = args[i];
            if (!argument.startsWith("-") || argument.equals("-")) {
                objects.add(Path.of(argument));
                continue;
            }
            int equals = argument.indexOf('=');
            String option = equals < 0 || !argument.startsWith("--") ? argument : argument.substring(0, equals);
            String value = option.equals(argument) ? null : argument.substring(equals + 1);
            if (takesValue(option) && value == null) {
                if (++i == args.length) {
                    throw new UsageException(option + " needs a value");
                }
                value = args[i];
            }
            if (!apply(option, value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean takesValue(String option) {
        return switch (option) {
            case "--btf_features", "--btf_features_strict", "--btf_base", "--btf_encode_detached", "--lang_exclude" ->
                true;
            default -> false;
        };
    }

    private boolean apply(String option, String value) {
        if (option.startsWith("-j")) {
            setJobs(option.equals("-j") ? null : option.substring(2));
            return true;
        }
        switch (option) {
            case "-J", "--btf_encode" -> encodes = true;
            case "--jobs" -> setJobs(value);
            case "--btf_features" -> features().add(value, unknown -> {});
            case "--btf_features_strict" ->
                features().add(value, unknown -> {
                    throw new BtfException("pahole: feature '" + unknown + "' is not supported, expected some of "
                            + FeatureList.supported());
                });
            case "--btf_base" -> base = Path.of(value);
            case "--btf_encode_detached" -> {
                encodes = true;
                detached = value;
            }
            case "--lang_exclude" ->
                languages.addAll(EncodeCommand.languages(value, unknown -> {
                    throw new UsageException("no language '" + unknown + "'");
                }));
            case "--supported_btf_features" -> {
                out.println(FeatureList.supported());
                return false;
            }
            case "--version" -> {
                out.println(VERSION);
                return false;
            }
            case "--numeric_version" -> {
                out.println(NUMERIC_VERSION);
                return false;
            }
            default -> applyOld(option);
        }
        return true;
    }

    /** The options from before there was a list of features. */
    private void applyOld(String option) {
        switch (option) {
            case "--btf_gen_floats" -> features.add(Feature.FLOAT);
            case "--btf_encode_force" -> features.add(Feature.ENCODE_FORCE);
            case "--btf_gen_optimized", "--reproducible_build" -> {
                // as ever
            }
            case "--skip_encoding_btf_vars" -> features.remove(Feature.VAR);
            case "--skip_encoding_btf_decl_tag" -> features.remove(Feature.DECL_TAG);
            case "--skip_encoding_btf_type_tag" -> features.remove(Feature.TYPE_TAG);
            case "--skip_encoding_btf_enum64" -> features.remove(Feature.ENUM64);
            case "--skip_encoding_btf_inconsistent_proto" -> features.add(Feature.CONSISTENT_FUNC);
            default ->
                throw new UsageException("option '" + option + "' is not one that a kernel's build gives; this"
                        + " pahole only encodes BTF");
        }
    }

    private FeatureList features() {
        if (featureList == null) {
            featureList = new FeatureList();
        }
        return featureList;
    }

    private void setJobs(String count) {
        try {
            jobs = count == null ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(count);
        } catch (NumberFormatException e) {
            throw new UsageException("-j" + count + ": expected a number");
        }
        if (jobs < 1) {
            throw new UsageException("-j" + count + ": expected a number above 0");
        }
    }

    private int encode() throws IOException {
        if (!encodes) {
            throw new UsageException("nothing to do, expected -J and an object; this pahole only encodes BTF");
        }
        if (objects.isEmpty()) {
            throw new UsageException("no object given, expected one ELF file or more");
        }
        if (detached != null && objects.size() != 1) {
            throw new UsageException("--btf_encode_detached takes the BTF of one object");
        }
        EncodeOptions options = EncodeOptions.PLAIN
                .withFeatures(featureList == null ? features : featureList.features())
                .withoutLanguages(languages)
                .withThreads(jobs);
        List<Path> resolved = new ArrayList<>();
        for (Path object : objects) {
            if (detached == null && !InputFile.isReadOnce(object) && hasIds(object)) {
                resolved.add(object);
            }
        }
        int status = encodeWithIds(resolved, options);
        objects.removeAll(resolved);
        if (objects.isEmpty()) {
            return status;
        }
        EncodeBatch.Target target = detached == null ? Path::toString : object -> detached;
        BaseIndex index = base == null ? null : cache.index(cache.get(base));
        List<EncodeResult> results = new EncodeBatch(options, target, false, false, OutputStream.nullOutputStream())
                .run(objects, index, jobs, Progress.NONE);
        results.forEach(result -> result.print(err, false));
        return results.stream().anyMatch(result -> result.failure != null) ? ExitCode.FAILURE : status;
    }

    private static boolean hasIds(Path object) {
        try (ElfFile elf = ElfFile.open(object)) {
            return BtfIdsResolver.hasIds(elf);
        } catch (IOException | RuntimeException e) {
            return false; // encoding it has the better words
        }
    }

    /**
     * Encodes objects that have been resolved, and resolves them by their new BTF: a build does so after only vmlinux
     * has changed. With other BTF beside them their ids would mean something else, and nobody could tell any more whose
     * they are.
     */
    private int encodeWithIds(List<Path> resolved, EncodeOptions encoding) {
        ResolveOptions resolving = ResolveOptions.withBase(base)
                .withRules(new KernelRules(encoding, KernelRules.Form.AS_ENCODED))
                .withDistillBase(encoding.features().contains(Feature.DISTILLED_BASE));
        BtfIdsResolver resolver = new BtfIdsResolver(resolving, cache);
        int status = ExitCode.OK;
        for (Path object : resolved) {
            try {
                resolver.embed(object, null, new ResolveListener() {
                    @Override
                    public void warning(String text) {
                        err.println(Failure.warning(text));
                    }

                    @Override
                    public void note(String text) {
                        err.println("NOTE: " + object + ": " + Failure.oneLine(text));
                    }
                });
            } catch (IOException | RuntimeException | Error e) {
                err.println("ERROR: " + Failure.describe(e, object.toString()));
                status = ExitCode.FAILURE;
            }
        }
        return status;
    }
}
