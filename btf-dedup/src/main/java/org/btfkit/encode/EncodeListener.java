package org.btfkit.encode;

/**
 * Is told what an encoder leaves out, and what is odd about its input.
 *
 * <p>Methods are called by any of the encoder's threads, one at a time for one object. All do nothing unless they are
 * overridden.
 */
public interface EncodeListener {
    /**
     * A function is in the DWARF and in the symbol table, but not in the BTF.
     *
     * @param function its name
     * @param reason the last of the rules that leave it out
     */
    default void functionLeftOut(String function, LeftOut reason) {}

    /**
     * A variable is in the DWARF and in a section of which variables are encoded, but not in the BTF.
     *
     * @param variable its name
     * @param reason why
     */
    default void variableLeftOut(String variable, String reason) {}

    /**
     * The input refers to what is not there, so that the result is not all that it could be.
     *
     * @param message one line, with unit and offset
     */
    default void warning(String message) {}

    /**
     * So much of an object is encoded; not told where its units are encoded as one. What follows is deduplication,
     * which takes a small part of the time.
     *
     * @param done how many of its units are done
     * @param total how many it has
     */
    default void unitsDone(int done, int total) {}
}
