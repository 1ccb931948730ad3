package org.btfkit.cli;

import java.io.IOException;
import java.io.PrintStream;
import org.btfkit.cli.resolve.GenerateCommand;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.resolve.BaseCache;

/** The command {@code gen-btf}: the BTF step of a kernel's build; see {@link GenerateCommand}. */
public final class GenBtf {
    private final PrintStream out;
    private final PrintStream err;
    private final BaseCache cache;

    /**
     * Creates the command.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     */
    public GenBtf(PrintStream out, PrintStream err) {
        this(out, err, null);
    }

    /** With bases that were read before; null for none. */
    GenBtf(PrintStream out, PrintStream err, BaseCache cache) {
        this.out = out;
        this.err = err;
        this.cache = cache;
    }

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        ExitCode.end(new GenBtf(System.out, System.err).run(args));
    }

    /**
     * Runs the command.
     *
     * @param args the arguments
     * @return the exit status
     */
    public int run(String... args) {
        String name = GenerateCommand.NAME;
        try {
            return new GenerateCommand(out, err, cache).run(args);
        } catch (MisuseException e) {
            err.println(e.line());
            return ExitCode.USAGE;
        } catch (IOException | RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, name));
            return ExitCode.FAILURE;
        }
    }
}
