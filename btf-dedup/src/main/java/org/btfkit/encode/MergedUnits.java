package org.btfkit.encode;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.btfkit.dwarf.DebugInfo;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;

/**
 * Tells whether the units of an object are to be encoded as one, since entries may refer to those of other units, as
 * link-time optimization makes it.
 *
 * <p>A kernel says it in a note (kernel, {@code include/linux/elfnote-lto.h}); of others the forms of references
 * decide.
 */
final class MergedUnits {
    private static final int SHT_NOTE = 7;
    private static final int LINUX_ELFNOTE_LTO_INFO = 0x101;
    private static final byte[] OWNER = {'L', 'i', 'n', 'u', 'x', 0};
    private static final int HEADER_BYTES = 12;

    private MergedUnits() {}

    static boolean areMerged(DebugInfo dwarf) throws IOException {
        ElfFile file = dwarf.sections().file();
        for (ElfSection section : file.sections()) {
            if (section.type() == SHT_NOTE) {
                int said = note(ByteBuffer.wrap(file.bytes(section)).order(file.order()));
                if (said >= 0) {
                    return said != 0;
                }
            }
        }
        return dwarf.refersAcrossUnits();
    }

    /** Returns what a note says: 1 or 0, or -1 if there is no such note. */
    private static int note(ByteBuffer notes) {
        int at = 0;
        while (notes.capacity() - at >= HEADER_BYTES) {
            long nameBytes = notes.getInt(at) & 0xffffffffL;
            long contentBytes = notes.getInt(at + 4) & 0xffffffffL;
            long content = at + HEADER_BYTES + (nameBytes + 3 & ~3L);
            long next = content + (contentBytes + 3 & ~3L);
            if (content + contentBytes > notes.capacity()) {
                return -1;
            }
            if (notes.getInt(at + 8) == LINUX_ELFNOTE_LTO_INFO && contentBytes >= 4 && isOwn(notes, at, nameBytes)) {
                return notes.getInt((int) content) != 0 ? 1 : 0;
            }
            at = (int) Math.min(next, notes.capacity());
        }
        return -1;
    }

    private static boolean isOwn(ByteBuffer notes, int at, long nameBytes) {
        if (nameBytes < OWNER.length) {
            return false;
        }
        for (int i = 0; i < OWNER.length; i++) {
            if (notes.get(at + HEADER_BYTES + i) != OWNER[i]) {
                return false;
            }
        }
        return true;
    }
}
