package org.btfkit.dedup;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;

/** The strings of a BTF and of its bases by offset, as bytes where they are; nothing is copied. */
final class FlatStrings {
    /** Strings of the base, null if there is none. */
    private final FlatStrings below;

    private final byte[] own;
    private final int firstOwn;

    private FlatStrings(FlatStrings below, byte[] own, int firstOwn) {
        this.below = below;
        this.own = own;
        this.firstOwn = firstOwn;
    }

    /** Returns the strings of a BTF. */
    static FlatStrings of(Btf btf) {
        FlatStrings below = btf.base() == null ? null : of(btf.base());
        return new FlatStrings(below, FlatAccess.of(btf).strings().own(), btf.firstStringOff());
    }

    /** Returns the section that has a string. */
    byte[] section(int stringOff) {
        return stringOff >= firstOwn ? own : below.section(stringOff);
    }

    /** Returns where in its section a string begins. */
    int index(int stringOff) {
        return stringOff >= firstOwn ? stringOff - firstOwn : below.index(stringOff);
    }

    /** Finds a string in a table; returns its offset there, or -1. */
    int findIn(StringTable table, int stringOff) {
        byte[] section = section(stringOff);
        int from = index(stringOff);
        int end = StringTable.end(section, from);
        return table.find(section, from, end, StringTable.hash(section, from, end));
    }

    /** Finds a string in a table, or adds it; returns its offset there, or -1 if the table has no room. */
    int addTo(StringTable table, int stringOff) {
        byte[] section = section(stringOff);
        int from = index(stringOff);
        int end = StringTable.end(section, from);
        int hash = StringTable.hash(section, from, end);
        int found = table.find(section, from, end, hash);
        return found >= 0 ? found : table.add(section, from, end, hash);
    }
}
