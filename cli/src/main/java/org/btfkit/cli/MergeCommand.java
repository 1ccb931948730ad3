package org.btfkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code btf merge}: puts the types of several inputs behind each other. */
final class MergeCommand implements BtfTool.Subcommand {
    private final PrintStream err;

    MergeCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf merge [OPTION]... IN... -o OUT")
                .description("Appends the types of all inputs to those of the first, as libbpf's btf__add_btf does;"
                        + " equal strings are stored once, equal types stay (btf dedup merges both). Several BTFs behind one"
                        + " another in one input, as ld -r leaves those of objects, are several inputs.");
        TransformInput.addHelp(spec, "  btf merge a.o b.o -o all.btf", "  btf merge -B vmlinux a.ko b.ko -o all.btf");
        BtfInput.addBase(spec);
        TransformOutput.addOptions(spec);
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        String[] inputs = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "one input or more");
        String target = TransformOutput.file(arguments);
        BtfInput options = new BtfInput(arguments, err);
        TransformInput merged = TransformInput.loadAll(inputs, options.base(), options);
        new TransformOutput(arguments, out).write(merged, target, merged.btf(), merged.ext());
        return ExitCode.OK;
    }
}
