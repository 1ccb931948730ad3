package org.btfkit.resolve;

/**
 * A symbol that names what a slot must hold.
 *
 * @param index its index in the symbol table
 * @param kind what it names
 * @param name the name, without prefix and unique number
 * @param offset where its slot is, in bytes from the start of the section
 */
record IdSymbol(int index, IdKind kind, String name, int offset) implements Comparable<IdSymbol> {

    boolean sameType(IdSymbol other) {
        return kind == other.kind && name.equals(other.name);
    }

    /** By symbol table index. */
    @Override
    public int compareTo(IdSymbol other) {
        return Integer.compare(index, other.index);
    }

    /** For messages: {@code func 'bpf_ct_release'}. */
    @Override
    public String toString() {
        return kind.word + " '" + name + "'";
    }
}
