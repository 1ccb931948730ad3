package org.btfkit.btf.dump;

/**
 * A member as it is to be written.
 *
 * @param nameOff offset of its name, 0 for what stands in place of an anonymous struct or union
 * @param typeId its type; for one without a name the struct or union itself, behind typedefs and modifiers
 * @param offset its first bit
 * @param bits its size in bits if it is a bitfield, else 0
 * @param size its size in bytes; of a bitfield that of its type
 */
record ExactMember(int nameOff, int typeId, long offset, int bits, long size) {
    /** The first bit after it. */
    long end() {
        return offset + (bits != 0 ? bits : size * 8);
    }
}
