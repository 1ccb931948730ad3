package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.btfkit.btf.Btf;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf merge}: puts the types of several inputs behind each other. */
public final class MergeCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public MergeCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf merge [OPTION]... IN... -o OUT")
                .description("Makes new BTF of the types of all inputs, one input behind the other, as libbpf's"
                        + " btf__add_btf does on empty BTF; no input is changed. Strings that a type uses are stored"
                        + " once, equal types stay (btf dedup merges both). With a base the result is split on it, also"
                        + " of inputs that are not; with --flatten it is base and inputs in one. The .BTF.ext of"
                        + " BPF objects become one, as if their sections were linked in this order. Several BTFs behind one another in one input, as ld -r leaves those of"
                        + " objects, are several inputs.");
        TransformInput.addHelp(
                syntax,
                "  btf merge a.o b.o -o all.btf",
                "  btf merge -B vmlinux a.ko b.ko -o both.btf",
                "  btf merge --flatten -B vmlinux a.ko b.ko -o all.btf");
        syntax.add(Options.flag(
                "Put the base before the inputs: its ids and those of the first input stay.", "--flatten"));
        BtfInput.addBase(syntax);
        ExtOutput.addOption(syntax);
        TransformOutput.addOptions(syntax);
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] inputs = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "one input or more");
        String target = Options.output(arguments);
        BtfInput options = new BtfInput(arguments, err);
        if (arguments.has("--flatten")) {
            return flatten(inputs, target, options, arguments, out);
        }
        TransformInput merged = TransformInput.loadAll(inputs, options.base(), options);
        TransformOutput output = new TransformOutput(arguments, out, err);
        new ExtOutput(arguments, options).write(merged, output, target, merged.btf(), merged.ext());
        return ExitCode.OK;
    }

    /** What has no base any more is no longer the BTF of a module, so no copy of an input is made for it. */
    private int flatten(String[] inputs, String target, BtfInput options, Arguments arguments, OutputStream out)
            throws IOException {
        Btf base = TransformInput.requireBase(arguments, options);
        TransformInput flat = TransformInput.loadFlat(inputs, base, options);
        new TransformOutput(arguments, out, err).write(flat, target, flat.btf(), null);
        return ExitCode.OK;
    }
}
