package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDeclarationPrinter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeUses;
import org.btfkit.btf.query.TypeUses.Relation;
import org.btfkit.btf.query.TypeUses.Use;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.SearchedFiles;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf who}: tells which types and functions use a type. */
public final class WhoCommand implements Subcommand {
    /** What is written as JSON, for the help. */
    private static final String SHAPE = """
            { "file": ..., "id": n, "kind": "struct", "name": ...,
              "uses": [ { "relation": "contains", "id": n, "kind": "struct", "name": ...,
                          "path": ..., "offsetBits": n,         of contains, points and calls: the member
                          "declaration": ... } ] }              of the others, in C
            """;

    private static final Map<Relation, String> TITLES = new EnumMap<>(Map.of(
            Relation.NAMES, "named by",
            Relation.CONTAINS, "contained in",
            Relation.POINTS, "pointed to by",
            Relation.VARIABLE, "in variables",
            Relation.TAKES, "taken by",
            Relation.RETURNS, "returned by",
            Relation.CALLS, "in function pointers"));

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public WhoCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf who [OPTION]... NAME... FILE...")
                .description("Tells which types contain a type or point to it, and which functions take or return it.")
                .exitStatus("0 somebody does, 1 nobody does or a file cannot be read, 2 misuse.")
                .footer(
                        "",
                        "NAME is the name of a type, also with struct or union before it, or its id.",
                        "RELATION is one of " + String.join(", ", relations()) + ".",
                        BtfInput.FILES,
                        SearchedFiles.HELP,
                        "",
                        "Examples:",
                        "  btf who vm_struct /sys/kernel/btf/vmlinux",
                        "  btf who -k takes,returns nf_conn /sys/kernel/btf",
                        "  btf who --json -k contains 'struct list_head' vmlinux");
        BtfInput.addBase(syntax);
        syntax.add(Options.someOf(relations(), "RELATION", "Only these uses, separated by commas.", "-k", "--kind"));
        syntax.json("an object for each type and file, in a line.", SHAPE);
        syntax.add(Colors.option());
        syntax.operands("ARGUMENT");
        return syntax;
    }

    private static List<String> relations() {
        List<String> names = new ArrayList<>();
        for (Relation relation : Relation.values()) {
            names.add(lower(relation));
        }
        return names;
    }

    private static String lower(Relation relation) {
        return relation.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        SearchedFiles files = SearchedFiles.of(arguments, err, "a name and a file");
        Set<Relation> wanted = wanted(arguments);
        boolean isJson = arguments.has("--json");
        Colors colors = Colors.of(arguments);
        int status = files.search(
                (btf, file, target) -> {
                    TypeUses uses = TypeUses.of(btf);
                    boolean isFound = false;
                    for (String name : files.names()) {
                        for (int typeId :
                                file == null ? TypeArgument.find(btf, name) : TypeArgument.findAny(btf, name)) {
                            files.found(name);
                            List<Use> found = uses.to(typeId);
                            found.removeIf(use -> !wanted.contains(use.relation())
                                    || file != null && use.userId() < btf.firstTypeId());
                            if (file == null || !found.isEmpty()) {
                                isFound |= !found.isEmpty();
                                target.write(
                                        isJson
                                                ? json(btf, files.nameOf(file), typeId, found)
                                                : text(btf, file, typeId, found, colors));
                            }
                        }
                    }
                    return isFound;
                },
                out);
        return files.requireAllFound(status);
    }

    private static Set<Relation> wanted(Arguments arguments) {
        String named = arguments.value("-k", null);
        if (named == null) {
            return EnumSet.allOf(Relation.class);
        }
        Set<Relation> wanted = EnumSet.noneOf(Relation.class);
        for (String name : named.split(",")) {
            try {
                wanted.add(Relation.valueOf(name.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw arguments.misuse("'" + name + "', expected one of " + String.join(", ", relations()));
            }
        }
        return wanted;
    }

    private static byte[] text(Btf btf, Path file, int typeId, List<Use> uses, Colors colors) {
        CDeclarationPrinter printer = new CDeclarationPrinter(btf);
        StringBuilder text = new StringBuilder();
        if (file != null) {
            text.append(colors.aside("/* " + file + " */")).append('\n');
        }
        text.append(colors.aside("[" + typeId + "]"))
                .append(' ')
                .append(colors.title(title(btf, printer, typeId)))
                .append('\n');
        Relation last = null;
        for (Use use : uses) {
            if (use.relation() != last) {
                last = use.relation();
                Relation relation = last;
                long count = uses.stream()
                        .filter(other -> other.relation() == relation)
                        .count();
                text.append(colors.notable(TITLES.get(last)))
                        .append(' ')
                        .append(count)
                        .append('\n');
            }
            text.append("    ").append(describe(btf, printer, use)).append('\n');
        }
        if (uses.isEmpty()) {
            text.append("used by nobody\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A member with its place, or a function, variable or typedef as C declares it. */
    private static String describe(Btf btf, CDeclarationPrinter printer, Use use) {
        return switch (use.relation()) {
            case CONTAINS, POINTS, CALLS ->
                title(btf, printer, use.userId()) + "." + use.path() + " at " + use.offsetBits() / 8
                        + (use.offsetBits() % 8 == 0 ? "" : " bit " + use.offsetBits() % 8);
            case NAMES -> "typedef " + btf.name(use.userId());
            case VARIABLE, TAKES, RETURNS -> printer.text(use.userId());
        };
    }

    private static String title(Btf btf, CDeclarationPrinter printer, int typeId) {
        if (btf.nameOff(typeId) == 0) {
            return String.valueOf(btf.kind(typeId)).toLowerCase(Locale.ROOT) + " without name [" + typeId + "]";
        }
        BtfKind kind = btf.kind(typeId);
        return kind == BtfKind.FUNC || kind == BtfKind.VAR || kind == BtfKind.TYPEDEF
                ? btf.name(typeId)
                : printer.text(typeId);
    }

    private static byte[] json(Btf btf, String file, int typeId, List<Use> uses) throws IOException {
        CDeclarationPrinter printer = new CDeclarationPrinter(btf);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonOutput.lines(bytes)) {
            json.writeStartObject();
            json.writeStringField("file", file);
            addType(json, btf, typeId);
            json.writeArrayFieldStart("uses");
            for (Use use : uses) {
                json.writeStartObject();
                json.writeStringField("relation", lower(use.relation()));
                addType(json, btf, use.userId());
                switch (use.relation()) {
                    case CONTAINS, POINTS, CALLS -> {
                        json.writeStringField("path", use.path());
                        json.writeNumberField("offsetBits", use.offsetBits());
                    }
                    default -> json.writeStringField("declaration", describe(btf, printer, use));
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void addType(JsonGenerator json, Btf btf, int typeId) throws IOException {
        json.writeNumberField("id", typeId);
        json.writeStringField("kind", String.valueOf(btf.kind(typeId)).toLowerCase(Locale.ROOT));
        json.writeStringField("name", btf.name(typeId));
    }
}
