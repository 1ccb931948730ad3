package org.btfkit.resolve;

/** Is told what happens to an object while it is resolved. */
public interface ResolveListener {
    /** Ignores everything. */
    ResolveListener SILENT = new ResolveListener() {};

    /**
     * A name was not resolved as its writer will have meant it.
     *
     * @param text one line, beginning with {@code WARN:}
     */
    default void warning(String text) {}

    /**
     * Something worth knowing that is no reason to worry, such as symbols that were put right.
     *
     * @param text one line
     */
    default void note(String text) {}

    /**
     * A step of the work, for {@code --verbose}.
     *
     * @param text one line
     */
    default void detail(String text) {}
}
