package org.btfkit.cli.support;

import java.util.Collection;

/** Words what somebody may have meant who named something that is not there. */
public final class Nearest {
    /** How many names are told at most. */
    public static final int MOST = 3;

    private Nearest() {}

    /**
     * Words the names that are spelled nearly alike.
     *
     * @param names those names, nearest first
     * @return what goes behind the sentence that something is not there; empty if there are none
     */
    public static String words(Collection<String> names) {
        return names.isEmpty() ? "" : "; there is " + String.join(", ", names);
    }
}
