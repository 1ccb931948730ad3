package org.btfkit.cli.core;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.BtfException;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreLoader;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf core list}: the relocations of objects, and what becomes of each on a kernel. */
public final class CoreListCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public CoreListCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf core list [OPTION]... PROG.bpf.o|FOLDER... [--on KERNEL]")
                .description(
                        "Lists what instructions of BPF objects depend on: program and instruction, what it does, the"
                                + " field, enumerator or type in C's words, what is asked of it and the value that it"
                                + " was built with, and the source line. With a kernel also the value there, or why"
                                + " there is none.")
                .exitStatus("0 done, 1 an object cannot be read, or a loader would give it up there, 2 misuse.")
                .footer(
                        "",
                        KernelFile.KERNELS,
                        CoreInput.FOLDERS,
                        "",
                        "Examples:",
                        "  btf core list runqlen.bpf.o",
                        "  btf core list runqlen.bpf.o --on /sys/kernel/btf/vmlinux",
                        "  btf core list -v *.bpf.o --on vmlinuz-6.1.0-56-cloud-amd64",
                        "  btf core list --json runqlen.bpf.o --on /sys/kernel/btf |",
                        "      jq '.[] | select(.outcome == \"poisoned\")'");
        syntax.add(Options.file("KERNEL", "Relocate on this kernel.", "--on"));
        addLoader(syntax);
        syntax.add(Options.flag(
                "Show the types of the kernel that were looked at, and why not taken.", "-v", "--verbose"));
        syntax.json("an array of one object for each relocation.", CoreListing.SHAPE);
        syntax.operands("PROG");
        return syntax;
    }

    /** Adds the option that tells whose rules are followed. */
    static void addLoader(Syntax syntax) {
        syntax.add(Options.oneOf(
                List.of("libbpf", "cilium"),
                "LOADER",
                "Follow the rules of libbpf (the default) or of cilium.",
                "--loader"));
    }

    /** Reads the option that {@link #addLoader} adds. */
    static CoreLoader loader(Arguments arguments) {
        String name = arguments.value("--loader", "libbpf");
        return switch (name) {
            case "libbpf" -> CoreLoader.LIBBPF;
            case "cilium" -> CoreLoader.CILIUM;
            default -> throw arguments.misuse("--loader " + name + ", expected libbpf or cilium");
        };
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        List<Path> files = CoreInput.programs(
                List.of(BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "one BPF object or more")));
        CoreLoader loader = loader(arguments);
        Path kernel = BtfInput.file(arguments, "--on");
        CoreTarget target =
                kernel == null ? null : one(arguments, kernel, this::warn).load(this::warn);
        int status = ExitCode.OK;
        List<CoreListing> listings = new ArrayList<>();
        for (Path program : files) {
            String file = program.toString();
            try {
                CoreRelocator relocator =
                        CoreRelocator.of(BpfObject.read(program)).withLoader(loader);
                CoreResults results = target == null ? null : relocator.on(target);
                CoreListing listing = new CoreListing(file, relocator, results);
                listings.add(listing);
                for (String fault : listing.faults()) {
                    err.println("ERROR: " + Failure.oneLine(fault));
                    status = ExitCode.FAILURE;
                }
            } catch (IOException | RuntimeException e) {
                boolean isKernel = kernel != null && e instanceof BtfException && !CoreInput.isBpfObject(program);
                err.println("ERROR: " + Failure.describe(e, file)
                        + (isKernel ? "; to look at several kernels, use btf core check" : ""));
                status = ExitCode.FAILURE;
            }
        }
        if (arguments.has("--json")) {
            CoreListing.writeJson(listings, files.size() > 1, out);
        } else {
            for (CoreListing listing : listings) {
                listing.write(files.size() > 1, arguments.has("-v"), out);
            }
        }
        return status;
    }

    /** The one kernel that an argument names. */
    static KernelFile one(Arguments arguments, Path argument, Consumer<String> warnings) throws IOException {
        List<KernelFile> kernels = KernelFile.find(argument, warnings);
        if (kernels.size() != 1) {
            throw arguments.misuse(argument + " holds " + kernels.size() + " kernels, expected one: "
                    + kernels.get(0).path() + ", for example");
        }
        return kernels.get(0);
    }

    private void warn(String text) {
        err.println(Failure.warning(text));
    }
}
