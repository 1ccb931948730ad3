package org.btfkit.cli.input;

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
public final class BtfInput {
    /** Says for the help what a file may be. */
    public static final String FILES = "FILE is raw BTF, ELF, or a kernel image (vmlinuz, Image,"
            + " zboot, zImage, boot.img, uImage), plain or compressed; - is standard input.";

    /** What {@code -} stands for where a file is read. */
    public static final String STANDARD_INPUT = "/dev/stdin";

    private static final Path RUNNING_KERNEL = Path.of("/sys/kernel/btf");
    private static final Path RUNNING_VMLINUX = RUNNING_KERNEL.resolve("vmlinux");

    private final Arguments parsed;
    private final PrintStream err;

    /**
     * Takes the options that {@link #addBase} adds.
     *
     * @param parsed the command line
     * @param err where warnings go
     */
    public BtfInput(Arguments parsed, PrintStream err) {
        this.parsed = parsed;
        this.err = err;
    }

    /**
     * Adds the options that say what the base is.
     *
     * @param syntax the options of a command
     */
    public static void addBase(Syntax syntax) {
        syntax.add(Options.file("BASE", "Base of split BTF, such as a module's vmlinux.", "-B", "--base-btf"));
        syntax.add(Options.trustBase());
    }

    /**
     * Returns the file that is to be read.
     *
     * @param argument its name; {@code -} is standard input
     * @return the name of the file
     */
    public static String file(String argument) {
        return argument.equals("-") ? STANDARD_INPUT : argument;
    }

    /**
     * Returns the file that an option names, as {@link #file(String)}.
     *
     * @param parsed the command line
     * @param option the option
     * @return the file; null without the option
     */
    public static Path file(Arguments parsed, String option) {
        Path file = parsed.value(option, null);
        return file == null ? null : Path.of(file(file.toString()));
    }

    /**
     * Refuses to write over something that is read, of which nothing would be left.
     *
     * @param parsed the command line
     * @param target the file to write
     * @param inputs what is read for it
     * @throws IOException if files cannot be compared
     * @throws MisuseException if it is one of them, by whatever name
     */
    public static void requireOtherThan(Arguments parsed, Path target, List<Path> inputs) throws IOException {
        for (Path input : inputs) {
            if (Files.isRegularFile(target) && Files.exists(input) && Files.isSameFile(target, input)) {
                throw parsed.misuse("the result would take the place of " + input + ", expected another place for it");
            }
        }
    }

    /**
     * Checks the number of arguments and returns them.
     *
     * @param parsed the command line
     * @param least how many are needed
     * @param most how many there may be
     * @param expected what is expected, in words
     * @return the arguments; those that are {@code -} as the file that it is
     * @throws MisuseException if there are too few or too many
     */
    public static String[] arguments(Arguments parsed, int least, int most, String expected) {
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

    /**
     * Loads the base that {@code -B} names.
     *
     * @return the base; null without the option
     * @throws IOException if it cannot be read
     */
    public Btf base() throws IOException {
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

    /**
     * Returns what loads BTF on a base and refuses what was not made on it.
     *
     * @param base the base; null for none
     * @return the loader, which warns of doubts
     */
    public BaseFit fit(Btf base) {
        return BaseFit.on(base, "-B").trusting(parsed.has(Options.TRUST_BASE)).doubting(new Warnings(""));
    }

    /**
     * Tells of something that may not be as it was meant.
     *
     * @param text the warning, one line
     */
    public void warn(String text) {
        err.println(Failure.warning(text));
    }

    /**
     * Warns of what stands behind the BTF, which is ignored.
     *
     * @param source the file
     * @throws IOException if it cannot be read
     */
    public void warnOf(BtfSource source) throws IOException {
        BtfTrailer trailer = source.trailer();
        if (trailer != null) {
            warn(trailer + (trailer.isBtf() ? "; only the first is read, btf merge and dedup take all" : ", ignored"));
        }
    }

    /**
     * Returns the folder of the running kernel's BTF.
     *
     * @param file a file
     * @return the folder if the file is in it, else null
     */
    public static Path folderOfRunningKernel(String file) {
        return Path.of(file).startsWith(RUNNING_KERNEL) ? RUNNING_KERNEL : null;
    }

    /**
     * Loads a file to look at, with a warning if it was made on another base, or there is more in it.
     *
     * <p>As bpftool does, a file of the running kernel is split on its vmlinux unless another base is given, and BTF
     * with a distilled base is put onto the base that is given.
     *
     * @param file the file
     * @return its BTF
     * @throws IOException if it cannot be read
     */
    public Btf load(String file) throws IOException {
        return load(Path.of(file), baseOf(file));
    }

    /**
     * Loads a file on a base that is read already, otherwise as {@link #load(String)}.
     *
     * @param file the file
     * @param base the base; null for none
     * @return its BTF
     * @throws IOException if it cannot be read
     */
    public Btf load(Path file, Btf base) throws IOException {
        return look(file, base, (btf, source) -> btf);
    }

    /**
     * What is made of BTF while its file is open.
     *
     * @param <T> what is made
     */
    @FunctionalInterface
    public interface Look<T> {
        /**
         * Makes it.
         *
         * @param btf the BTF
         * @param source its file
         * @return what is made
         * @throws IOException if the file cannot be read
         */
        T at(Btf btf, BtfSource source) throws IOException;
    }

    /**
     * Loads a file as {@link #load(Path, Btf)}, and looks into what else is in it.
     *
     * @param file the file
     * @param base the base; null for none
     * @param look what is made of it
     * @param <T> what is made
     * @return what was made
     * @throws IOException if it cannot be read
     */
    public <T> T look(Path file, Btf base, Look<T> look) throws IOException {
        try (BtfSource source = BtfSource.open(file)) {
            Btf btf = load(source, base, fit(base).warning(new Warnings(file.toString())));
            warnOf(source);
            return look.at(btf, source);
        }
    }

    /**
     * Returns the base for a file: that of {@code -B}, or of the running kernel for a file of that.
     *
     * @param file the file
     * @return its base; null for none
     * @throws IOException if the base cannot be read
     */
    public Btf baseOf(String file) throws IOException {
        Path path = Path.of(file);
        boolean isOfRunning = path.startsWith(RUNNING_KERNEL) && !path.equals(RUNNING_VMLINUX);
        return isOfRunning && !parsed.has("-B") ? BtfSource.load(RUNNING_VMLINUX) : base();
    }

    /**
     * Loads BTF on a base.
     *
     * @param source the file
     * @param base the base, which may be null and is ignored by BTF that needs none
     * @param fit what loads it
     * @return the BTF
     * @throws IOException if it cannot be read
     */
    public static Btf load(BtfSource source, Btf base, BaseFit fit) throws IOException {
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
