package org.btfkit.btf.dump;

/**
 * Takes the fields of types, in the order in which bpftool shows them.
 *
 * <p>For each type {@link #beginType}, its fields, at most one list of items, {@link #endType}. Keys and texts are
 * ASCII bytes; names are string offsets.
 */
interface FieldSink {
    /** A type begins. */
    void beginType(int typeId, byte[] kind, int nameOff);

    /** A field that is a signed number; unsigned ones come zero-extended. */
    void number(byte[] key, long value);

    /** A field that is a word. */
    void text(byte[] key, byte[] value);

    /** The linkage of a function or variable. */
    void linkage(byte[] value, boolean ofVariable);

    /** The value of an enumerator: 32 bits, or 64. */
    void enumerator(long value, boolean isSigned, boolean isWide);

    /** The list of elements begins. */
    void beginItems(byte[] key);

    /** An element of the list begins. */
    void beginItem();

    /** The name of an element, before all of its fields. */
    void itemName(int nameOff);

    /** Which variable an element of a data section is about, after all of its fields. */
    void itemVariable(int varId);

    /** The element ends. */
    void endItem();

    /** The list ends. */
    void endItems();

    /** The type ends. */
    void endType();
}
