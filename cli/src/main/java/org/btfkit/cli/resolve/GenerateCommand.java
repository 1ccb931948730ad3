package org.btfkit.cli.resolve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Version;
import org.btfkit.resolve.BaseCache;
import org.btfkit.resolve.KernelRules;
import org.btfkit.resolve.ResolveOptions;

/** Reads the arguments of {@code gen-btf} and hands the objects to {@link ObjectBatch}. */
public final class GenerateCommand {
    /** What the command is called. */
    public static final String NAME = "gen-btf";

    private final PrintStream out;
    private final PrintStream err;
    private final BaseCache cache;

    /**
     * Creates the command.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     * @param cache bases that were read before; null for none
     */
    public GenerateCommand(PrintStream out, PrintStream err, BaseCache cache) {
        this.out = out;
        this.err = err;
        this.cache = cache;
    }

    /**
     * Describes the command.
     *
     * @return its options and help
     */
    public static Syntax syntax() {
        Syntax syntax = new Syntax()
                .name(NAME)
                .listsAsOperands()
                .synopsis(
                        NAME + " [OPTION]... -b VMLINUX MODULE... | @modules.order",
                        NAME + " [OPTION]... --vmlinux FILE")
                .description(
                        "The whole BTF step of a kernel's build: makes BTF of the DWARF of modules, puts it in,"
                                + " and resolves their .BTF_ids with it. Each module is written once, as a whole, or not at"
                                + " all.",
                        "It can be run again at any time: what is as it has to be is not touched. After only"
                                + " vmlinux has changed, modules get what a fresh build would give them, without being linked"
                                + " again. Each module is sealed by an extended attribute, user.btfkit: a digest of its bytes"
                                + " and of all else that the result depends on, which spares the next run the work.")
                .exitStatus("0 done, maybe with warnings; 1 failed; 2 usage.")
                .footer(
                        "",
                        "The bytes are those of pahole 1.31, resolve_btfids and objcopy as the kernel's build calls"
                                + " them. A line NAME.o of a list stands for NAME.ko.",
                        "",
                        "Examples:",
                        "  " + NAME + " -b vmlinux @modules.order",
                        "  " + NAME + " --kernel 6.12 -j 8 -b vmlinux net/ipv4/fou.ko net/sched/*.ko",
                        "  " + NAME + " --vmlinux .tmp_vmlinux1");
        syntax.add(Options.file("VMLINUX", "The kernel that the modules are for.", "-b", "--btf_base"));
        syntax.add(Options.file(
                "FILE",
                "Make FILE.btf.o of a kernel's DWARF, to be linked into it, and FILE.BTF_ids, for resolve_btfids"
                        + " --patch_btfids after that (before 7.0: only FILE.btf.o).",
                "--vmlinux"));
        syntax.add(Options.text(
                "VERSION", "Make what the build of this kernel makes, such as 6.12. Default: the newest.", "--kernel"));
        syntax.add(Options.flag(
                "A small base of what is needed, .BTF.base, instead of VMLINUX: for modules built out of tree.",
                "--distill_base"));
        syntax.add(
                Options.file("FILE", "Write the result here instead of in place; for one object.", "-o", "--output"));
        syntax.add(Options.file("FILE", "BTF that the ids in a module came from, if its own is gone.", "--old_btf"));
        syntax.add(Options.file("FILE", "Base of that BTF, if it is not VMLINUX.", "--old_base"));
        syntax.add(
                Options.flag("Take the symbols of a resolved object at their word, without proof.", "--trust_symbols"));
        syntax.add(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"));
        syntax.add(Options.flag("Treat warnings as failures: write nothing, exit 1.", "--fatal_warnings"));
        syntax.add(Options.ignoreSeals());
        syntax.add(Options.jobs("Number of objects to work on at a time."));
        syntax.add(Options.flag("Report in JSON on standard output.", "--json"));
        syntax.add(Options.flag("Say what is done.", "-v", "--verbose"));
        syntax.add(Options.version());
        syntax.add(Options.help());
        syntax.operands("MODULE");
        return syntax;
    }

    /**
     * Works on the objects that the arguments name.
     *
     * @param args the arguments
     * @return the exit status
     * @throws MisuseException if they make no sense
     * @throws IOException if a list of objects or the base cannot be read
     */
    public int run(String... args) throws IOException {
        Syntax syntax = syntax();
        Arguments parsed = ArgumentReader.read(syntax, List.of(args));
        if (parsed.has("--help")) {
            out.print(PicocliReader.usage(syntax));
            return ExitCode.OK;
        }
        if (parsed.has("--version")) {
            out.println(Version.of(NAME));
            return ExitCode.OK;
        }
        Path vmlinux = ResolveCommand.file(parsed, "--vmlinux");
        Path base = ResolveCommand.file(parsed, "-b");
        Path output = ResolveCommand.file(parsed, "-o");
        String[] given = parsed.operands();
        List<Path> objects = vmlinux == null ? objects(parsed, given) : List.of(vmlinux);
        require(parsed, vmlinux, base, given);
        if (output != null && (objects.size() != 1 || vmlinux != null)) {
            throw parsed.misuse("-o takes the result of one module");
        }
        if (vmlinux != null && parsed.has("--distill_base")) {
            throw parsed.misuse("--distill_base is for modules; vmlinux has no base");
        }
        int jobs = Options.jobs(parsed);
        KernelRules rules = rules(parsed).withThreads(Math.max(1, jobs / Math.max(1, objects.size())));
        ResolveOptions options = ResolveOptions.withBase(base)
                .withRules(rules)
                .withOld(ResolveCommand.file(parsed, "--old_btf"), ResolveCommand.file(parsed, "--old_base"))
                .withTrustSymbols(parsed.has("--trust_symbols"))
                .withStripSignature(parsed.has("--strip_signature"))
                .withFatalWarnings(parsed.has("--fatal_warnings"))
                .withDistillBase(parsed.has("--distill_base"))
                .withSeals(vmlinux == null ? ResolveCommand.seals(parsed) : null);
        boolean isOneOfOne = vmlinux != null || objects.size() == 1 && !given[0].startsWith("@");
        Console console = new Console(out, err, parsed.has("--json"), parsed.has("-v"), !isOneOfOne);
        console.sayWhatBecameOfBtf();
        ObjectBatch.Mode mode = vmlinux == null ? ObjectBatch.Mode.EMBED : ObjectBatch.Mode.LINK;
        ObjectBatch batch = new ObjectBatch(mode, null, options, cache, console);
        if (!parsed.has("--json")) {
            batch.readBase(); // a report on each object has the failure in each
        }
        return batch.run(objects, output, jobs);
    }

    private static void require(Arguments parsed, Path vmlinux, Path base, String... given) {
        if (vmlinux == null && given.length == 0) {
            throw parsed.misuse("no module given, expected one or more, or --vmlinux FILE");
        }
        if (vmlinux != null && (base != null || given.length > 0)) {
            throw parsed.misuse(
                    "--vmlinux is for one kernel alone, which has to be linked before it can be the base of modules");
        }
        if (vmlinux == null && base == null) {
            throw parsed.misuse("no kernel given, expected -b VMLINUX, or --vmlinux FILE for its own");
        }
    }

    private static KernelRules rules(Arguments parsed) {
        String version = parsed.value("--kernel", null);
        try {
            return version == null ? KernelRules.NEWEST : KernelRules.of(version);
        } catch (IllegalArgumentException e) {
            throw parsed.misuse("--kernel " + e.getMessage());
        }
    }

    /** The modules to work on, each once by whatever names it is given. */
    private static List<Path> objects(Arguments parsed, String... given) throws IOException {
        List<Path> objects = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (String name : given) {
            if (name.isEmpty() || name.equals("@")) {
                throw parsed.misuse("a " + (name.isEmpty() ? "module" : "list") + " has an empty file name");
            }
            if (name.startsWith("@")) {
                for (Path object : listed(Path.of(name.substring(1)))) {
                    add(objects, known, object);
                }
            } else {
                add(objects, known, Path.of(name));
            }
        }
        return objects;
    }

    private static void add(List<Path> objects, Set<Path> known, Path object) {
        if (known.add(ResolveCommand.realPath(object))) {
            objects.add(object);
        }
    }

    /**
     * Reads a list, such as {@code modules.order} of a build. That names modules by what they are linked of, relative
     * to the folder in which make ran, which is the list's own.
     */
    private static List<Path> listed(Path list) throws IOException {
        if (Files.isDirectory(list)) {
            throw new FileSystemException(list.toString(), null, "is a folder, expected a list of modules");
        }
        List<Path> objects = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(list), StandardCharsets.UTF_8).split("\n")) {
            String name = line.strip();
            if (name.isEmpty() || name.startsWith("#")) {
                continue;
            }
            if (name.endsWith(".o")) {
                name = name.substring(0, name.length() - 1) + "ko";
            }
            objects.add(named(list, name));
        }
        return objects;
    }

    /** The module of a list: beside that or, where somebody has made the list elsewhere, here. */
    private static Path named(Path list, String name) throws IOException {
        Path here = Path.of(name);
        Path beside = list.resolveSibling(name);
        if (!Files.exists(beside)) {
            return here;
        }
        if (Files.exists(here) && !Files.isSameFile(here, beside)) {
            throw new FileSystemException(
                    list.toString(),
                    null,
                    "names " + name + ", of which there is one here and another beside the list, " + beside
                            + ": run it in the folder of the list");
        }
        return Files.exists(here) ? here : beside;
    }
}
