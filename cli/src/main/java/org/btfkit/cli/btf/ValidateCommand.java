package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** {@code btf validate}: checks BTF against the rules of libbpf or of the kernel. */
final class ValidateCommand implements Subcommand {
    private final PrintStream err;

    ValidateCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf validate [OPTION]... FILE")
                .description("Checks BTF; exit 1 with one line on the first rule that it breaks.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "An object for BPF is checked on level kernel as libbpf hands it over: with sizes and places of"
                                + " variables from its sections and symbols, and externs as variables.",
                        "The kernel named is the first that knows all kinds and fields that are used; distributions may"
                                + " have taken them back to older ones.",
                        "",
                        "Examples:",
                        "  btf validate prog.bpf.o",
                        "  btf validate --level kernel -B vmlinux module.ko");
        BtfInput.addBase(syntax);
        syntax.add(Options.oneOf(
                List.of("structural", "kernel"),
                "LEVEL",
                "structural: as libbpf's parser, but prototypes have to return a type that exists; kernel (default):"
                        + " what the kernel checks on loading.",
                "--level"));
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String file = BtfInput.arguments(arguments, 1, 1, "one file")[0];
        String level = arguments.value("--level", "kernel");
        if (!level.equals("kernel") && !level.equals("structural")) {
            throw arguments.misuse("--level " + level + ": expected structural or kernel");
        }
        boolean isForKernel = level.equals("kernel");
        Btf btf = load(file, new BtfInput(arguments, err), isForKernel);
        if (isForKernel) {
            KernelValidator.kernel(btf);
        }
        String text = file + ": valid (" + level + "), " + (btf.typeCount() - btf.firstTypeId()) + " types"
                + (isForKernel ? ", for Linux " + KernelNeeds.firstRelease(btf) + " and later" : "") + "\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }

    /** Loads what is to be checked; what was made on another base is refused: it would be valid for another reason. */
    private static Btf load(String file, BtfInput input, boolean isForKernel) throws IOException {
        try (BtfSource source = BtfSource.open(Path.of(file))) {
            Btf base = input.baseOf(file);
            Btf btf = BtfInput.load(source, base, input.fit(base));
            if (isForKernel) {
                source.requireEnd();
            } else {
                input.warnOf(source);
            }
            return isForKernel ? source.asLoaded(btf) : btf;
        }
    }
}
