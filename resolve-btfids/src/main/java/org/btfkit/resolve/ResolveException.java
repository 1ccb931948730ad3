package org.btfkit.resolve;

import org.btfkit.BtfException;

/**
 * An object cannot be resolved safely; nothing was written. The message says what is wrong and what was expected; which
 * way out there is follows from the reason, and so does the option that a command has for it.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public final class ResolveException extends BtfException {
    private static final long serialVersionUID = 1L;

    /** Why the object is refused. */
    private final Reason reason;

    /** Why an object is refused. */
    public enum Reason {
        /** Its sets contradict each other, or a kfunc is not what its flags say: its source is to be corrected. */
        WRONG_DECLARATION,
        /** It has no section {@code .BTF}. */
        NO_BTF,
        /** It has no DWARF that its BTF could be made of. */
        NO_DWARF,
        /** Several BTFs stand behind one another, as a linker leaves those of several objects. */
        SEVERAL_BTFS,
        /** Its BTF may be on either of the two bases that are given. */
        UNCERTAIN_BASE,
        /** Nothing shows whose ids its slots hold. */
        UNKNOWN_ORDER,
        /**
         * Its ids may be those of its own BTF, or those that were made beside it; the symbols are right by one only.
         */
        UNCERTAIN_ORDER,
        /** No symbol names its ids, and the BTF that they are of is not at hand. */
        UNNAMED_IDS_WITHOUT_BTF,
        /** No symbol names its ids, and nothing shows that they are of the BTF that it has. */
        UNNAMED_IDS_OF_UNKNOWN_BTF,
        /** No symbol names its ids, or only some have symbols, and no BTF helps. */
        UNNAMED_IDS,
        /** Something else in the object depends on what would change. */
        DEPENDENCY,
        /** It has a signature that a change would invalidate. */
        SIGNATURE,
        /** It is compressed or no regular file, so it cannot be changed in place. */
        NOT_IN_PLACE,
        /** The bytes for its section are not made for it. */
        WRONG_BLOB,
        /** The list of symbol moves beside the bytes for its section is not made for them, or for it. */
        WRONG_MOVES,
        /** No list of symbol moves is beside the bytes for its section: a warning, as it may need none. */
        UNMOVED_SYMBOLS,
        /** There were warnings, and they were to be fatal. */
        WARNINGS
    }

    /**
     * Creates an exception.
     *
     * @param reason why
     * @param message one line: the file, what was found, what was expected
     */
    public ResolveException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * Tells why the object is refused.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
