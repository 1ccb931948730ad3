package org.btfkit.btf.layout;

import java.util.List;
import org.btfkit.btf.layout.StructLayout.Member;

/**
 * Finds what is unused between the members of a struct.
 *
 * <p>All is counted in bits: {@code used} is where the last member ends. In a row of bitfields, {@code unitEnd} is
 * where the storage unit ends that they share: what is left there when the row ends are unused bits, what is beyond are
 * unused bytes.
 */
final class Holes {
    /** Unused bytes and bits before the first member, and after the last. */
    long beforeBytes;

    int beforeBits;
    long paddingBytes;
    int paddingBits;

    private final long sizeBits;
    private long used;
    private boolean inBitfields;
    private long unitBits;
    private long unitEnd;

    Holes(long sizeBytes) {
        this.sizeBits = 8 * sizeBytes;
        this.unitEnd = sizeBits;
    }

    /** Sets the holes of the members in the list. */
    void find(List<Member> members) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            long bits = 0;
            long bytes = 0;
            long start = member.offsetBits();
            if (inBitfields) {
                bits = useUpTo(Math.min(start, unitEnd));
            }
            if (member.isBitfield()) {
                long unitStart = 8 * member.offsetBytes();
                if (used < unitStart && unitStart <= start) {
                    bytes = member.offsetBytes() - used / 8;
                    used = unitStart;
                }
                bits += start - used;
                used = start + member.bitfieldSize();
                enterUnit(member);
            } else {
                bytes = start / 8 - used / 8;
                used = start + 8 * member.sizeBytes();
                unitBits = 0;
                unitEnd = used;
            }
            inBitfields = member.isBitfield();
            // Members that overlap, as only damaged BTF has them, leave no hole.
            setHole(members, i - 1, Math.max(0, bytes), (int) Math.max(0, bits));
        }
        if (inBitfields) {
            paddingBits = (int) Math.max(0, useUpTo(Math.min(sizeBits, unitEnd)));
        }
        paddingBytes = Math.max(0, sizeBits / 8 - used / 8);
    }

    private long useUpTo(long end) {
        long unused = end - used;
        used = end;
        return unused;
    }

    /** A bitfield that reaches out of the unit of those before it, or has a larger type, is in a unit of its own. */
    private void enterUnit(Member member) {
        if (used > unitEnd || 8 * member.sizeBytes() > unitBits) {
            unitBits = 8 * member.sizeBytes();
            unitEnd = 8 * member.offsetBytes() + unitBits;
            if (used > unitEnd) {
                // It begins in one unit of its type and ends in the next.
                unitEnd += unitBits;
            }
        }
    }

    private void setHole(List<Member> members, int index, long bytes, int bits) {
        if (index < 0) {
            beforeBytes = bytes;
            beforeBits = bits;
        } else if (bytes != 0 || bits != 0) {
            members.set(index, members.get(index).withHole(bytes, bits));
        }
    }
}
