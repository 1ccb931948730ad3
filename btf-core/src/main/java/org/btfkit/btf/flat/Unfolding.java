package org.btfkit.btf.flat;

import org.btfkit.BtfException;

/**
 * How long strings may become when each has room of its own.
 *
 * <p>A name may be the tail of a longer string: offset 2 in {@code "unused\0"} is {@code "used"}. Who writes the
 * strings in use anew gives each its own room, and a million names that are tails of one long string, a small file,
 * would take gigabytes. So what is written is limited to so many bytes and so many times the length of what was read;
 * linkers fold tails as well, and none of their sections comes near.
 */
public final class Unfolding {
    private static final long FACTOR = 16;

    private static final long BYTES = 1 << 20;

    private Unfolding() {}

    /**
     * Makes an empty table for strings in use.
     *
     * @param sectionLength length of all strings that they are taken from, in bytes
     * @return the table, whose {@link StringTable#add} gives -1 where they become too long
     */
    public static StringTable table(int sectionLength) {
        return new StringTable(BYTES + FACTOR * sectionLength);
    }

    /**
     * Makes the failure of strings that became too long.
     *
     * @param source where they were taken from
     * @param sectionLength length of all strings there, in bytes
     * @return the failure
     */
    public static BtfException fault(String source, int sectionLength) {
        return new BtfException(source + ": the strings in use, many of which are tails of others, are more than "
                + FACTOR + " times as long as the string section (" + sectionLength + " bytes)");
    }
}
