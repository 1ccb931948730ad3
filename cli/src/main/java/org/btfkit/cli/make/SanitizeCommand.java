package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.Downgraded;
import org.btfkit.transform.Downgrader;

/** {@code btf sanitize}: BTF for a kernel, or an old reader, that knows fewer kinds. */
public final class SanitizeCommand implements Subcommand {
    /** libbpf's words for what it can do without, and two more. */
    private static final Map<String, KernelFeature> FEATURES = new LinkedHashMap<>();

    static {
        FEATURES.put("func", KernelFeature.FUNCTIONS);
        FEATURES.put("datasec", KernelFeature.VARIABLES);
        FEATURES.put("global_func", KernelFeature.GLOBAL_FUNCTIONS);
        FEATURES.put("float", KernelFeature.FLOATS);
        FEATURES.put("decl_tag", KernelFeature.DECL_TAGS);
        FEATURES.put("type_tag", KernelFeature.TYPE_TAGS);
        FEATURES.put("enum64", KernelFeature.ENUM64);
        FEATURES.put("qmark", KernelFeature.SECTION_NAMES);
        FEATURES.put("attribute", KernelFeature.ATTRIBUTES);
        FEATURES.put("layout", KernelFeature.LAYOUT);
        FEATURES.put("large_vlen", KernelFeature.LARGE_VLEN);
    }

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public SanitizeCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis(
                        "btf sanitize [OPTION]... --for RELEASE FILE -o OUT",
                        "btf sanitize [OPTION]... --without FEATURES FILE -o OUT")
                .description("Makes raw BTF for a kernel, or an old libbpf or bpftool, that knows fewer kinds. Of a BPF"
                        + " object it is what libbpf hands to that kernel, byte for byte: sizes and places of variables"
                        + " from the object's sections and symbols, externs as variables, then each kind that is not"
                        + " known as one that is. Ids stay.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "FEATURES are what its readers do not know, separated by commas: "
                                + String.join(", ", FEATURES.keySet()) + ".",
                        "What has no substitute, such as bitfields by kflag before Linux 5.0, stays and is warned of.",
                        "",
                        "Examples:",
                        "  btf sanitize --for 5.4 prog.bpf.o -o prog.btf",
                        "  btf sanitize --for 5.10 -v /sys/kernel/btf/vmlinux -o vmlinux-for-old-bpftool.btf",
                        "  btf sanitize --without float,enum64 vmlinux -o - | btf stats /dev/stdin",
                        "  btf sanitize --object --without enum64 prog.bpf.o -o old/prog.bpf.o");
        syntax.add(Options.text("RELEASE", "The kernel's, such as 5.4 or 5.15.0-91-generic.", "--for"));
        syntax.add(Options.someOf(
                List.copyOf(FEATURES.keySet()), "FEATURES", "What else, or instead, to do without.", "--without"));
        syntax.add(Options.flag(
                "Before Linux 5.0: name parameters that have no name arg0, arg1 and so on, as the kernel wants; libbpf"
                        + " does not.",
                "--names"));
        syntax.add(Options.flag(
                "Leave a BPF object one: OUT is a copy with the new .BTF, whose variables libbpf will place.",
                "--object"));
        syntax.add(Options.flag("Say what becomes of each type.", "-v", "--verbose"));
        BtfInput.addBase(syntax);
        syntax.add(Options.text("OUT", "The file to make or replace; - for a pipe.", "-o", "--output"));
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        String target = Options.output(arguments);
        Downgrader downgrader = downgrader(arguments);
        boolean staysObject = arguments.has("--object");
        boolean isVerbose = arguments.has("-v");
        BtfInput options = new BtfInput(arguments, err);
        TransformInput input = TransformInput.load(Path.of(file), options.base(), options);
        requireWhole(input, file);
        if (staysObject && !input.isElf()) {
            throw new BtfException(file + ": no ELF file, expected a BPF object for --object");
        }
        Btf loaded = staysObject ? input.btf() : repaired(input, isVerbose);
        Downgraded result = downgrader.downgrade(loaded);
        if (isVerbose) {
            result.changes().forEach(change -> say(change.toString()));
            if (result.isLayoutDropped()) {
                say("layout section of " + loaded.header().layoutLen() + " bytes left out");
            }
            say(result.changes().size() + " of " + (loaded.typeCount() - 1) + " types changed");
        }
        new TransformOutput(!staysObject, false, out, err).write(input, target, result.btf(), input.ext());
        if (!staysObject) {
            warnOfRest(file, result.btf(), arguments, options);
        }
        return ExitCode.OK;
    }

    private static void requireWhole(TransformInput input, String file) {
        Btf base = input.btf().base();
        if (base != null) {
            throw new BtfException(file + ": split on " + base.source() + ", whose ids and strings would move as well;"
                    + " make one of both first: btf merge --flatten -B BASE " + file + " -o ALL");
        }
    }

    private void say(String text) {
        err.println(Failure.oneLine(text));
    }

    private static Downgrader downgrader(Arguments arguments) {
        String release = arguments.value("--for", "");
        String list = arguments.value("--without", "");
        if (release.isEmpty() && list.isEmpty()) {
            throw misuse(arguments, "no kernel given, expected --for RELEASE or --without FEATURES");
        }
        Set<KernelFeature> features = EnumSet.noneOf(KernelFeature.class);
        for (String word : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            KernelFeature feature = FEATURES.get(word.trim());
            if (feature == null) {
                throw misuse(
                        arguments,
                        "--without '" + word + "': expected some of " + String.join(", ", FEATURES.keySet()));
            }
            features.add(feature);
        }
        try {
            Downgrader downgrader = release.isEmpty()
                    ? Downgrader.without(features)
                    : Downgrader.forRelease(release).andWithout(features);
            return arguments.has("--names") ? downgrader.withParameterNames() : downgrader;
        } catch (IllegalArgumentException e) {
            throw misuse(arguments, "--for " + release + ": " + e.getMessage());
        }
    }

    private static MisuseException misuse(Arguments arguments, String text) {
        return arguments.misuse(Failure.oneLine(text));
    }

    /** What libbpf makes of a BPF object before it looks at the kernel. */
    private Btf repaired(TransformInput input, boolean isVerbose) throws IOException {
        if (!input.isElf()) {
            return input.btf();
        }
        Btf repaired;
        try (BtfSource source = BtfSource.open(input.path())) {
            repaired = source.asLoaded(input.btf());
        }
        for (int typeId = 1; isVerbose && typeId < repaired.typeCount(); typeId++) {
            String change = repair(input.btf(), repaired, typeId);
            if (change != null) {
                say(repaired.describe(typeId) + ": " + change);
            }
        }
        return repaired;
    }

    /** Says what of a type was repaired; null if nothing was. */
    private static String repair(Btf before, Btf after, int typeId) {
        if (typeId >= before.typeCount()) {
            return "added, stands for functions of the kernel";
        }
        boolean isSame = true;
        for (int i = 0; i < after.wordCount(typeId); i++) {
            isSame &= before.word(typeId, i) == after.word(typeId, i);
        }
        if (isSame) {
            return null;
        }
        return switch (after.kind(typeId)) {
            case DATASEC ->
                after.sizeOrType(typeId) + " bytes (was " + before.sizeOrType(typeId)
                        + "), variables placed by the object";
            case VAR ->
                "linkage " + linkage(after, typeId) + " (was " + linkage(before, typeId) + "), of "
                        + after.describe(after.sizeOrType(typeId));
            case FUNC -> "linkage " + after.vlen(typeId) + " (was " + before.vlen(typeId) + ")";
            case FUNC_PROTO -> "parameters without a name have one";
            default -> "changed";
        };
    }

    private static int linkage(Btf btf, int varId) {
        return btf.type(varId) instanceof BtfType.Var var ? var.linkageNumber() : 0;
    }

    /** Tells of what the kernel still will not take. */
    private static void warnOfRest(String file, Btf result, Arguments arguments, BtfInput options) {
        String release = arguments.value("--for", "");
        Optional<KernelFeature> newest = KernelNeeds.newestFeature(result);
        if (!release.isEmpty()
                && newest.isPresent()
                && KernelFeature.unknownTo(release).contains(newest.get())) {
            options.warn(file + ": " + release + " will refuse the result for " + words(newest.get()) + ", which came"
                    + " with " + newest.get().release() + " and have no substitute");
        }
        try {
            KernelValidator.kernel(result);
        } catch (BtfException e) {
            boolean isNameless = !arguments.has("--names")
                    && e.getMessage().contains(" ENUM: enumerator ")
                    && e.getMessage().contains(": no name");
            options.warn("kernels will refuse the result, as they would libbpf's: " + e.getMessage()
                    + (isNameless ? "; --names gives one to parameters without" : ""));
        }
    }

    private static String words(KernelFeature feature) {
        return switch (feature) {
            case KFLAG -> "bitfields by kflag";
            case WIDE_INTS -> "INTs of more than 64 bits";
            case ENUM_SIZES -> "ENUMs that do not have 4 bytes";
            case LARGE -> "more than 65,535 types or bytes of strings";
            case EMPTY_SECTIONS -> "DATASECs without variables";
            case DOTS -> "names with dots";
            case SECTION_NAMES -> "names of sections";
            case ATTRIBUTES -> "attributes (--without attribute makes them tags' substitutes)";
            default -> feature.toString();
        };
    }
}
