package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.Relocator;

/** {@code btf relocate}: puts split BTF with a distilled base onto a whole one. */
public final class RelocateCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public RelocateCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf relocate [OPTION]... [-B DISTILLED] --onto BASE IN -o OUT")
                .description("Puts split BTF with a distilled base onto a whole base, as libbpf's btf__relocate and"
                        + " the kernel do when a module is loaded. An ELF file brings its distilled base along in"
                        + " .BTF.base, which the result has no more.");
        TransformInput.addHelp(
                syntax,
                "  btf relocate --onto /sys/kernel/btf/vmlinux portable.ko -o module.ko",
                "  btf relocate -B base.btf --onto vmlinux split.btf -o module.btf");
        syntax.add(Options.file("DISTILLED", "Distilled base of IN.", "-B", "--base-btf"));
        syntax.add(Options.trustBase());
        syntax.add(Options.file("BASE", "The base to put it onto.", "--onto"));
        TransformOutput.addOptions(syntax);
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one input")[0];
        String target = Options.output(arguments);
        Path onto = BtfInput.file(arguments, "--onto");
        if (onto == null) {
            throw arguments.misuse("no base to relocate onto given, expected --onto BASE");
        }
        BtfInput options = new BtfInput(arguments, err);
        TransformInput input = TransformInput.load(Path.of(file), options.base(), options);
        if (input.btf().base() == null) {
            throw arguments.misuse(file + " has no distilled base, expected -B DISTILLED");
        }
        Btf relocated = Relocator.relocate(input.btf(), BtfSource.load(onto)).btf();
        new TransformOutput(arguments, out, err).write(input, target, relocated, null, null);
        return ExitCode.OK;
    }
}
