package org.btfkit.cli.support;

import java.util.List;

/**
 * An option of a command.
 *
 * @param kind what it takes
 * @param label what its value is called in the help; empty for a flag
 * @param description what it does, for the help
 * @param names its names, such as {@code -o} and {@code --output}; any of them finds it
 */
public record Option(Kind kind, String label, String description, List<String> names) {
    /** What an option takes. */
    public enum Kind {
        /** Nothing: it is there or not. */
        FLAG,
        /** Nothing; the help is shown instead of any work. */
        HELP,
        /** A {@link String}. */
        TEXT,
        /** A {@link String} each time it is given; together a {@link List}. */
        TEXTS,
        /** An {@link Integer}. */
        NUMBER,
        /** A {@link java.nio.file.Path}. */
        FILE
    }

    /**
     * Tells whether a value follows the name.
     *
     * @return false for a flag
     */
    public boolean takesValue() {
        return kind != Kind.FLAG && kind != Kind.HELP;
    }
}
