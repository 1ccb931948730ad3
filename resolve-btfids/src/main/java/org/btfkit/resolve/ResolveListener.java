package org.btfkit.resolve;

import org.btfkit.BtfException;

/**
 * Is told what happens to an object while it is resolved.
 *
 * <p>A listener is called by the thread that resolves; one that several resolutions share has to bear several threads.
 */
public interface ResolveListener {
    /** Ignores everything. */
    ResolveListener SILENT = new ResolveListener() {};

    /**
     * A name was not resolved as its writer will have meant it.
     *
     * @param text one line
     */
    default void warning(String text) {}

    /**
     * It cannot be shown what state the ids of an object are in, which is a warning where nothing is to be changed, or
     * no more than the symbols may be wrong.
     *
     * @param why what would be thrown otherwise: a {@link ResolveException}, or a missing base
     */
    default void unknown(BtfException why) {
        warning(why.getMessage());
    }

    /**
     * Something worth knowing that is no reason to worry, such as symbols that were put right.
     *
     * @param text one line
     */
    default void note(String text) {}

    /**
     * A step of the work, for who wants to follow it.
     *
     * @param text one line
     */
    default void detail(String text) {}
}
