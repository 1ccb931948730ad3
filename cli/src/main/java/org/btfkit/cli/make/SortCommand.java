package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.NameSorter;
import org.btfkit.transform.Permuter;
import org.btfkit.transform.Sorted;

/** {@code btf sort}: puts types in the order of their names. */
public final class SortCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public SortCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf sort [OPTION]... IN -o OUT")
                .description("Puts types in the order of their names, those without one first, so that newer kernels"
                        + " and libbpf find them by bisection. The base stays as it is.");
        TransformInput.addHelp(
                syntax, "  btf sort vmlinux.btf -o vmlinux.sorted.btf", "  btf sort -B vmlinux a.ko -o a.ko");
        BtfInput.addBase(syntax);
        ExtOutput.addOption(syntax);
        TransformOutput.addOptions(syntax);
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one input")[0];
        String target = Options.output(arguments);
        BtfInput options = new BtfInput(arguments, err);
        TransformInput input = TransformInput.load(Path.of(file), options.base(), options);
        Sorted sorted = NameSorter.sort(input.btf());
        BtfExt ext = input.ext() == null ? null : Permuter.permute(input.btf(), input.ext(), sorted.idMap());
        TransformOutput output = new TransformOutput(arguments, out, err);
        new ExtOutput(arguments, options).write(input, output, target, sorted.btf(), ext);
        return ExitCode.OK;
    }
}
