package org.btfkit.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.btfkit.internal.io.BytePatch;
import org.btfkit.internal.io.RangeCopy;

/**
 * Finds a place for everything in a file of which some sections, or the section table, get another size.
 *
 * <p>The file is a row of chunks: the bytes of each section, and the section table. What {@link ElfSegments} has stays;
 * everything behind it keeps its order, and each chunk is put behind the one before it by two numbers that no change of
 * sizes can alter:
 *
 * <ul>
 *   <li>its offset modulo its alignment, and
 *   <li>its slack: by how much more than that takes it is behind the end of the chunk before, a multiple of its
 *       alignment and mostly 0.
 * </ul>
 *
 * <p>So a layout follows from the order, those numbers and the sizes, and not from the sizes there have been before. A
 * chunk in front of something that stays goes behind everything when its size changes, and leaves zeros; new sections
 * come last. NOBITS sections keep the offset that they have. One pass over the sorted chunks.
 */
final class ElfLayout {
    /** Larger alignments are of memory, not of the file; nobody needs a file of holes. */
    private static final long MAX_ALIGNMENT = 1 << 16;

    private static final long MAX_32 = 0xffffffffL;
    private static final byte[] ZEROS = new byte[(int) MAX_ALIGNMENT];

    /** A range of the file that moves as a whole. */
    private static final class Chunk implements Comparable<Chunk> {
        final String name;
        final int row;
        final long offset;
        final long size;
        final long alignment;
        final byte[] content;
        long newOffset;
        long newSize;
        boolean isRemoved;

        /** A chunk that is in the file. */
        Chunk(String name, int row, long offset, long size, long alignment, byte[] content) {
            this.name = name;
            this.row = row;
            this.offset = offset;
            this.size = size;
            this.alignment =
                    Long.compareUnsigned(alignment, MAX_ALIGNMENT) > 0 ? MAX_ALIGNMENT : Math.max(1, alignment);
            this.content = content;
            this.newOffset = offset;
            this.newSize = content == null ? size : content.length;
        }

        /** In file order; at one offset those without bytes come first. */
        @Override
        public int compareTo(Chunk other) {
            if (offset != other.offset) {
                return Long.compare(offset, other.offset);
            }
            return size > 0 != other.size > 0 ? Boolean.compare(size > 0, other.size > 0) : row - other.row;
        }
    }

    private final ElfFile file;
    private final Chunk table;
    private final List<Chunk> chunks = new ArrayList<>();
    private final long[] offsets;
    private final List<RangeCopy> moves = new ArrayList<>();
    private final List<BytePatch> patches = new ArrayList<>();
    private long oldEnd;
    private long newEnd;

    /**
     * Lays a file out.
     *
     * @param file the file
     * @param contents new contents of its sections, by section number
     * @param removed numbers of the sections to leave out
     * @param added what to put behind everything, in order
     * @param tableBytes the new size of the section table
     * @throws IOException if reading fails
     * @throws ElfFormatException if parts of the file that would move overlap, or the result is too large for its class
     */
    ElfLayout(ElfFile file, Map<Integer, byte[]> contents, BitSet removed, List<NewSection> added, long tableBytes)
            throws IOException {
        this.file = file;
        int count = file.sections().size();
        offsets = new long[count + added.size()];
        table = new Chunk("the section table", -1, file.tableOffset(), file.tableBytes(), file.is64() ? 8 : 4, null);
        table.newSize = tableBytes;
        ElfSegments segments = new ElfSegments(file);
        collect(contents, removed, segments);
        oldEnd = segments.end();
        newEnd = oldEnd;
        List<Chunk> last = new ArrayList<>();
        place(last);
        for (int i = 0; i < added.size(); i++) {
            NewSection section = added.get(i);
            last.add(new Chunk(section.name(), count + i, 0, 0, section.alignment(), section.content()));
        }
        for (Chunk chunk : last) {
            append(chunk);
        }
        if (!file.is64() && newEnd > MAX_32) {
            throw new ElfFormatException(file.toString(), "more than 4 GiB, too large for ELF32", newEnd);
        }
    }

    private void collect(Map<Integer, byte[]> contents, BitSet removed, ElfSegments segments) {
        for (ElfSection section : file.sections()) {
            int index = section.index();
            byte[] content = contents.get(index);
            offsets[index] = section.offset();
            if (section.hasBytes() && !segments.holds(section)) {
                Chunk chunk = new Chunk(
                        "section " + section, index, section.offset(), section.size(), section.alignment(), content);
                chunk.isRemoved = removed.get(index);
                chunks.add(chunk);
            } else if (content != null) {
                patches.add(new BytePatch(section.offset(), content));
            }
        }
        chunks.add(table);
        Collections.sort(chunks);
    }

    /** Places the chunks of the file but for those that have to go behind everything. */
    private void place(List<Chunk> last) {
        boolean inFront = true;
        Chunk before = null;
        for (Chunk chunk : chunks) {
            inFront &= chunk.offset < oldEnd;
            boolean isWithin = chunk.offset < oldEnd;
            if (isWithin && chunk.size != chunk.newSize && (inFront || chunk.size == 0)) {
                if (chunk == table) {
                    file.requireTableAlone();
                }
                zero(chunk.offset, chunk.size);
                last.add(chunk);
            } else if (inFront) {
                put(chunk, chunk.offset);
            } else if (isWithin && chunk.size > 0) {
                throw new ElfFormatException(file.toString(), before.name + " overlaps " + chunk.name, chunk.offset);
            } else if (isWithin) {
                put(chunk, before.newOffset + chunk.offset - before.offset);
            } else {
                follow(chunk);
                before = chunk;
            }
            if (inFront) {
                oldEnd = Math.max(oldEnd, chunk.offset + chunk.size);
                newEnd = oldEnd;
            }
        }
    }

    /** Puts a chunk behind the one before it. */
    private void follow(Chunk chunk) {
        long gap = chunk.offset - oldEnd;
        long oldPadding = gap % chunk.alignment;
        long slack = gap - oldPadding;
        oldEnd = chunk.offset + chunk.size;
        if (chunk.isRemoved) {
            chunk.newOffset = newEnd;
            return;
        }
        long newPadding = Math.floorMod(chunk.offset - newEnd, chunk.alignment);
        if (newPadding == oldPadding) {
            move(chunk.offset - gap, newEnd, gap);
        } else {
            zero(newEnd, newPadding);
            move(chunk.offset - slack, newEnd + newPadding, slack);
        }
        put(chunk, newEnd + newPadding + slack);
        newEnd = chunk.newOffset + chunk.newSize;
    }

    /** Puts a chunk behind everything. */
    private void append(Chunk chunk) {
        long padding = Math.floorMod(-newEnd, chunk.alignment);
        zero(newEnd, padding);
        put(chunk, newEnd + padding);
        newEnd = chunk.newOffset + chunk.newSize;
    }

    private void put(Chunk chunk, long newOffset) {
        chunk.newOffset = newOffset;
        if (chunk.row >= 0) {
            offsets[chunk.row] = newOffset;
        }
        if (chunk.content != null) {
            patches.add(new BytePatch(newOffset, chunk.content));
        } else if (chunk != table) {
            move(chunk.offset, newOffset, chunk.size);
        }
    }

    private void zero(long from, long length) {
        for (long done = 0; done < length; done += ZEROS.length) {
            int piece = (int) Math.min(ZEROS.length, length - done);
            patches.add(new BytePatch(from + done, piece == ZEROS.length ? ZEROS : new byte[piece]));
        }
    }

    private void move(long from, long to, long length) {
        if (from == to || length == 0) {
            return;
        }
        RangeCopy previous = moves.isEmpty() ? null : moves.get(moves.size() - 1);
        if (previous != null
                && previous.from() + previous.length() == from
                && previous.to() + previous.length() == to) {
            moves.set(moves.size() - 1, new RangeCopy(previous.from(), previous.to(), previous.length() + length));
        } else {
            moves.add(new RangeCopy(from, to, length));
        }
    }

    /** Where everything in the old file ends. */
    long oldEnd() {
        return oldEnd;
    }

    /** How long the new file is. */
    long length() {
        return newEnd;
    }

    /** Where the section table goes. */
    long tableOffset() {
        return table.newOffset;
    }

    /** Where a section goes; added ones have the numbers behind those of the file. */
    long offset(int row) {
        return offsets[row];
    }

    /** What to copy from the old file. */
    List<RangeCopy> moves() {
        return moves;
    }

    /** New contents of sections, and padding that changes. */
    List<BytePatch> patches() {
        return patches;
    }
}
