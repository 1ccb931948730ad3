package org.btfkit.btf.layout;

import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.query.TypeSizes;

/**
 * How a struct or union lies in memory.
 *
 * <p>BTF has offsets and sizes, but no alignments. Where a member begins later than the alignment of its type explains,
 * it must have been aligned by an attribute; {@code forcedAlignment} is the alignment that explains it. That is a
 * guess, made as pahole makes it.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param typeId type id
 * @param isUnion whether a union, whose members have no holes between them
 * @param name name, empty if it has none
 * @param sizeBytes size
 * @param members members in order of declaration
 * @param holeBytes unused bytes before the first member
 * @param holeBits unused bits before the first member, beside {@code holeBytes}
 * @param paddingBytes unused bytes after the last member
 * @param paddingBits unused bits after the last member in the storage unit of its bitfield, beside {@code paddingBytes}
 * @param naturalAlignment the largest alignment of a member's type, in bytes
 * @param forcedAlignment alignment in bytes that explains the size, 0 if the natural one does
 */
public record StructLayout(
        int typeId,
        boolean isUnion,
        String name,
        long sizeBytes,
        List<Member> members,
        long holeBytes,
        int holeBits,
        long paddingBytes,
        int paddingBits,
        int naturalAlignment,
        int forcedAlignment) {

    /**
     * A member.
     *
     * @param name name, empty if it has none
     * @param typeId type id as declared
     * @param offsetBits where it begins, in bits from the start of the struct
     * @param offsetBytes where it begins in bytes; of a bitfield, where its storage unit begins
     * @param sizeBytes size of its type; of a bitfield that of its storage unit
     * @param bitfieldSize number of bits of a bitfield, else 0
     * @param holeBytes unused bytes between it and the next member
     * @param holeBits unused bits between it and the next member, beside {@code holeBytes}
     * @param forcedAlignment alignment in bytes that explains its offset, 0 if the type's own one does
     */
    public record Member(
            String name,
            int typeId,
            long offsetBits,
            long offsetBytes,
            long sizeBytes,
            int bitfieldSize,
            long holeBytes,
            int holeBits,
            int forcedAlignment) {

        /**
         * Tells whether it is a bitfield.
         *
         * @return true if it has a size in bits
         */
        public boolean isBitfield() {
            return bitfieldSize != 0;
        }

        /**
         * Returns where a bitfield begins in its storage unit.
         *
         * @return number of bits
         */
        public int offsetInUnit() {
            return (int) (offsetBits - 8 * offsetBytes);
        }

        Member withHole(long bytes, int bits) {
            return new Member(
                    name, typeId, offsetBits, offsetBytes, sizeBytes, bitfieldSize, bytes, bits, forcedAlignment);
        }
    }

    /**
     * Lays out a struct or union.
     *
     * @param sizes its BTF, and the pointer size
     * @param typeId type id of a struct or union
     * @param cacheLineBytes size of a cache line, a power of two; a forced alignment may be to a whole one
     * @return how it lies in memory
     * @throws IllegalArgumentException if the type is neither struct nor union
     * @throws BtfException if the BTF is damaged
     */
    public static StructLayout of(TypeSizes sizes, int typeId, int cacheLineBytes) {
        return new LayoutRules(sizes, cacheLineBytes).layout(typeId);
    }

    /**
     * Counts the holes between members that have whole bytes in them.
     *
     * @return how many places have unused bytes
     */
    public int holes() {
        return (holeBytes != 0 ? 1 : 0)
                + (int) members.stream().filter(member -> member.holeBytes != 0).count();
    }

    /**
     * Counts the holes between members that have single bits in them.
     *
     * @return how many places have unused bits
     */
    public int bitHoles() {
        return (holeBits != 0 ? 1 : 0)
                + (int) members.stream().filter(member -> member.holeBits != 0).count();
    }
}
