package org.btfkit.btf.file;

import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;

/**
 * BTF is split, and its base is missing or another one. The message says which one it needs; {@link #hint} finds it on
 * this machine.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public final class BtfBaseException extends BtfException {
    private static final long serialVersionUID = 1L;

    private final transient BaseSearch search;

    /** Whether no more than the sign speaks against the base. */
    private final boolean isOnlySign;

    /** What speaks against the base, in words; null if nothing does. */
    private final String sign;

    /**
     * Creates the failure.
     *
     * @param search looks for the right base
     * @param isOnlySign whether the BTF can be read on the base given, and it is only a sign that it was not made on it
     * @param sign what shows that, or null
     */
    BtfBaseException(String message, BaseSearch search, boolean isOnlySign, String sign) {
        super(message);
        this.search = search;
        this.isOnlySign = isOnlySign;
        this.sign = sign;
    }

    /**
     * Returns what shows that the BTF was not made on the base, or lets one doubt it.
     *
     * @return for example {@code its last string, 'foo', would name nothing}; null if it cannot be read on the base at
     *     all, or there is none
     */
    public String sign() {
        return sign;
    }

    /**
     * Tells whether the BTF can be taken as it is, by who knows the base to be right.
     *
     * @return false if there is no base, or the BTF makes no sense on it
     */
    public boolean isOnlySign() {
        return isOnlySign;
    }

    /**
     * Looks for a base that fits, and says which do. A candidate fits if the BTF can be loaded on it without a sign
     * that it was made on another one, and it has as many string bytes as the BTF needs; where the BTF does not tell
     * how many that are, it may fit. The base that was refused is never among them.
     *
     * @param candidates files that may have the BTF of a kernel; those that cannot be read do not fit
     * @return what to add to the message, empty if there are no candidates; costs some tenths of a second for each
     */
    public String hint(List<Path> candidates) {
        return search == null ? "" : search.hint(candidates);
    }
}
