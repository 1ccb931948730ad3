package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.btfkit.btf.query.BtfStats;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf stats}: counts what is in BTF. */
public final class StatsCommand implements Subcommand {
    /** What is written, for the help. */
    private static final String SHAPE = """
            { "file": ..., "types": n, "typeBytes": n, "stringBytes": n,
              "kinds": [ { "kind": "struct", "types": n,
                           "elements": n,                    members, parameters, values
                           "bytes": n } ],
              "largest": [ { "id": n, "name": ..., "size": n, "members": n } ] }   structs and unions
            """;

    private static final int LARGEST = 10;

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public StatsCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf stats [OPTION]... FILE")
                .description("Counts types, bytes and strings, and lists the largest structs.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf stats /sys/kernel/btf/vmlinux",
                        "  btf stats --json vmlinux | jq '.kinds[] | select(.kind == \"func\").types'");
        BtfInput.addBase(syntax);
        syntax.json("one object.", SHAPE);
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        BtfStats stats = BtfStats.of(new BtfInput(arguments, err).load(file), LARGEST);
        if (arguments.has("--json")) {
            writeJson(stats, file, out);
        } else {
            out.write(text(stats, Colors.of(arguments)).getBytes(StandardCharsets.UTF_8));
        }
        return ExitCode.OK;
    }

    private static String text(BtfStats stats, Colors colors) {
        StringBuilder text = new StringBuilder();
        row(text, "kind", "types", "elements", "bytes");
        if (colors.areOn()) {
            String title = text.substring(0, text.length() - 1);
            text.setLength(0);
            text.append(colors.title(title)).append('\n');
        }
        for (BtfStats.Kind kind : stats.kinds()) {
            row(text, kind.name(), "" + kind.count(), "" + kind.elements(), "" + kind.bytes());
        }
        row(text, "all", "" + stats.typeCount(), "", "" + stats.typeBytes());
        row(text, "strings", "", "", "" + stats.stringBytes());
        text.setLength(text.length() - 1);
        long tenths = Math.round(1000 * stats.stringShare());
        text.append("  ").append(tenths / 10).append('.').append(tenths % 10).append(" % of the data\n");
        text.append('\n').append(colors.title("largest structs and unions")).append('\n');
        for (BtfStats.Composite type : stats.largest()) {
            right(text, "" + type.sizeBytes(), 12);
            text.append(" bytes, ");
            right(text, "" + type.members(), 4);
            text.append(" members  [")
                    .append(type.typeId())
                    .append("] ")
                    .append(type.name())
                    .append('\n');
        }
        return text.toString();
    }

    private static void writeJson(BtfStats stats, String file, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonOutput.on(out)) {
            json.writeStartObject();
            json.writeStringField("file", file);
            json.writeNumberField("types", stats.typeCount());
            json.writeNumberField("typeBytes", stats.typeBytes());
            json.writeNumberField("stringBytes", stats.stringBytes());
            json.writeArrayFieldStart("kinds");
            for (BtfStats.Kind kind : stats.kinds()) {
                json.writeStartObject();
                json.writeStringField("kind", kind.name().toLowerCase(Locale.ROOT));
                json.writeNumberField("types", kind.count());
                json.writeNumberField("elements", kind.elements());
                json.writeNumberField("bytes", kind.bytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("largest");
            for (BtfStats.Composite type : stats.largest()) {
                json.writeStartObject();
                json.writeNumberField("id", type.typeId());
                json.writeStringField("name", type.name());
                json.writeNumberField("size", type.sizeBytes());
                json.writeNumberField("members", type.members());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** By hand: the first use of a Formatter takes as long as all of the counting. */
    private static void row(StringBuilder text, String title, String types, String elements, String bytes) {
        text.append(title).append(" ".repeat(Math.max(0, 12 - title.length()))).append(' ');
        right(text, types, 10);
        text.append(' ');
        right(text, elements, 12);
        text.append(' ');
        right(text, bytes, 12);
        text.append('\n');
    }

    private static void right(StringBuilder text, String value, int width) {
        text.append(" ".repeat(Math.max(0, width - value.length()))).append(value);
    }
}
