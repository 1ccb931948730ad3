package org.btfkit.btf.layout;

import org.btfkit.BtfException;

/** The text that is being written: no longer than anybody can want, and with columns. */
final class Text {
    /** More than 20 times what all structs of a kernel take. BTF of a few hundred bytes can ask for terabytes. */
    static final int MAX_CHARS = 128 << 20;

    private static final int MAX_TABS = 16;

    private final StringBuilder chars = new StringBuilder();

    Text add(String text) {
        if (chars.length() > MAX_CHARS - text.length()) {
            throw new BtfException("layout of more than " + MAX_CHARS + " characters");
        }
        chars.append(text);
        return this;
    }

    Text add(long number) {
        return add(Long.toString(number));
    }

    /** Adds text and fills up with spaces to a width; a negative width counts as a positive one, as in printf. */
    Text addLeft(String text, int width) {
        return add(text).spaces(Math.abs(width) - text.length());
    }

    /** Adds a number with spaces before it. */
    Text addRight(long number, int width) {
        String digits = Long.toString(number);
        return spaces(width - digits.length()).add(digits);
    }

    Text spaces(int count) {
        return count > 0 ? add(" ".repeat(count)) : this;
    }

    /** Adds tabs, at most {@value #MAX_TABS}, as pahole does: what is nested deeper is not moved further out. */
    Text tabs(int count) {
        return add("\t".repeat(Math.min(count, MAX_TABS)));
    }

    int length() {
        return chars.length();
    }

    @Override
    public String toString() {
        return chars.toString();
    }
}
