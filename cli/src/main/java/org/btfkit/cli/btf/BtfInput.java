package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BaseFit;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTrailer;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.Relocator;

/** The file arguments of the subcommands and their base. */
final class BtfInput {
    /** Says for the help what a file may be. */
    static final String FILES = "FILE is raw BTF, ELF, or a kernel image (vmlinuz, Image,"
            + " zboot, zImage, boot.img, uImage), plain or compressed; - is standard input.";

    private static final Path RUNNING_KERNEL = Path.of("/sys/kernel/btf");
    private static final Path RUNNING_VMLINUX = RUNNING_KERNEL.resolve("vmlinux");

    private final Arguments parsed;
    private final PrintStream err;

    /**
     * Takes the options that {@link #addBase} adds.
     *
     * @param err where warnings go
     */
    BtfInput(Arguments parsed, PrintStream err) {
        this.parsed = parsed;
        this.err = err;
    }

    static void addBase(Syntax syntax) {
        syntax.add(Options.file("BASE", "Base of split BTF, such as a module's vmlinux.", "-B", "--base-btf"));
        syntax.add(Options.trustBase());
    }

    /** What {@code -} stands for where a file is read. */
    static final String STANDARD_INPUT = "/dev/stdin";

    /** Returns the file that is to be read: {@code -} is standard input. */
    static String file(String argument) {
        return argument.equals("-") ? STANDARD_INPUT : argument;
    }

    /** Returns the file that an option names, as {@link #file(String)}; null without the option. */
    static Path file(Arguments parsed, String option) {
        Path file = parsed.value(option, null);
        return file == null ? null : Path.of(file(file.toString()));
    }

    /**
     * Refuses to write over something that is read, of which nothing would be left.
     *
     * @param target the file to write
     * @param inputs what is read for it
     * @throws MisuseException if it is one of them, by whatever name
     */
    static void requireOtherThan(Arguments parsed, Path target, List<Path> inputs) throws IOException {
        for (Path input : inputs) {
            if (Files.isRegularFile(target) && Files.exists(input) && Files.isSameFile(target, input)) {
                throw parsed.misuse("the result would take the place of " + input + ", expected another place for it");
            }
        }
    }

    /** Checks the number of arguments and returns them; those that are {@code -} as the file that it is. */
    static String[] arguments(Arguments parsed, int least, int most, String expected) {
        String[] given = parsed.operands();
        if (given.length < least || given.length > most) {
            throw parsed.misuse(
                    given.length + (given.length == 1 ? " argument" : " arguments") + ", expected " + expected);
        }
        for (int i = 0; i < given.length; i++) {
            given[i] = file(given[i]);
        }
        return given;
    }

    /** The base that {@code -B} names; null without the option. */
    Btf base() throws IOException {
        Path base = file(parsed, "-B");
        return base == null ? null : loadBase(base);
    }

    private Btf loadBase(Path path) throws IOException {
        try (BtfSource source = BtfSource.open(path)) {
            Btf base = source.btf(source.distilledBase());
            warnOf(source);
            return base;
        }
    }

    /** What loads BTF on a base and refuses what was not made on it. */
    BaseFit fit(Btf base) {
        return BaseFit.on(base, "-B").trusting(parsed.has(Options.TRUST_BASE)).doubting(new Warnings(""));
    }

    /** Tells of something that may not be as it was meant. */
    void warn(String text) {
        err.println(Failure.warning(text));
    }

    /** Warns of what stands behind the BTF, which is ignored. */
    void warnOf(BtfSource source) throws IOException {
        BtfTrailer trailer = source.trailer();
        if (trailer != null) {
            warn(trailer + (trailer.isBtf() ? "; only the first is read, btf merge and dedup take all" : ", ignored"));
        }
    }

    /** The folder of the running kernel's BTF if a file is in it, else null. */
    static Path folderOfRunningKernel(String file) {
        return Path.of(file).startsWith(RUNNING_KERNEL) ? RUNNING_KERNEL : null;
    }

    /**
     * Loads a file to look at, with a warning if it was made on another base, or there is more in it.
     *
     * <p>As bpftool does, a file of the running kernel is split on its vmlinux unless another base is given, and BTF
     * with a distilled base is put onto the base that is given.
     */
    Btf load(String file) throws IOException {
        return load(Path.of(file), baseOf(file));
    }

    /** Loads a file on a base that is read already, or null; otherwise as {@link #load(String)}. */
    Btf load(Path file, Btf base) throws IOException {
        return look(file, base, (btf, source) -> btf);
    }

    /** What is made of BTF while its file is open. */
    @FunctionalInterface
    interface Look<T> {
        T at(Btf btf, BtfSource source) throws IOException;
    }

    /** Loads a file as {@link #load(Path, Btf)}, and looks into what else is in it. */
    <T> T look(Path file, Btf base, Look<T> look) throws IOException {
        try (BtfSource source = BtfSource.open(file)) {
            Btf btf = load(source, base, fit(base).warning(new Warnings(file.toString())));
            warnOf(source);
            return look.at(btf, source);
        }
    }

    /** The base for a file: that of {@code -B}, or of the running kernel for a file of that. */
    Btf baseOf(String file) throws IOException {
        Path path = Path.of(file);
        boolean isOfRunning = path.startsWith(RUNNING_KERNEL) && !path.equals(RUNNING_VMLINUX);
        return isOfRunning && !parsed.has("-B") ? BtfSource.load(RUNNING_VMLINUX) : base();
    }

    /** Loads BTF on a base, which may be null and is ignored by BTF that needs none. */
    static Btf load(BtfSource source, Btf base, BaseFit fit) throws IOException {
        Btf distilled = source.distilledBase();
        if (distilled == null) {
            return fit.forKernel(source.kernelRelease()).load(source);
        }
        Btf btf = source.btf(distilled);
        return base == null ? btf : Relocator.relocate(btf, base).btf();
    }

    /** Warns of doubts and signs; a class, as the first lambda of a run takes it milliseconds. */
    private final class Warnings implements Consumer<BtfBaseException> {
        private final String subject;

        private Warnings(String subject) {
            this.subject = subject;
        }

        @Override
        public void accept(BtfBaseException sign) {
            warn(Failure.describe(sign, subject));
        }
    }
}
