package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Syntax;

/** A subcommand of {@code btf}: what it takes, and what it does. */
public interface Subcommand {
    /**
     * Returns its options and help.
     *
     * @return a new one, without its name and without {@code --help}
     */
    Syntax syntax();

    /**
     * Does its work.
     *
     * @param arguments the command line as its {@link #syntax} says
     * @param out where the data goes; buffered by the caller
     * @return the exit status
     * @throws IOException if a file cannot be read or written
     */
    int run(Arguments arguments, OutputStream out) throws IOException;
}
