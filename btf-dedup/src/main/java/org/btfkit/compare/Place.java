package org.btfkit.compare;

/**
 * Where a member is, and what it is.
 *
 * @param path its name, or the way to it through members without a named type: {@code u.ptr}, {@code slots[].key};
 *     members of a struct or union without a name of its own stand as those of the outer one
 * @param offsetBits where it begins, in bits from the start of the struct; within {@code []} from that of an element
 * @param bits its size in bits if it is a bitfield, else 0
 * @param sizeBytes size of its type, -1 if it has none
 * @param type its type as C writes it
 */
public record Place(String path, long offsetBits, int bits, long sizeBytes, String type) {}
