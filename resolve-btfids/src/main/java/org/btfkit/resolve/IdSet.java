package org.btfkit.resolve;

/**
 * A set within the section: a BTF_SET of ids, or a BTF_SET8 of pairs of id and flags.
 *
 * <p>An entry is named by its position in the set, 0 to {@link #count} - 1.
 */
final class IdSet implements Comparable<IdSet> {
    final boolean hasPairs;
    final String name;

    /** Offset in the section of the word that holds the count. */
    final int offset;

    final int count;

    /** The symbol on each entry's slot, null where there is none (BTF_ID_UNUSED); see {@link #makeRoom}. */
    IdSymbol[] symbols;

    IdSet(boolean hasPairs, String name, int offset, int count) {
        this.hasPairs = hasPairs;
        this.name = name;
        this.offset = offset;
        this.count = count;
    }

    /** For when the sets are known not to overlap: before, their sizes may add up to anything. */
    void makeRoom() {
        symbols = new IdSymbol[count];
    }

    /** Size in bytes of an entry, and also of what stands before the first one. */
    int stride() {
        return hasPairs ? 8 : 4;
    }

    /** Offset in the section of an entry's id. */
    int slot(int entry) {
        return offset + stride() * (1 + entry);
    }

    int end() {
        return offset + stride() * (1 + count);
    }

    /** By offset. */
    @Override
    public int compareTo(IdSet other) {
        return Integer.compare(offset, other.offset);
    }

    /** For messages: {@code set8 'nf_ct_kfunc_set'}. */
    @Override
    public String toString() {
        return (hasPairs ? "set8 '" : "set '") + name + "'";
    }
}
