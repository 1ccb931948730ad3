package org.btfkit.cli;

import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.support.ExitCode;

/** The command {@code pahole}, for makefiles and scripts of the kernel; see {@link PaholeCommand}. */
public final class Pahole {
    private Pahole() {}

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        ExitCode.end(new PaholeCommand(System.out, System.err).run(args));
    }
}
