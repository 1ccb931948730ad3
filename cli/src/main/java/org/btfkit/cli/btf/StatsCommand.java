package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Formatter;
import java.util.Locale;
import org.btfkit.btf.query.BtfStats;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
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
        Formatter text = new Formatter(Locale.ROOT);
        text.format("%-12s %10s %12s %12s%n", "kind", "types", "elements", "bytes");
        for (BtfStats.Kind kind : stats.kinds()) {
            text.format("%-12s %10d %12d %12d%n", kind.name(), kind.count(), kind.elements(), kind.bytes());
        }
        text.format("%-12s %10d %12s %12d%n", "all", stats.typeCount(), "", stats.typeBytes());
        text.format(
                "strings      %23s %12d  %.1f %% of the data%n", "", stats.stringBytes(), 100 * stats.stringShare());
        text.format("%nlargest structs and unions%n");
        for (BtfStats.Composite type : stats.largest()) {
            text.format(
                    "%12d bytes, %4d members  [%d] %s%n", type.sizeBytes(), type.members(), type.typeId(), type.name());
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }
}
