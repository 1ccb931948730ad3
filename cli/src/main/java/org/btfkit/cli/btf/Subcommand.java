package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A subcommand of {@code btf}: what it takes, and what it does. */
public interface Subcommand {
    /**
     * Returns its options and help.
     *
     * @return a new one, without its name and without {@code --help}
     */
    CommandSpec spec();

    /**
     * Does its work.
     *
     * @param arguments the command line as its {@link #spec} says
     * @param out where the data goes; buffered by the caller
     * @return the exit status
     * @throws IOException if a file cannot be read or written
     */
    int run(ParseResult arguments, OutputStream out) throws IOException;
}
