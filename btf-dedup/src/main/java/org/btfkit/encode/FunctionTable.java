package org.btfkit.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.elf.ElfSymbols;

/**
 * The functions of the symbol table, grouped by base name: what stands before the first dot. A compiler makes
 * {@code foo.isra.0} of a {@code foo} of which it changed the parameters, and {@code foo.constprop.0} of one of which
 * it knows an argument.
 *
 * <p>Parts that were split off a function ({@code foo.cold}, {@code foo.part.0}) are none. Symbols of a group are in
 * the order of the table. The table does not change after it was made, except by {@link Kfuncs}; any number of threads
 * may search it.
 */
final class FunctionTable {
    private final byte[] names;
    private int symbolCount;
    private int groupCount;

    /** By symbol of a function: its value, where its name begins, and the next of its group or -1. */
    private long[] value = new long[256];

    private int[] nameFrom = new int[256];
    private int[] next = new int[256];

    /** By group: its first and last symbol, and where its base name ends. */
    private int[] first = new int[256];

    private int[] last = new int[256];
    private int[] baseEnd = new int[256];
    private int[] hash = new int[256];

    /** By slot: group + 1, or 0. */
    private int[] slots = new int[1024];

    private boolean[] isAmbiguous;
    private int[] kfuncFlags;
    private boolean[] isKfunc;

    /** By offset in {@code .debug_str}: group + 2, 1 if there is none, 0 if it was not looked for. */
    private final int[] groupOfString;

    /**
     * Groups the functions of a symbol table.
     *
     * @param debugStrLength length of the section in which names that are looked for are
     */
    FunctionTable(ElfSymbols symbols, int debugStrLength) {
        names = symbols.nameBytes();
        groupOfString = new int[debugStrLength];
        for (int i = 0; i < symbols.count(); i++) {
            if (symbols.type(i) == ElfSymbols.STT_FUNC) {
                add(symbols.nameOffset(i), symbols.value(i));
            }
        }
        isAmbiguous = new boolean[groupCount];
        isKfunc = new boolean[groupCount];
        kfuncFlags = new int[groupCount];
        findAmbiguous();
    }

    private void add(int from, long itsValue) {
        int end = StringTable.end(names, from);
        int dot = from;
        while (dot < end && names[dot] != '.') {
            dot++;
        }
        if (contains(dot, end, ".cold") || contains(dot, end, ".part")) {
            return;
        }
        if (symbolCount == value.length) {
            value = Arrays.copyOf(value, symbolCount * 2);
            nameFrom = Arrays.copyOf(nameFrom, symbolCount * 2);
            next = Arrays.copyOf(next, symbolCount * 2);
        }
        int symbol = symbolCount++;
        value[symbol] = itsValue;
        nameFrom[symbol] = from;
        next[symbol] = -1;
        int itsHash = StringTable.hash(names, from, dot);
        int slot = slot(itsHash, names, from, dot);
        if (slots[slot] != 0) {
            int group = slots[slot] - 1;
            next[last[group]] = symbol;
            last[group] = symbol;
            return;
        }
        if (groupCount == first.length) {
            growGroups();
        }
        first[groupCount] = symbol;
        last[groupCount] = symbol;
        baseEnd[groupCount] = dot;
        hash[groupCount] = itsHash;
        slots[slot] = ++groupCount;
        if (groupCount > slots.length / 2) {
            rehash();
        }
    }

    private void growGroups() {
        int length = groupCount * 2;
        first = Arrays.copyOf(first, length);
        last = Arrays.copyOf(last, length);
        baseEnd = Arrays.copyOf(baseEnd, length);
        hash = Arrays.copyOf(hash, length);
    }

    private void rehash() {
        slots = new int[slots.length * 4];
        int mask = slots.length - 1;
        for (int group = 0; group < groupCount; group++) {
            int slot = hash[group] & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = group + 1;
        }
    }

    /** Returns the slot of a base name, or the free one where it would be. */
    private int slot(int itsHash, byte[] bytes, int from, int end) {
        int mask = slots.length - 1;
        int slot = itsHash & mask;
        while (slots[slot] != 0) {
            int group = slots[slot] - 1;
            if (hash[group] == itsHash
                    && Arrays.equals(names, nameFrom[first[group]], baseEnd[group], bytes, from, end)) {
                break;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean contains(int from, int end, String part) {
        for (int at = from; at <= end - part.length(); at++) {
            if (names[at] == '.' && startsWith(at, part)) {
                return true;
            }
        }
        return false;
    }

    private boolean startsWith(int at, String part) {
        for (int i = 0; i < part.length(); i++) {
            if (names[at + i] != part.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Finds groups with functions at several addresses. pahole looks at a group when it meets the next one in the order
     * of names, and so never at the last one; so here.
     */
    private void findAmbiguous() {
        int greatest = -1;
        for (int group = 0; group < groupCount; group++) {
            long remembered = 0;
            for (int symbol = first[group]; symbol >= 0; symbol = next[symbol]) {
                isAmbiguous[group] |= remembered != 0 && remembered != value[symbol];
                remembered = value[symbol];
            }
            if (greatest < 0 || compare(greatest, group) < 0) {
                greatest = group;
            }
        }
        if (greatest >= 0) {
            isAmbiguous[greatest] = false;
        }
    }

    /** How many groups there are. */
    int count() {
        return groupCount;
    }

    /** Finds the group of a base name of a unit; returns -1 if there is none. */
    int find(UnitStrings strings, int key) {
        if (key > 0) {
            int known = groupOfString[key - 1];
            if (known != 0) {
                return known - 2;
            }
        }
        byte[] bytes = strings.bytes(key);
        int from = UnitStrings.from(key);
        int group = find(bytes, from, StringTable.end(bytes, from));
        if (key > 0) {
            groupOfString[key - 1] = group + 2;
        }
        return group;
    }

    /** Finds the group of a base name; returns -1 if there is none. */
    int find(byte[] bytes, int from, int end) {
        return slots[slot(StringTable.hash(bytes, from, end), bytes, from, end)] - 1;
    }

    /** Compares two groups by name, byte by byte. */
    int compare(int one, int other) {
        return Arrays.compareUnsigned(
                names, nameFrom[first[one]], baseEnd[one], names, nameFrom[first[other]], baseEnd[other]);
    }

    String name(int group) {
        int from = nameFrom[first[group]];
        return new String(names, from, baseEnd[group] - from, StandardCharsets.UTF_8);
    }

    /** Tells whether functions of the group are at several addresses. */
    boolean isAmbiguous(int group) {
        return isAmbiguous[group];
    }

    /** Tells whether a symbol of a group has an address. */
    boolean hasAddress(int group, long address) {
        for (int symbol = first[group]; symbol >= 0; symbol = next[symbol]) {
            if (value[symbol] == address) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether the compiler says in a name of a group at an address that it changed the function. */
    boolean isChangedAt(int group, long address) {
        for (int symbol = first[group]; symbol >= 0; symbol = next[symbol]) {
            int dot = baseEnd[group] - nameFrom[first[group]] + nameFrom[symbol];
            if (value[symbol] == address) {
                int end = StringTable.end(names, dot);
                if (contains(dot, end, ".constprop") || contains(dot, end, ".isra")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the first name with a dot of a group at an address, or null. */
    String dottedNameAt(int group, long address) {
        for (int symbol = first[group]; symbol >= 0; symbol = next[symbol]) {
            int from = nameFrom[symbol];
            int end = StringTable.end(names, from);
            int dot = baseEnd[group] - nameFrom[first[group]] + from;
            if (value[symbol] == address && dot < end) {
                return new String(names, from, end - from, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    void setKfunc(int group, int flags) {
        isKfunc[group] = true;
        kfuncFlags[group] = flags;
    }

    /** Tells whether a group is a function that BPF programs may call. */
    boolean isKfunc(int group) {
        return isKfunc[group];
    }

    int kfuncFlags(int group) {
        return kfuncFlags[group];
    }
}
