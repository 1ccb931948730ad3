package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * The section headers of a file as bytes to change, and those fields of the ELF header that follow from them. What is
 * not changed stays as it is, whatever it says.
 *
 * <p>Rows have the numbers of the file's sections, and added ones follow; removed rows are left out at the end.
 */
final class SectionTable {
    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_XINDEX = 0xffff;

    private final ElfFile file;
    private final boolean is64;
    private final int rowBytes;
    private final ByteBuffer rows;
    private final BitSet removed;
    private int count;

    /**
     * Reads the table of a file.
     *
     * @param room how many sections will be added at most
     */
    SectionTable(ElfFile file, int room, BitSet removed) throws IOException {
        this.file = file;
        this.is64 = file.is64();
        this.rowBytes = is64 ? 64 : 40;
        this.removed = removed;
        this.count = file.sections().size();
        byte[] old = file.bytes(file.tableOffset(), count * rowBytes);
        this.rows = ByteBuffer.allocate((count + room) * rowBytes).order(file.order());
        rows.put(0, old);
    }

    int nameOff(int row) {
        return rows.getInt(row * rowBytes);
    }

    void setLink(int row, int link) {
        rows.putInt(row * rowBytes + (is64 ? 40 : 24), link);
    }

    void setInfo(int row, int info) {
        rows.putInt(row * rowBytes + (is64 ? 44 : 28), info);
    }

    void setPlace(int row, long offset, long size) {
        setWord(row * rowBytes + (is64 ? 24 : 16), offset);
        setWord(row * rowBytes + (is64 ? 32 : 20), size);
    }

    private void setWord(int at, long value) {
        if (is64) {
            rows.putLong(at, value);
        } else {
            rows.putInt(at, (int) value);
        }
    }

    /** Adds a row for a SHT_PROGBITS section; its place is to be set. */
    void add(int nameOff, long flags, long alignment) {
        int row = count++ * rowBytes;
        rows.putInt(row, nameOff);
        rows.putInt(row + 4, ElfSection.SHT_PROGBITS);
        setWord(row + 8, flags);
        setWord(row + (is64 ? 48 : 32), alignment);
    }

    private int keptCount() {
        return count - removed.cardinality();
    }

    /** How many bytes {@link #toBytes} returns. */
    long sizeBytes() {
        return (long) keptCount() * rowBytes;
    }

    /**
     * Returns the bytes of the ELF header.
     *
     * @param tableOffset where the table will be
     * @param namesIndex number that the section of section names will have
     */
    byte[] header(long tableOffset, int namesIndex) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(file.bytes(0, is64 ? 64 : 52)).order(file.order());
        if (is64) {
            header.putLong(40, tableOffset);
        } else {
            header.putInt(32, (int) tableOffset);
        }
        if (keptCount() != file.sections().size()) {
            boolean wasLarge = header.getShort(is64 ? 60 : 48) == 0;
            boolean isLarge = keptCount() >= SHN_LORESERVE;
            header.putShort(is64 ? 60 : 48, (short) (isLarge ? 0 : keptCount()));
            if (wasLarge || isLarge) {
                setWord(is64 ? 32 : 20, isLarge ? keptCount() : 0);
            }
        }
        if (namesIndex != file.namesIndex()) {
            boolean wasLarge = (header.getShort(is64 ? 62 : 50) & 0xffff) == SHN_XINDEX;
            boolean isLarge = namesIndex >= SHN_LORESERVE;
            header.putShort(is64 ? 62 : 50, (short) (isLarge ? SHN_XINDEX : namesIndex));
            if (wasLarge || isLarge) {
                setLink(0, isLarge ? namesIndex : 0);
            }
        }
        return header.array();
    }

    /** Returns the rows that are kept, in order. Call {@link #header} first: row 0 may hold its large numbers. */
    byte[] toBytes() {
        byte[] bytes = new byte[(int) sizeBytes()];
        int at = 0;
        for (int row = 0; row < count; row++) {
            if (!removed.get(row)) {
                rows.get(row * rowBytes, bytes, at, rowBytes);
                at += rowBytes;
            }
        }
        return bytes;
    }
}
