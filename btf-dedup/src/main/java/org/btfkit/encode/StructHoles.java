package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;

/** Finds whether there are bytes in a struct that no member has ({@code class__find_holes} of pahole). */
final class StructHoles {
    private final UnitScope scope;
    private final EntrySizes sizes;
    private final DieCursor members;

    private int byteOffset;
    private int bitOffset;
    private int bitSize;
    private int storageBits;

    StructHoles(UnitScope scope, EntrySizes sizes, DieCursor members) {
        this.scope = scope;
        this.sizes = sizes;
        this.members = members;
    }

    /** Tells whether the entry that the cursor is on is a member, or a base class, with a place in its objects. */
    boolean isPlacedMember() {
        return isPlacedMember(members, false);
    }

    static boolean isPlacedMember(DieCursor cursor, boolean isInUnion) {
        if (cursor.tag() == DwTag.INHERITANCE) {
            return cursor.number(DwAt.VIRTUALITY) == 0;
        }
        return cursor.tag() == DwTag.MEMBER
                && (isInUnion || cursor.has(DwAt.DATA_MEMBER_LOCATION) || cursor.has(DwAt.DATA_BIT_OFFSET));
    }

    /** Returns the byte offset of the member that the cursor is on; of a bit field that of its storage. */
    int byteOffset() {
        place();
        return byteOffset;
    }

    /** Finds where the member is that the cursor is on. */
    private void place() {
        int slot = members.slot(DwAt.DATA_BIT_OFFSET);
        boolean hasBitOffset = slot >= 0;
        bitSize = (int) members.number(DwAt.BIT_SIZE) & 0xff;
        if (hasBitOffset) {
            bitOffset = (int) members.number(slot, 0);
            byteOffset = bitOffset >>> 3;
        } else {
            byteOffset = (int) members.number(DwAt.DATA_MEMBER_LOCATION);
            bitOffset = byteOffset * 8;
        }
        long storage = members.number(DwAt.BYTE_SIZE);
        int fromHighest = (byte) members.number(DwAt.BIT_OFFSET);
        int type = members.reference(DwAt.TYPE);
        if (bitSize == 0) {
            storageBits = (int) sizes.size(type) * 8;
            return;
        }
        if (storage == 0) {
            storage = sizes.size(sizes.stripped(type));
        }
        storageBits = (int) storage * 8;
        if (storageBits <= 0) {
            return;
        }
        if (!hasBitOffset) {
            boolean isBig = scope.dwarf.sections().file().order() == java.nio.ByteOrder.BIG_ENDIAN;
            bitOffset += isBig ? fromHighest : storageBits - fromHighest - bitSize;
        }
        int within = bitOffset & 7;
        if (bitOffset < 0) {
            return;
        }
        // The storage that the bit field is in is aligned.
        within += byteOffset % (storageBits / 8) * 8;
        byteOffset = bitOffset / storageBits * storageBits / 8;
        if (within >= storageBits) {
            byteOffset += storageBits / 8;
        }
    }

    /**
     * Tells whether a struct has holes or padding.
     *
     * @param struct index of its entry
     */
    boolean find(int struct) {
        members.seek(struct);
        int size = (int) members.number(DwAt.BYTE_SIZE);
        int lastBit = 0;
        int fieldEnd = size * 8;
        int fieldSize = 0;
        boolean isInField = false;
        boolean hasHoles = false;
        if (members.hasChildren()) {
            int next;
            for (members.seek(members.end()); !members.isNull(); members.seek(next)) {
                next = members.afterTree();
                if (!isPlacedMember()) {
                    continue;
                }
                place();
                int start = bitOffset;
                if (isInField) {
                    lastBit = Integer.compareUnsigned(start, fieldEnd) < 0 ? start : fieldEnd;
                }
                int holeBytes = 0;
                if (bitSize == 0) {
                    holeBytes = (start >>> 3) - (lastBit >>> 3);
                } else if (Integer.compareUnsigned(lastBit, byteOffset * 8) < 0
                        && Integer.compareUnsigned(byteOffset * 8, start) <= 0) {
                    holeBytes = byteOffset - (lastBit >>> 3);
                }
                hasHoles |= holeBytes > 0;
                lastBit = start + (bitSize != 0 ? bitSize : storageBits);
                if (bitSize != 0) {
                    isInField = true;
                    if (Integer.compareUnsigned(lastBit, fieldEnd) > 0 || storageBits > fieldSize) {
                        fieldSize = storageBits;
                        fieldEnd = byteOffset * 8 + fieldSize;
                        fieldEnd += Integer.compareUnsigned(lastBit, fieldEnd) > 0 ? fieldSize : 0;
                    }
                } else {
                    isInField = false;
                    fieldSize = 0;
                    fieldEnd = lastBit;
                }
            }
        }
        if (isInField) {
            lastBit = Integer.compareUnsigned(size * 8, fieldEnd) < 0 ? size * 8 : fieldEnd;
        }
        return hasHoles || size - (lastBit >>> 3) != 0;
    }
}
