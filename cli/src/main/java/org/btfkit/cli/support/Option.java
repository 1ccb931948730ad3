package org.btfkit.cli.support;

import java.util.List;

/** An option of a command. No record, as comparing two of those takes the JVM some milliseconds for the first time. */
public final class Option {
    private final Kind kind;
    private final String label;
    private final String description;
    private final List<String> names;

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
        /** One {@link String} or more, up to the next option; together a {@link List}. */
        MANY,
        /** An {@link Integer}. */
        NUMBER,
        /** A {@link java.nio.file.Path}. */
        FILE
    }

    Option(Kind kind, String label, String description, List<String> names) {
        this.kind = kind;
        this.label = label;
        this.description = description;
        this.names = names;
    }

    /**
     * Returns what it takes.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns what its value is called in the help.
     *
     * @return empty for a flag
     */
    public String label() {
        return label;
    }

    /**
     * Returns what it does, for the help.
     *
     * @return a sentence or more
     */
    public String description() {
        return description;
    }

    /**
     * Returns its names, such as {@code -o} and {@code --output}; any of them finds it.
     *
     * @return one name or more
     */
    public List<String> names() {
        return names;
    }

    /**
     * Tells whether a value follows the name.
     *
     * @return false for a flag
     */
    public boolean takesValue() {
        return kind != Kind.FLAG && kind != Kind.HELP;
    }

    /** Whether it has a list of values. */
    boolean takesSeveral() {
        return kind == Kind.TEXTS || kind == Kind.MANY;
    }
}
