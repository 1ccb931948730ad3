package org.btfkit.btf.flat;

import java.nio.charset.StandardCharsets;

/** The strings of a BTF and of those it is split on, by offset, as bytes where they are; nothing is copied. */
public final class FlatStrings {
    private final FlatStrings below;
    private final byte[] own;
    private final int firstOwn;

    /** Made when the first string is looked up. */
    private volatile StringTable table;

    /**
     * Wraps a section.
     *
     * @param below the strings of the base, or null
     * @param own the own strings, NUL-terminated; not copied
     */
    public FlatStrings(FlatStrings below, byte[] own) {
        this.below = below;
        this.own = own;
        this.firstOwn = below == null ? 0 : below.end();
    }

    /**
     * Returns the own strings.
     *
     * @return the array itself
     */
    public byte[] own() {
        return own;
    }

    /**
     * Returns the first offset of own strings.
     *
     * @return 0, or the number of string bytes of the base
     */
    public int firstOwn() {
        return firstOwn;
    }

    /**
     * Returns the first offset after the last string.
     *
     * @return the number of string bytes, with the base's
     */
    public int end() {
        return firstOwn + own.length;
    }

    /**
     * Returns a string.
     *
     * @param stringOff its offset; may be within a longer string
     * @return the string, decoded as UTF-8
     * @throws IllegalArgumentException if there is no such offset
     */
    public String get(int stringOff) {
        require(stringOff);
        byte[] section = section(stringOff);
        int from = index(stringOff);
        return new String(section, from, StringTable.end(section, from) - from, StandardCharsets.UTF_8);
    }

    /**
     * Fails if there is no string at an offset.
     *
     * @param stringOff the offset
     * @throws IllegalArgumentException if there is none
     */
    public void require(int stringOff) {
        if (stringOff < 0 || stringOff >= end()) {
            throw new IllegalArgumentException(
                    "no string at " + Integer.toUnsignedString(stringOff) + ", there are " + end() + " bytes");
        }
    }

    /**
     * Returns the section that has a string.
     *
     * @param stringOff its offset, which must be one
     * @return the array itself
     */
    public byte[] section(int stringOff) {
        FlatStrings owner = this;
        while (stringOff < owner.firstOwn) {
            owner = owner.below;
        }
        return owner.own;
    }

    /**
     * Returns where in its section a string begins.
     *
     * @param stringOff its offset, which must be one
     * @return the index of its first byte
     */
    public int index(int stringOff) {
        FlatStrings owner = this;
        while (stringOff < owner.firstOwn) {
            owner = owner.below;
        }
        return stringOff - owner.firstOwn;
    }

    /**
     * Finds a whole string, the base's first. The first search builds a table, in time linear in the strings' length.
     *
     * @param holder what holds the string to look for
     * @param from index of its first byte
     * @param end index after its last byte
     * @param hash its {@link StringTable#hash}
     * @return its offset, or -1 if there is none
     */
    public int find(byte[] holder, int from, int end, int hash) {
        int found = below == null ? -1 : below.find(holder, from, end, hash);
        if (found >= 0) {
            return found;
        }
        int index = table().find(holder, from, end, hash);
        return index < 0 ? -1 : firstOwn + index;
    }

    private StringTable table() {
        StringTable made = table;
        if (made == null) {
            synchronized (this) {
                made = table;
                if (made == null) {
                    made = new StringTable(own);
                    table = made;
                }
            }
        }
        return made;
    }

    /**
     * Finds one of these strings in a table.
     *
     * @param in the table
     * @param stringOff offset of the string here
     * @return its offset there, or -1
     */
    public int findIn(StringTable in, int stringOff) {
        byte[] section = section(stringOff);
        int from = index(stringOff);
        int end = StringTable.end(section, from);
        return in.find(section, from, end, StringTable.hash(section, from, end));
    }

    /**
     * Finds one of these strings in a table, or adds it.
     *
     * @param to the table
     * @param stringOff offset of the string here
     * @return its offset there, or -1 if the table has no room
     */
    public int addTo(StringTable to, int stringOff) {
        byte[] section = section(stringOff);
        int from = index(stringOff);
        int end = StringTable.end(section, from);
        int hash = StringTable.hash(section, from, end);
        int found = to.find(section, from, end, hash);
        return found >= 0 ? found : to.add(section, from, end, hash);
    }
}
