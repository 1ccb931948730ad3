package org.btfkit.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BaseFit;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.transform.Relocator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The file argument of the subcommands and its base. */
final class BtfInput {
    /** Says for the help what a file may be. */
    static final String FILES = "FILE is raw BTF, ELF, or a kernel image (vmlinuz, Image,"
            + " zboot, zImage, boot.img, uImage), plain or compressed.";

    private static final Path RUNNING_KERNEL = Path.of("/sys/kernel/btf");
    private static final Path RUNNING_VMLINUX = RUNNING_KERNEL.resolve("vmlinux");

    private BtfInput() {}

    static void addBase(CommandSpec spec) {
        spec.addOption(Options.file("BASE", "Base of split BTF, such as a module's vmlinux.", "-B", "--base-btf"));
    }

    /** Checks the number of arguments and returns them. */
    static String[] arguments(ParseResult parsed, int least, int most, String expected) {
        String[] given = parsed.matchedPositionalValue(0, new String[0]);
        if (given.length < least || given.length > most) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(),
                    given.length + (given.length == 1 ? " argument" : " arguments") + ", expected " + expected);
        }
        return given;
    }

    static Btf base(ParseResult parsed) throws IOException {
        Path base = parsed.matchedOptionValue("-B", null);
        return base == null ? null : BtfSource.load(base);
    }

    /** Parses BTF on a base, which may be null and is ignored by BTF that needs none. */
    static Btf load(BtfSource source, Btf base) throws IOException {
        return BaseFit.load(source, base, "-B");
    }

    /** The folder of the running kernel's BTF if a file is in it, else null. */
    static Path folderOfRunningKernel(String file) {
        return Path.of(file).startsWith(RUNNING_KERNEL) ? RUNNING_KERNEL : null;
    }

    /**
     * Loads a file.
     *
     * <p>As bpftool does, a file of the running kernel is split on its vmlinux unless another base is given, and BTF
     * with a distilled base is put onto the base that is given.
     */
    static Btf load(String file, ParseResult parsed) throws IOException {
        return load(file, parsed, false);
    }

    /** Loads a file; that of a BPF object as libbpf hands it to the kernel. */
    static Btf loadForKernel(String file, ParseResult parsed) throws IOException {
        return load(file, parsed, true);
    }

    private static Btf load(String file, ParseResult parsed, boolean forKernel) throws IOException {
        Path path = Path.of(file);
        Path basePath = parsed.matchedOptionValue("-B", null);
        if (basePath == null && path.startsWith(RUNNING_KERNEL) && !path.equals(RUNNING_VMLINUX)) {
            basePath = RUNNING_VMLINUX;
        }
        return load(path, basePath == null ? null : BtfSource.load(basePath), forKernel);
    }

    /** Loads a file on a base that is read already, or null; otherwise as {@link #load(String, ParseResult)}. */
    static Btf load(Path path, Btf base) throws IOException {
        return load(path, base, false);
    }

    private static Btf load(Path path, Btf base, boolean forKernel) throws IOException {
        try (BtfSource source = BtfSource.open(path)) {
            Btf distilled = source.distilledBase();
            if (distilled == null) {
                Btf btf = load(source, base);
                return forKernel ? source.asLoaded(btf) : btf;
            }
            Btf btf = source.btf(distilled);
            return base == null ? btf : Relocator.relocate(btf, base).btf();
        }
    }
}
