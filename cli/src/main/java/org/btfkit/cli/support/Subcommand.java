package org.btfkit.cli.support;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A subcommand of {@code btf}: what it takes, and what it does.
 *
 * <p>It writes data to the stream that it is given and everything else to standard error. It returns an exit status or
 * throws; catching is up to its caller, so that all of them fail with the same words.
 */
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
