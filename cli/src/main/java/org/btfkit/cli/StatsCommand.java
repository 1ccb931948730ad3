package org.btfkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.btfkit.btf.BtfStats;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code btf stats}: counts what is in BTF. */
final class StatsCommand implements BtfTool.Subcommand {
    private static final int LARGEST = 10;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf stats [OPTION]... FILE")
                .description("%nCounts types, bytes and strings, and lists the largest structs.%n")
                .footer("", BtfInput.FILES, "", "Examples:", "  btf stats /sys/kernel/btf/vmlinux");
        BtfInput.addBase(spec);
        spec.addPositional(Options.arguments("FILE"));
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        BtfStats stats = BtfStats.of(BtfInput.load(file, arguments), LARGEST);
        PrintStream text = new PrintStream(out, false, StandardCharsets.UTF_8);
        text.printf("%-12s %10s %12s %12s%n", "kind", "types", "elements", "bytes");
        for (BtfStats.Kind kind : stats.kinds()) {
            text.printf("%-12s %10d %12d %12d%n", kind.name(), kind.count(), kind.elements(), kind.bytes());
        }
        text.printf("%-12s %10d %12s %12d%n", "all", stats.typeCount(), "", stats.typeBytes());
        text.printf(
                "strings      %23s %12d  %.1f %% of the data%n", "", stats.stringBytes(), 100 * stats.stringShare());
        text.printf("%nlargest structs and unions%n");
        for (BtfStats.Composite type : stats.largest()) {
            text.printf(
                    "%12d bytes, %4d members  [%d] %s%n", type.sizeBytes(), type.members(), type.typeId(), type.name());
        }
        text.flush();
        return ExitCode.OK;
    }
}
