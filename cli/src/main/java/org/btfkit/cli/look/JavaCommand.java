package org.btfkit.cli.look;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.javagen.JavaOptions;
import org.btfkit.btf.javagen.JavaSource;
import org.btfkit.btf.javagen.JavaTypes;
import org.btfkit.btf.javagen.MapTypes;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf java}: Java classes that read and write what C laid out. */
public final class JavaCommand implements Subcommand {
    /** Types whose sources are made at a time. */
    private static final int CHUNK = 256;

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public JavaCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis(
                        "btf java [OPTION]... TYPE... -B FILE --package NAME -o DIR",
                        "btf java [OPTION]... --maps -B PROG.bpf.o --package NAME -o DIR")
                .description("Makes Java classes for structs, unions and enums: java.lang.foreign layouts, and static"
                        + " methods that read and write each member, bit fields as well. The sources want Java 22.")
                .footer(
                        "",
                        "TYPE is the name of a type, also with struct or union before it, or its id. Types that those"
                                + " named hold by value come along; what pointers point to does not.",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf java task_struct -B /sys/kernel/btf/vmlinux --package org.example.kernel -o src",
                        "  btf java --maps -B prog.bpf.o --package org.example.maps -o src",
                        "  btf java nf_conn -B vmlinux -B nf_conntrack.ko --depth 1 --package p -o src",
                        "  btf java --all -B vmlinux --package p -o src");
        syntax.add(Options.many(
                "FILE",
                "Where the types are. Of a module give its vmlinux first: -B vmlinux -B module.ko.",
                "-B",
                "--btf"));
        syntax.add(Options.trustBase());
        syntax.add(Options.text("NAME", "The package of the classes.", "--package"));
        syntax.add(Options.file("DIR", "Write the sources here, into a folder for the package.", "-o", "--output"));
        syntax.add(Options.flag("Also the types of the keys and values of a BPF object's maps.", "--maps"));
        syntax.add(Options.flag("All structs, unions and enums that have a name.", "--all"));
        syntax.add(Options.number(
                "N",
                "How deep types that are held by value come along; with 0 members of such types are slices.",
                "--depth"));
        syntax.add(Options.flag(
                "Let no two files have names that differ only in case, for file systems that take them for one.",
                "--case-insensitive"));
        syntax.add(Options.jobs("Number of threads."));
        syntax.operands("TYPE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] wanted = arguments.operands();
        List<String> given = arguments.value("-B", List.<String>of()).stream()
                .map(BtfInput::file)
                .toList();
        String[] files = given.toArray(new String[0]);
        Path folder = arguments.value("-o", null);
        if (files.length == 0 || files.length > 2) {
            throw misuse(arguments, files.length + " files given, expected -B FILE, or -B vmlinux -B module.ko");
        }
        if (folder == null) {
            throw misuse(arguments, "no output given, expected -o DIR");
        }
        boolean all = arguments.has("--all");
        boolean maps = arguments.has("--maps");
        if (wanted.length == 0 && !all && !maps) {
            throw misuse(arguments, "no type given, expected TYPE, --maps or --all");
        }
        JavaOptions options = options(arguments);
        Btf btf = load(files, new BtfInput(arguments, err));
        JavaTypes java = JavaTypes.of(btf, options);
        for (String text : wanted) {
            add(java, btf, text);
        }
        StringBuilder listing = new StringBuilder();
        if (maps) {
            addMaps(java, btf, listing);
        }
        if (all) {
            java.addAll();
        }
        int jobs = Options.jobs(arguments);
        List<JavaSource> sources = sources(java, jobs, err);
        JavaFolder.of(folder, options.packageName()).write(sources, jobs);
        out.write(listing.toString().getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }

    private static MisuseException misuse(Arguments arguments, String text) {
        return arguments.misuse(Failure.oneLine(text));
    }

    private static JavaOptions options(Arguments arguments) {
        String packageName = arguments.value("--package", "");
        int depth = arguments.value("--depth", Integer.MAX_VALUE);
        if (packageName.isEmpty()) {
            throw misuse(arguments, "no package given, expected --package NAME");
        }
        try {
            return new JavaOptions(packageName, depth, arguments.has("--case-insensitive"));
        } catch (IllegalArgumentException e) {
            throw misuse(arguments, e.getMessage());
        }
    }

    private static Btf load(String[] files, BtfInput input) throws IOException {
        String file = files[files.length - 1];
        Path running = BtfInput.folderOfRunningKernel(file);
        Path base = files.length == 2
                ? Path.of(files[0])
                : running != null && !Path.of(file).endsWith("vmlinux") ? running.resolve("vmlinux") : null;
        return input.load(Path.of(file), base == null ? null : BtfSource.load(base));
    }

    /** Adds those of the types of a name that can be a class. */
    private static void add(JavaTypes java, Btf btf, String text) {
        int[] found = TypeArgument.find(btf, text);
        boolean isAdded = false;
        for (int typeId : found) {
            BtfKind kind = btf.kind(typeId);
            switch (kind) {
                case STRUCT, UNION, ENUM, ENUM64 -> {
                    java.add(typeId);
                    isAdded = true;
                }
                case TYPEDEF -> isAdded |= java.add(typeId, btf.name(typeId)) != null;
                default -> {}
            }
        }
        if (!isAdded) {
            throw new BtfException(btf.source() + ": " + btf.describe(found[0])
                    + ": nothing to make a class of, expected a struct, union or enum");
        }
    }

    /** Adds the types of all maps, and says which class is which. */
    private static void addMaps(JavaTypes java, Btf btf, StringBuilder listing) {
        List<MapTypes.MapType> maps = MapTypes.of(btf);
        if (maps.isEmpty()) {
            throw new BtfException(
                    btf.source() + ": no variables in a DATASEC '.maps', expected the maps of a BPF object");
        }
        for (MapTypes.MapType map : maps) {
            listing.append(Failure.oneLine(map.name()))
                    .append(part(java, btf, "key", map.name(), map.keyId()))
                    .append(part(java, btf, "value", map.name(), map.valueId()))
                    .append('\n');
        }
    }

    private static String part(JavaTypes java, Btf btf, String what, String map, int typeId) {
        if (typeId == 0) {
            return "";
        }
        String className = java.add(typeId, map + "_" + what);
        String plain = btf.describe(TypeQueries.resolve(btf, typeId));
        return "  " + what + " " + (className != null ? className : Failure.oneLine(plain));
    }

    private record Made(List<JavaSource> sources, BtfException failure) {}

    private static List<JavaSource> sources(JavaTypes java, int jobs, PrintStream err) {
        List<Integer> typeIds = java.typeIds();
        List<List<Integer>> chunks = new ArrayList<>();
        for (int i = 0; i < typeIds.size(); i += CHUNK) {
            chunks.add(typeIds.subList(i, Math.min(typeIds.size(), i + CHUNK)));
        }
        List<JavaSource> all = new ArrayList<>(typeIds.size() + 1);
        BtfException[] failure = {null};
        Progress progress = Progress.on(err, chunks.size());
        Parallel.run(
                chunks,
                jobs,
                (List<Integer> chunk) -> {
                    try {
                        return new Made(java.sources(chunk), null);
                    } catch (BtfException e) {
                        return new Made(List.of(), e);
                    }
                },
                (chunk, tooLarge) -> {
                    throw tooLarge;
                },
                made -> {
                    all.addAll(made.sources);
                    failure[0] = failure[0] == null ? made.failure : failure[0];
                    progress.step();
                });
        progress.clear();
        if (failure[0] != null) {
            throw failure[0];
        }
        all.add(java.values());
        return all;
    }
}
