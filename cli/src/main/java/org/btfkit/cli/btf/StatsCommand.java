package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.btfkit.btf.query.BtfStats;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Syntax;

/** {@code btf stats}: counts what is in BTF. */
final class StatsCommand implements Subcommand {
    private static final int LARGEST = 10;

    private final PrintStream err;

    StatsCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf stats [OPTION]... FILE")
                .description("Counts types, bytes and strings, and lists the largest structs.")
                .footer("", BtfInput.FILES, "", "Examples:", "  btf stats /sys/kernel/btf/vmlinux");
        BtfInput.addBase(syntax);
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        BtfStats stats = BtfStats.of(new BtfInput(arguments, err).load(file), LARGEST);
        StringBuilder text = new StringBuilder();
        row(text, "kind", "types", "elements", "bytes");
        for (BtfStats.Kind kind : stats.kinds()) {
            row(text, kind.name(), "" + kind.count(), "" + kind.elements(), "" + kind.bytes());
        }
        row(text, "all", "" + stats.typeCount(), "", "" + stats.typeBytes());
        row(text, "strings", "", "", "" + stats.stringBytes());
        text.setLength(text.length() - 1);
        long tenths = Math.round(1000 * stats.stringShare());
        text.append("  ").append(tenths / 10).append('.').append(tenths % 10).append(" % of the data\n");
        text.append("\nlargest structs and unions\n");
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
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
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
