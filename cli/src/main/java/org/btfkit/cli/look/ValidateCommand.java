package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf validate}: checks BTF against the rules of libbpf or of the kernel. */
public final class ValidateCommand implements Subcommand {
    /** What is written, for the help. */
    private static final String SHAPE = """
            { "file": ..., "level": "kernel" | "structural", "valid": true,
              "types": n,                                    its own, without those of a base
              "firstRelease": "5.16" }                       of level kernel
            { "file": ..., "level": ..., "valid": false, "error": ... }
            """;

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public ValidateCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf validate [OPTION]... FILE")
                .description("Checks BTF, and says in one line which is the first rule that it breaks.")
                .exitStatus("0 valid, 1 not valid or it cannot be read, 2 misuse.")
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
                        "  btf validate --level kernel -B vmlinux module.ko",
                        "  btf validate --json vmlinux | jq -r .firstRelease");
        BtfInput.addBase(syntax);
        syntax.add(Options.oneOf(
                List.of("structural", "kernel"),
                "LEVEL",
                "structural: as libbpf's parser, but prototypes have to return a type that exists; kernel (default):"
                        + " what the kernel checks on loading.",
                "--level"));
        syntax.json("one object.", SHAPE);
        syntax.add(Colors.option());
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
        Colors colors = Colors.of(arguments);
        boolean isForKernel = level.equals("kernel");
        BtfInput input = new BtfInput(arguments, err);
        if (arguments.has("--json")) {
            return json(file, level, input, isForKernel, out);
        }
        Btf btf = valid(file, input, isForKernel);
        String text = file + ": " + colors.good("valid") + " (" + level + "), " + ownTypes(btf) + " types"
                + (isForKernel ? ", for Linux " + KernelNeeds.firstRelease(btf) + " and later" : "") + "\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }

    /** Says as JSON what a file is; that it cannot be read at all is no answer, and fails as without JSON. */
    private static int json(String file, String level, BtfInput input, boolean isForKernel, OutputStream out)
            throws IOException {
        Btf btf = null;
        String error = null;
        try {
            btf = valid(file, input, isForKernel);
        } catch (BtfBaseException e) {
            throw e; // nothing is known without its base
        } catch (BtfException e) {
            error = Failure.describe(e, file);
        }
        try (JsonGenerator json = JsonOutput.on(out)) {
            json.writeStartObject();
            json.writeStringField("file", file);
            json.writeStringField("level", level);
            json.writeBooleanField("valid", error == null);
            if (error != null) {
                json.writeStringField("error", error);
            } else {
                json.writeNumberField("types", ownTypes(btf));
                if (isForKernel) {
                    json.writeStringField(
                            "firstRelease", KernelNeeds.firstRelease(btf).toString());
                }
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return error == null ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static int ownTypes(Btf btf) {
        return btf.typeCount() - btf.firstTypeId();
    }

    private static Btf valid(String file, BtfInput input, boolean isForKernel) throws IOException {
        Btf btf = load(file, input, isForKernel);
        if (isForKernel) {
            KernelValidator.kernel(btf);
        }
        return btf;
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
