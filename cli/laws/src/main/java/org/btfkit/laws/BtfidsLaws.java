package org.btfkit.laws;

import java.io.IOException;
import java.io.PrintStream;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;

/** The command {@code btfids-laws}. */
public final class BtfidsLaws {
    private final PrintStream out;
    private final PrintStream err;

    /** Creates the command: the report goes to {@code out}, progress and errors go to {@code err}. */
    public BtfidsLaws(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        ExitCode.end(new BtfidsLaws(System.out, System.err).run(args));
    }

    /** Runs the command; returns the exit status. */
    public int run(String... args) {
        try {
            return new LawsCommand(out, err).run(args);
        } catch (MisuseException e) {
            err.println(e.line());
            return ExitCode.USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("ERROR: interrupted");
        } catch (IOException | RuntimeException | Error e) {
            err.println("ERROR: " + Failure.describe(e, LawsSyntax.NAME));
        }
        return ExitCode.NO_ANSWER;
    }
}
