package org.btfkit.cli;

import java.io.PrintStream;
import org.btfkit.cli.resolve.ResolveCommand;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.resolve.BaseCache;

/**
 * The command {@code resolve-btfids}: finds out by which name it is called, and runs.
 *
 * <p>As {@code resolve_btfids}, the name that the kernel's build calls, it does by default what the tool of that kernel
 * does: with {@code --btf}, as builds from 7.0 on call it, it leaves objects alone and writes beside them; without, as
 * those before call it, it resolves in place. The symbols of vmlinux stay where they are then, as the build has
 * recorded them.
 */
public final class ResolveBtfids {
    /** What it is called. */
    static final String NAME = "resolve-btfids";

    /** What the kernel's build calls it. */
    static final String KERNEL_NAME = "resolve_btfids";

    private final String name;
    private final PrintStream out;
    private final PrintStream err;
    private final BaseCache cache;

    /**
     * Creates the command.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     */
    public ResolveBtfids(PrintStream out, PrintStream err) {
        this(NAME, out, err, null);
    }

    /**
     * Creates the command.
     *
     * @param name what it is called
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     * @param cache bases that were read before; null for none
     */
    ResolveBtfids(String name, PrintStream out, PrintStream err, BaseCache cache) {
        this.name = name;
        this.out = out;
        this.err = err;
        this.cache = cache;
    }

    /**
     * Creates the command by the name that the kernel's build calls.
     *
     * @param out where reports and help go
     * @param err where warnings, errors and progress go
     * @return the command
     */
    public static ResolveBtfids asInKernel(PrintStream out, PrintStream err) {
        return new ResolveBtfids(KERNEL_NAME, out, err, null);
    }

    /**
     * Runs the command and ends the JVM with its exit status. The launcher's name is in the property
     * {@code btfkit.name}.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        boolean inKernel = KERNEL_NAME.equals(System.getProperty("btfkit.name"));
        ResolveBtfids command =
                inKernel ? asInKernel(System.out, System.err) : new ResolveBtfids(System.out, System.err);
        ExitCode.end(command.run(args));
    }

    /**
     * Runs the command.
     *
     * @param args the arguments
     * @return the exit status
     */
    public int run(String... args) {
        try {
            return new ResolveCommand(name, name.equals(KERNEL_NAME), out, err, cache).run(args);
        } catch (MisuseException e) {
            err.println(e.line());
            return ExitCode.USAGE;
        } catch (RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, name));
            return ExitCode.FAILURE;
        }
    }
}
