package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/**
 * The entries of one section of relocations, SHT_REL or SHT_RELA, read field by field.
 *
 * <p>In a relocatable file an entry's place is an offset in the section that {@code sh_info} names, in a linked file it
 * is an address.
 *
 * <p>Reads only, by index: safe for use by several threads.
 */
public final class ElfRelocations {
    private final ElfSection section;
    private final ByteBuffer entries;
    private final boolean is64;
    private final boolean mips64Little;
    private final int entrySize;
    private final int count;

    private ElfRelocations(ElfFile file, ElfSection section) throws IOException {
        this.section = section;
        this.is64 = file.is64();
        this.mips64Little = is64 && file.machine() == ElfMachine.EM_MIPS && file.order() == ByteOrder.LITTLE_ENDIAN;
        int words = section.type() == ElfSection.SHT_RELA ? 3 : 2;
        this.entrySize = words * (is64 ? 8 : 4);
        if (section.entrySize() != entrySize || section.size() % entrySize != 0) {
            throw new ElfFormatException(
                    file.toString(),
                    "section "
                            + section
                            + ": "
                            + section.size()
                            + " bytes in entries of "
                            + section.entrySize()
                            + ", expected entries of "
                            + entrySize,
                    section.offset());
        }
        this.entries = ByteBuffer.wrap(file.bytes(section)).order(file.order());
        this.count = entries.capacity() / entrySize;
    }

    /**
     * Reads the relocations of a section.
     *
     * @param file the file
     * @param section one of its sections, of type SHT_REL or SHT_RELA
     * @return its entries
     * @throws IOException if reading fails
     * @throws ElfFormatException if the section's size is no multiple of an entry's
     * @throws IllegalArgumentException if it is a section of another type
     */
    public static ElfRelocations of(ElfFile file, ElfSection section) throws IOException {
        if (section.type() != ElfSection.SHT_REL && section.type() != ElfSection.SHT_RELA) {
            throw new IllegalArgumentException("not a section of relocations: " + section);
        }
        return new ElfRelocations(file, section);
    }

    /**
     * Returns the section of the relocations.
     *
     * @return the SHT_REL or SHT_RELA section
     */
    public ElfSection section() {
        return section;
    }

    /**
     * Returns how many entries there are.
     *
     * @return the count
     */
    public int count() {
        return count;
    }

    /**
     * Returns the place that an entry changes.
     *
     * @param entry index of the entry
     * @return {@code r_offset}
     */
    public long place(int entry) {
        int at = entry * entrySize;
        return is64 ? entries.getLong(at) : entries.getInt(at) & 0xffffffffL;
    }

    /** Returns the bytes of the section with other places. */
    byte[] withPlaces(LongUnaryOperator places) {
        ByteBuffer result = ByteBuffer.allocate(entries.capacity()).order(entries.order());
        result.put(0, entries, 0, entries.capacity());
        for (int entry = 0; entry < count; entry++) {
            long place = places.applyAsLong(place(entry));
            if (is64) {
                result.putLong(entry * entrySize, place);
            } else {
                result.putInt(entry * entrySize, Math.toIntExact(place));
            }
        }
        return result.array();
    }

    /**
     * Returns the symbol that an entry refers to.
     *
     * @param entry index of the entry
     * @return a symbol index, 0 for none
     */
    public int symbol(int entry) {
        int at = entry * entrySize;
        if (!is64) {
            return entries.getInt(at + 4) >>> 8;
        }
        // MIPS splits r_info into a word and four bytes, so only the big-endian form looks usual.
        return mips64Little ? entries.getInt(at + 8) : (int) (entries.getLong(at + 8) >>> 32);
    }

    /**
     * Returns how an entry changes its place.
     *
     * @param entry index of the entry
     * @return the machine's {@code R_} value; of MIPS ELF64, which packs three of them, the first
     */
    public int type(int entry) {
        int at = entry * entrySize;
        if (!is64) {
            return entries.getInt(at + 4) & 0xff;
        }
        return mips64Little ? entries.get(at + 15) & 0xff : (int) entries.getLong(at + 8);
    }

    /**
     * Tells whether the entries have an addend of their own.
     *
     * @return true for SHT_RELA; of SHT_REL the addend is what stands at the place
     */
    public boolean hasAddends() {
        return section.type() == ElfSection.SHT_RELA;
    }

    /**
     * Returns the addend of an entry.
     *
     * @param entry index of an entry of a SHT_RELA section
     * @return {@code r_addend}
     */
    public long addend(int entry) {
        int at = entry * entrySize;
        return is64 ? entries.getLong(at + 16) : entries.getInt(at + 8);
    }
}
