package org.btfkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfKind;
import org.btfkit.btf.BtfSearch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf find}: lists the types whose names match a pattern. */
final class FindCommand implements BtfTool.Subcommand {
    private final PrintStream err;

    FindCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf find [OPTION]... PATTERN FILE")
                .description("Lists id, kind and name of the types whose names match; exit 1 if none does.")
                .footer(
                        "",
                        "PATTERN is a glob: * for any characters, ? for one, [a-z] for one of a range.",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf find 'bpf_skb_*' /sys/kernel/btf/vmlinux",
                        "  btf find -k struct,union -e '^nf_.*_conf$' -B vmlinux nf_conntrack.ko.xz");
        BtfInput.addBase(spec);
        spec.addOption(Options.value("KINDS", String.class, "Only these kinds, separated by commas.", "-k", "--kind")
                .build());
        spec.addOption(Options.flag("PATTERN is a regular expression.", "-e", "--regex"));
        spec.addPositional(Options.arguments("ARGUMENT"));
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        String[] given = BtfInput.arguments(arguments, 2, 2, "a pattern and a file");
        BtfSearch search = search(given[0], arguments);
        Btf btf = new BtfInput(arguments, err).load(given[1]);
        int[] found = search.in(btf);
        for (int typeId : found) {
            String kind = BtfKind.nameOf(Btf.kindOf(btf.info(typeId)));
            out.write(("[" + typeId + "] " + kind + " " + btf.name(typeId) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return found.length > 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static BtfSearch search(String pattern, ParseResult arguments) {
        BtfSearch search;
        try {
            search = arguments.hasMatchedOption("-e") ? BtfSearch.regex(pattern) : BtfSearch.glob(pattern);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), Failure.oneLine(e.getMessage()));
        }
        String kinds = arguments.matchedOptionValue("-k", null);
        if (kinds == null) {
            return search;
        }
        Set<BtfKind> only = EnumSet.noneOf(BtfKind.class);
        for (String kind : kinds.split(",")) {
            try {
                only.add(BtfKind.valueOf(kind.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        arguments.commandSpec().commandLine(), "'" + kind + "' is no kind, such as struct or func");
            }
        }
        return search.ofKinds(only);
    }
}
