package org.btfkit.cli.look;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDumpOptions;
import org.btfkit.btf.dump.CDumper;
import org.btfkit.btf.dump.JsonDumper;
import org.btfkit.btf.dump.RawDumper;
import org.btfkit.btf.query.Closure;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf dump}: writes BTF as text, JSON or C, as {@code bpftool btf dump file} does. */
public final class DumpCommand implements Subcommand {
    private static final int EXAMPLES = 3;
    private static final List<String> FORMATS = List.of("raw", "json", "c");

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public DumpCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf dump [OPTION]... FILE")
                .description(
                        "Writes BTF as text, JSON or C, byte for byte as bpftool does.",
                        "Warns if compilers get a layout from C that is not the BTF's; --exact is right then.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf dump /sys/kernel/btf/vmlinux | less",
                        "  btf dump -f c /sys/kernel/btf/vmlinux > vmlinux.h",
                        "  btf dump -f c --root task_struct --root sk_buff vmlinux",
                        "  btf dump -f c --exact --asserts vmlinux > vmlinux.h",
                        "  btf dump -B vmlinux nf_conntrack.ko.xz");
        BtfInput.addBase(syntax);
        syntax.add(Options.oneOf(FORMATS, "FORMAT", "raw (default), json, or c.", "-f", "--format"));
        syntax.add(Options.flag("Indent JSON.", "--pretty"));
        syntax.add(Options.flag("C in the order of ids, not by name.", "--unsorted"));
        syntax.add(Options.texts("NAME|ID", "Only this type and what it needs; repeat for more.", "--root"));
        syntax.add(Options.file("FILE", "C without what this BTF declares already.", "--exclude"));
        syntax.add(Options.text("PREFIX", "C with this before the name of each type.", "--prefix"));
        syntax.add(Options.flag("C with forward declarations only.", "--forward-only"));
        syntax.add(Options.flag(
                "C that every compiler, flag and machine lays out alike, instead of bpftool's bytes.", "--exact"));
        syntax.add(Options.flag("C with a _Static_assert for each size and offset.", "--asserts"));
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        String format = arguments.value("-f", "raw");
        if (!FORMATS.contains(format)) {
            throw arguments.misuse("-f " + format + ": expected raw, json or c");
        }
        requireFormat(arguments, format, "json", "--pretty");
        requireFormat(
                arguments,
                format,
                "c",
                "--unsorted",
                "--exclude",
                "--prefix",
                "--forward-only",
                "--exact",
                "--asserts");
        Btf btf = new BtfInput(arguments, err).load(file);
        int[] roots = roots(btf, arguments.value("--root", List.of()));
        Colors colors = Colors.of(arguments);
        if (colors.areOn() && !format.equals("json")) {
            try (DumpColors colored = new DumpColors(colors, format.equals("c"), out)) {
                dump(btf, format, roots, arguments, colored);
            }
        } else {
            dump(btf, format, roots, arguments, out);
        }
        return ExitCode.OK;
    }

    private void dump(Btf btf, String format, int[] roots, Arguments arguments, OutputStream out) throws IOException {
        switch (format) {
            case "c" -> dumpC(btf, roots, arguments, out);
            case "json" -> dumpJson(btf, roots, arguments.has("--pretty"), out);
            default -> dumpRaw(btf, roots, out);
        }
    }

    private static void requireFormat(Arguments arguments, String format, String needed, String... options) {
        for (String option : options) {
            if (!format.equals(needed) && arguments.has(option)) {
                throw arguments.misuse(option + " goes with -f " + needed + ", not " + format);
            }
        }
    }

    private static int[] roots(Btf btf, List<String> named) {
        int[] roots = {};
        for (String root : named) {
            int[] found = TypeArgument.find(btf, root);
            roots = Arrays.copyOf(roots, roots.length + found.length);
            System.arraycopy(found, 0, roots, roots.length - found.length, found.length);
        }
        return roots;
    }

    private static void dumpRaw(Btf btf, int[] roots, OutputStream out) throws IOException {
        if (roots.length == 0) {
            new RawDumper(btf).dump(out);
        } else {
            new RawDumper(btf).dump(out, Closure.of(btf, Closure.Pointers.FOLLOW, roots));
        }
    }

    private static void dumpJson(Btf btf, int[] roots, boolean pretty, OutputStream out) throws IOException {
        if (roots.length == 0) {
            new JsonDumper(btf, pretty).dump(out);
        } else {
            new JsonDumper(btf, pretty).dump(out, Closure.of(btf, Closure.Pointers.FOLLOW, roots));
        }
    }

    private void dumpC(Btf btf, int[] roots, Arguments arguments, OutputStream out) throws IOException {
        CDumpOptions options = CDumpOptions.DEFAULT
                .withSorted(!arguments.has("--unsorted"))
                .withForwardOnly(arguments.has("--forward-only"))
                .withExact(arguments.has("--exact"))
                .withAsserts(arguments.has("--asserts"))
                .withRootIds(roots);
        Path exclude = arguments.value("--exclude", null);
        if (exclude != null) {
            options = options.withExclude(new BtfInput(arguments, err).load(exclude.toString()));
        }
        String prefix = arguments.value("--prefix", null);
        if (prefix != null) {
            try {
                options = options.withPrefix(prefix);
            } catch (IllegalArgumentException e) {
                throw arguments.misuse("--prefix: " + e.getMessage());
            }
        }
        say(btf, new CDumper(btf, options).dump(out), options.exact());
    }

    private void say(Btf btf, CDumper.Report report, boolean isExact) {
        List<String> parts = new ArrayList<>();
        addPart(parts, report.wrong(), "that compilers lay out otherwise", "type", "types");
        addPart(parts, report.foreign(), isExact ? "written differently" : "that C does not have", "name", "names");
        addPart(parts, report.leftOut(), "left out", "thing", "things");
        if (!parts.isEmpty()) {
            String what = isExact ? ": in this header: " : ": this header is wrong: ";
            err.println("WARN: " + btf.source() + what + String.join("; ", parts) + (isExact ? "" : "; use --exact"));
        }
    }

    private static void addPart(List<String> parts, List<String> all, String what, String one, String many) {
        if (!all.isEmpty()) {
            String some = String.join(", ", all.subList(0, Math.min(EXAMPLES, all.size())));
            String more = all.size() > EXAMPLES ? " and " + (all.size() - EXAMPLES) + " more" : "";
            parts.add(all.size() + " " + (all.size() == 1 ? one : many) + " " + what + " (" + some + more + ")");
        }
    }
}
