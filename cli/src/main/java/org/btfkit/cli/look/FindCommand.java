package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.BtfSearch;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.SearchedFiles;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf find}: lists the types whose names match a pattern. */
public final class FindCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public FindCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf find [OPTION]... PATTERN... FILE...")
                .description("Lists id, kind and name of the types whose names match.")
                .exitStatus("0 some match, 1 none does or a file cannot be read, 2 misuse.")
                .footer(
                        "",
                        "PATTERN is a glob: * for any characters, ? for one, [a-z] for one of a range.",
                        "A type without a name has an empty one: -e '^$' finds it.",
                        BtfInput.FILES,
                        SearchedFiles.HELP,
                        "",
                        "Examples:",
                        "  btf find 'bpf_skb_*' /sys/kernel/btf/vmlinux",
                        "  btf find 'tcp_*' 'udp_*' /sys/kernel/btf",
                        "  btf find -k func 'nf_*' -B vmlinux /lib/modules/6.12.1/kernel/net",
                        "  btf find -k struct,union -e '^nf_.*_conf$' -B vmlinux nf_conntrack.ko.xz",
                        "  btf find --json -k func '*' vmlinux | jq -r .name");
        BtfInput.addBase(syntax);
        syntax.add(Options.someOf(kinds(), "KINDS", "Only these kinds, separated by commas.", "-k", "--kind"));
        syntax.add(Options.flag("PATTERN is a regular expression.", "-e", "--regex"));
        syntax.json(
                "an object for each type, in a line.",
                "{ \"file\": ..., \"id\": n, \"kind\": \"func\", \"name\": ... }");
        syntax.add(Colors.option());
        syntax.operands("ARGUMENT");
        return syntax;
    }

    private static List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        for (BtfKind kind : BtfKind.values()) {
            if (kind != BtfKind.VOID) {
                kinds.add(kind.name().toLowerCase(Locale.ROOT));
            }
        }
        return kinds;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        SearchedFiles files = SearchedFiles.of(arguments, err, "a pattern and a file");
        List<BtfSearch> searches = new ArrayList<>();
        for (String pattern : files.names()) {
            searches.add(search(pattern, arguments));
        }
        Colors colors = Colors.of(arguments);
        boolean isJson = arguments.has("--json");
        int status = files.search(
                (btf, file, target) -> {
                    int[] found = find(btf, searches, file);
                    if (isJson) {
                        writeJson(btf, found, files.nameOf(file), target);
                    } else {
                        write(btf, found, file, colors, target);
                    }
                    return found.length > 0;
                },
                out);
        if (status != ExitCode.OK && files.names().size() == 1 && !arguments.has("-e")) {
            files.adviseOn(files.names().get(0));
        }
        return status;
    }

    /** Finds what any of the patterns matches, each type once, by id. */
    private static int[] find(Btf btf, List<BtfSearch> searches, Path file) {
        return searches.stream()
                .flatMapToInt(search -> Arrays.stream(file == null ? search.in(btf) : search.inOwn(btf)))
                .sorted()
                .distinct()
                .toArray();
    }

    private static void write(Btf btf, int[] found, Path file, Colors colors, OutputStream out) throws IOException {
        String prefix = file == null ? "" : file + ": ";
        for (int typeId : found) {
            String kind = BtfKind.nameOf(Words.kind(btf.info(typeId)));
            String line = prefix + colors.aside("[" + typeId + "] " + kind) + " " + btf.name(typeId) + "\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void writeJson(Btf btf, int[] found, String file, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonOutput.lines(out)) {
            for (int typeId : found) {
                json.writeStartObject();
                json.writeStringField("file", file);
                json.writeNumberField("id", typeId);
                json.writeStringField(
                        "kind", BtfKind.nameOf(Words.kind(btf.info(typeId))).toLowerCase(Locale.ROOT));
                json.writeStringField("name", btf.name(typeId));
                json.writeEndObject();
            }
        }
    }

    private static BtfSearch search(String pattern, Arguments arguments) {
        BtfSearch search;
        try {
            search = arguments.has("-e") ? BtfSearch.regex(pattern) : BtfSearch.glob(pattern);
        } catch (IllegalArgumentException e) {
            throw arguments.misuse(Failure.oneLine(e.getMessage()));
        }
        String kinds = arguments.value("-k", null);
        if (kinds == null) {
            return search;
        }
        Set<BtfKind> only = EnumSet.noneOf(BtfKind.class);
        for (String kind : kinds.split(",")) {
            try {
                only.add(BtfKind.valueOf(kind.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw arguments.misuse("'" + kind + "' is no kind, such as struct or func");
            }
        }
        return search.ofKinds(only);
    }
}
