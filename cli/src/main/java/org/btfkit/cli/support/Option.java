package org.btfkit.cli.support;

import java.util.List;

/** An option of a command. No record, as comparing two of those takes the JVM some milliseconds for the first time. */
public final class Option {
    private final Kind kind;
    private final String label;
    private final String description;
    private final List<String> names;
    private final List<String> values;
    private final boolean isList;

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
        this(kind, label, description, names, List.of(), false);
    }

    Option(Kind kind, String label, String description, List<String> names, List<String> values, boolean isList) {
        this.kind = kind;
        this.label = label;
        this.description = description;
        this.names = names;
        this.values = values;
        this.isList = isList;
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

    /**
     * Returns what its value may be, where that is one of few words: for completion. The command checks it.
     *
     * @return the words; empty if it may be anything
     */
    public List<String> values() {
        return values;
    }

    /**
     * Tells whether its value may be several of {@link #values}, with commas between them.
     *
     * @return whether it is a list
     */
    public boolean isList() {
        return isList;
    }

    /** Whether it has a list of values. */
    boolean takesSeveral() {
        return kind == Kind.TEXTS || kind == Kind.MANY;
    }
}
