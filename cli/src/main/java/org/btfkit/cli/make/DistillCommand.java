package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.Distilled;
import org.btfkit.transform.Distiller;

/** {@code btf distill}: replaces the base of split BTF by as little of it as the split BTF needs. */
public final class DistillCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public DistillCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf distill [OPTION]... -B BASE IN -o OUT [--out-base FILE]")
                .description("Makes a small base of what split BTF needs of its base, and puts the split BTF on it,"
                        + " as libbpf's btf__distill_base does. A module with both can be relocated onto other kernels."
                        + " An ELF file takes both, in .BTF and .BTF.base.");
        TransformInput.addHelp(
                syntax,
                "  btf distill -B vmlinux module.ko -o portable.ko",
                "  btf distill -B vmlinux module.btf -o split.btf --out-base base.btf");
        BtfInput.addBase(syntax);
        syntax.add(Options.file("FILE", "Write the small base here, as raw BTF.", "--out-base"));
        TransformOutput.addOptions(syntax);
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one input")[0];
        String target = Options.output(arguments);
        Path baseTarget = arguments.value("--out-base", null);
        BtfInput options = new BtfInput(arguments, err);
        Btf base = TransformInput.requireBase(arguments, options);
        TransformInput input = TransformInput.load(Path.of(file), base, options);
        TransformOutput output = new TransformOutput(arguments, out, err);
        if (baseTarget == null && !output.isElf(input, target)) {
            throw arguments.misuse(target + " is raw BTF: expected --out-base FILE as well");
        }
        if (input.hasDistilledBase()) {
            throw new BtfException(input.path() + ": has a distilled base already");
        }
        if (input.btf().base() == null) {
            throw new BtfException(input.path() + ": is no split BTF, so there is no base to distill");
        }
        Distilled distilled = Distiller.distill(input.btf());
        if (baseTarget != null) {
            BtfWriter.write(distilled.base(), baseTarget);
        }
        output.write(input, target, distilled.split(), null, distilled.base());
        return ExitCode.OK;
    }
}
