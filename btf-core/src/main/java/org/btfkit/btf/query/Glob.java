package org.btfkit.btf.query;

/**
 * A shell pattern: {@code * ? [set] \}.
 *
 * <p>Only the last star has to be tried again when the rest does not match, since an earlier one could only take what
 * the last one can take as well. That keeps matching from becoming exponential.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class Glob {
    private final String pattern;

    /**
     * Takes a pattern; any text is one.
     *
     * @param pattern the pattern, as {@link BtfSearch#glob} describes it
     */
    public Glob(String pattern) {
        this.pattern = pattern;
    }

    /**
     * Matches a whole text, in time proportional at most to the product of both lengths.
     *
     * @param text the text
     * @return whether it matches
     */
    public boolean matches(String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starIn = 0;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                starIn = in;
                continue;
            }
            int next = at < pattern.length() ? matchOne(at, text.charAt(in)) : -1;
            if (next >= 0) {
                at = next;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++starIn;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    /** Matches one character; returns where the pattern goes on, or -1. */
    private int matchOne(int at, char c) {
        char p = pattern.charAt(at);
        if (p == '?') {
            return at + 1;
        }
        if (p == '[') {
            int end = setEnd(at);
            if (end > 0) {
                return isInSet(at + 1, end, c) ? end + 1 : -1;
            }
        }
        if (p == '\\' && at + 1 < pattern.length()) {
            return pattern.charAt(at + 1) == c ? at + 2 : -1;
        }
        return p == c ? at + 1 : -1;
    }

    /** Where the set that begins at a bracket ends, or -1 if it does not and the bracket stands for itself. */
    private int setEnd(int at) {
        int from = at + 1;
        if (from < pattern.length() && isNegation(pattern.charAt(from))) {
            from++;
        }
        // A bracket that comes first is part of the set.
        return pattern.indexOf(']', from + 1);
    }

    private boolean isInSet(int from, int end, char c) {
        boolean negated = isNegation(pattern.charAt(from));
        boolean found = false;
        for (int i = negated ? from + 1 : from; i < end; i++) {
            char low = pattern.charAt(i);
            char high = low;
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                high = pattern.charAt(i + 2);
                i += 2;
            }
            found |= low <= c && c <= high;
        }
        return found != negated;
    }

    private static boolean isNegation(char c) {
        return c == '!' || c == '^';
    }
}
