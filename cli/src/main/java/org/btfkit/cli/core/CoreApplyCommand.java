package org.btfkit.cli.core;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreOutcome;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.btf.relo.ObjectPatch;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;

/** {@code btf core apply}: an object with its instructions as a loader hands them to a kernel. */
public final class CoreApplyCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public CoreApplyCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf core apply [OPTION]... PROG.bpf.o --on KERNEL -o OUT")
                .description(
                        "Writes the object with its instructions relocated on a kernel, for disassemblers and for"
                                + " comparing kernels. Where nothing on the kernel matches, the instruction is invalid, as"
                                + " libbpf makes it. The relocations themselves are removed, so that the object loads as it is.")
                .footer(
                        "",
                        KernelFile.KERNELS,
                        "",
                        "Examples:",
                        "  btf core apply runqlen.bpf.o --on vmlinux-6.1 -o runqlen-6.1.bpf.o",
                        "  llvm-objdump -d runqlen-6.1.bpf.o");
        syntax.add(Options.file("KERNEL", "The kernel.", "--on"));
        syntax.add(Options.file("OUT", "The file to write; - for standard output.", "-o", "--output"));
        CoreListCommand.addLoader(syntax);
        syntax.operands("PROG");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        Path file = Path.of(BtfInput.arguments(arguments, 1, 1, "one BPF object")[0]);
        Path kernel =
                Path.of(BtfInput.file(required(arguments, "--on", "KERNEL").toString()));
        Path target = required(arguments, "-o", "OUT");
        KernelFile found = CoreListCommand.one(arguments, kernel, this::warn);
        boolean isPipe = target.toString().equals("-");
        if (!isPipe) {
            BtfInput.requireOtherThan(arguments, target, List.of(found.vmlinux()));
        }
        CoreTarget loaded = found.load(this::warn);
        try (ElfFile elf = ElfFile.open(file)) {
            CoreResults results = CoreRelocator.of(BpfObject.of(elf))
                    .withLoader(CoreListCommand.loader(arguments))
                    .on(loaded);
            ElfEditor editor = new ElfEditor(elf);
            ObjectPatch.put(elf, results, editor);
            if (isPipe) {
                out.write(editor.toBytes());
            } else {
                editor.writeTo(target);
            }
            warnOfPoison(results, file);
        }
        return ExitCode.OK;
    }

    private void warnOfPoison(CoreResults results, Path file) {
        int poisoned = 0;
        for (int i = 0; i < results.size(); i++) {
            poisoned += results.outcome(i) == CoreOutcome.POISONED ? 1 : 0;
        }
        if (poisoned > 0) {
            warn(file + ": " + poisoned + " of " + results.size() + " relocations have nothing that matches: their"
                    + " instructions are invalid now, which does no harm where they are not reached (btf core list"
                    + " says what is missing)");
        }
    }

    private static Path required(Arguments arguments, String option, String label) {
        Path value = arguments.value(option, null);
        if (value == null) {
            throw arguments.misuse("expected " + option + " " + label);
        }
        return value;
    }

    private void warn(String text) {
        err.println(Failure.warning(text));
    }
}
