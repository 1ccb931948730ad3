package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a file that have to stay where they are, in their size: the ELF header, the program header table, what
 * its segments hold and, in a linked file, the allocated sections.
 */
final class ElfSegments {
    private static final int PN_XNUM = 0xffff;

    private final boolean isRelocatable;
    private final long end;
    private final long[] starts;
    private final long[] ends;

    ElfSegments(ElfFile file) throws IOException {
        boolean is64 = file.is64();
        isRelocatable = file.type() == ElfFile.ET_REL;
        ByteBuffer header = ByteBuffer.wrap(file.bytes(0, is64 ? 64 : 52)).order(file.order());
        long tableOffset = is64 ? header.getLong(32) : header.getInt(28) & 0xffffffffL;
        int entrySize = header.getShort(is64 ? 54 : 42) & 0xffff;
        int count = header.getShort(is64 ? 56 : 44) & 0xffff;
        if (count == PN_XNUM && !file.sections().isEmpty()) {
            count = file.sections().get(0).info();
        }
        long last = header.capacity();
        if (count != 0) {
            int expected = is64 ? 56 : 32;
            long tableBytes = (count & 0xffffffffL) * expected;
            if (entrySize != expected || tableOffset < 0 || tableBytes > file.size() - tableOffset) {
                throw new ElfFormatException(
                        file.toString(),
                        "program header table of " + Integer.toUnsignedString(count) + " entries of " + entrySize
                                + " bytes, expected entries of " + expected + " within the file",
                        tableOffset);
            }
            last = Math.max(last, tableOffset + tableBytes);
        }
        starts = new long[count];
        ends = new long[count];
        readTable(file, tableOffset, entrySize);
        for (long segmentEnd : ends) {
            last = Math.max(last, segmentEnd);
        }
        for (ElfSection section : file.sections()) {
            if (section.hasBytes() && holds(section)) {
                last = Math.max(last, section.offset() + section.size());
            }
        }
        end = last;
    }

    private void readTable(ElfFile file, long tableOffset, int entrySize) throws IOException {
        for (int i = 0; i < starts.length; i++) {
            long at = tableOffset + (long) i * entrySize;
            ByteBuffer entry = ByteBuffer.wrap(file.bytes(at, entrySize)).order(file.order());
            starts[i] = file.is64() ? entry.getLong(8) : entry.getInt(4) & 0xffffffffL;
            long size = file.is64() ? entry.getLong(32) : entry.getInt(16) & 0xffffffffL;
            if (size == 0) {
                starts[i] = 0;
            } else if (size < 0 || starts[i] < 0 || starts[i] > file.size() - size) {
                throw new ElfFormatException(
                        file.toString(), "program header " + i + ": segment past the end of the file", at);
            }
            ends[i] = starts[i] + size;
        }
    }

    /** Returns where the last byte that must stay ends. */
    long end() {
        return end;
    }

    /** Tells whether a section must stay in its place and size. */
    boolean holds(ElfSection section) {
        if (!isRelocatable && (section.flags() & ElfSection.SHF_ALLOC) != 0) {
            return true;
        }
        return section.hasBytes() && holds(section.offset(), section.size());
    }

    /** Checks that a section can be moved, or change its size. */
    void requireFree(ElfFile file, ElfSection section) {
        if (holds(section)) {
            throw new ElfFormatException(
                    file.toString(),
                    "section " + section + " has its place in memory, so it has to keep its " + section.size()
                            + " bytes, as linked code has the addresses of its start and end: change it before linking",
                    section.offset());
        }
    }

    private boolean holds(long offset, long size) {
        for (int i = 0; i < starts.length; i++) {
            if (offset < ends[i] && offset + size > starts[i]) {
                return true;
            }
        }
        return false;
    }
}
