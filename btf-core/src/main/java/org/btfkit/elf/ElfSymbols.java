package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The symbol table of an ELF file, read field by field; no object per symbol.
 *
 * <p>A symbol is named by its index in the table, 0 to {@link #count} - 1; symbol 0 is the null symbol.
 *
 * <p>Reads only, by index: safe for use by several threads.
 */
public final class ElfSymbols {
    /** Section number of a symbol that is defined elsewhere. */
    public static final int SHN_UNDEF = 0;

    /** Stands for a symbol that belongs to no section although it is defined (absolute, common). */
    public static final int NO_SECTION = -1;

    /** Type of a symbol that says nothing of what it names, such as an undefined one. */
    public static final int STT_NOTYPE = 0;

    /** Type of a variable's symbol. */
    public static final int STT_OBJECT = 1;

    /** Type of a function symbol. */
    public static final int STT_FUNC = 2;

    /** Binding of a symbol that all objects see. */
    public static final int STB_GLOBAL = 1;

    /** Binding of a symbol that gives way to a global one. */
    public static final int STB_WEAK = 2;

    /** Visibility of a symbol that only its component's processor may use; linkers take it as hidden. */
    public static final int STV_INTERNAL = 1;

    /** Visibility of a symbol that other components do not see. */
    public static final int STV_HIDDEN = 2;

    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_XINDEX = 0xffff;

    private final String source;
    private final ElfSection table;
    private final ElfStrings names;
    private final boolean is64;
    private final int entrySize;
    private final int count;
    private final ByteBuffer entries;
    private final ByteBuffer largeIndexes;

    ElfSymbols(ElfFile file, ElfSection table, ElfStrings names, ElfSection largeIndexes) throws IOException {
        this.source = file.toString();
        this.table = table;
        this.names = names;
        this.is64 = file.is64();
        this.entrySize = is64 ? 24 : 16;
        if (table.entrySize() != entrySize || table.size() % entrySize != 0) {
            throw new ElfFormatException(
                    source,
                    "section "
                            + table
                            + ": "
                            + table.size()
                            + " bytes in entries of "
                            + table.entrySize()
                            + ", expected entries of "
                            + entrySize,
                    table.offset());
        }
        this.entries = ByteBuffer.wrap(file.bytes(table)).order(file.order());
        this.count = entries.capacity() / entrySize;
        this.largeIndexes = largeIndexes == null
                ? null
                : ByteBuffer.wrap(file.bytes(largeIndexes)).order(file.order());
        if (largeIndexes != null && this.largeIndexes.capacity() / 4 < count) {
            throw new ElfFormatException(
                    source,
                    "section " + largeIndexes + " has " + largeIndexes.size() / 4 + " entries, expected " + count,
                    largeIndexes.offset());
        }
    }

    /**
     * Returns how many symbols there are.
     *
     * @return the count, the null symbol included
     */
    public int count() {
        return count;
    }

    /**
     * Returns the section that holds the table.
     *
     * @return the SHT_SYMTAB section
     */
    public ElfSection section() {
        return table;
    }

    /**
     * Returns a symbol's name.
     *
     * @param index symbol index
     * @return the name, possibly empty
     * @throws ElfFormatException if its offset is outside of the string table
     */
    public String name(int index) {
        return names.get(entries.getInt(index * entrySize), entryOffset(index));
    }

    /**
     * Returns where a symbol's name begins among the {@link #nameBytes}; cheaper than {@link #name}.
     *
     * @param index symbol index
     * @return the index of its first byte; a NUL byte ends it
     * @throws ElfFormatException if it is outside of the string table
     */
    public int nameOffset(int index) {
        int offset = entries.getInt(index * entrySize);
        names.requireInside(offset, entryOffset(index));
        return offset;
    }

    /**
     * Returns the string table.
     *
     * @return its bytes, the last of which is NUL; not to be changed
     * @throws ElfFormatException if it does not end with a NUL byte
     */
    public byte[] nameBytes() {
        return names.terminated();
    }

    /**
     * Tells whether a symbol's name begins with a prefix; cheaper than {@link #name}.
     *
     * @param index symbol index
     * @param prefix the bytes to look for
     * @return true if it does
     * @throws ElfFormatException if its offset is outside of the string table
     */
    public boolean nameStartsWith(int index, byte[] prefix) {
        return names.startsWith(entries.getInt(index * entrySize), prefix, entryOffset(index));
    }

    /**
     * Returns a symbol's value.
     *
     * @param index symbol index
     * @return {@code st_value}: an offset in its section in relocatable files, else an address
     */
    public long value(int index) {
        int at = index * entrySize + valueOffset();
        return is64 ? entries.getLong(at) : entries.getInt(at) & 0xffffffffL;
    }

    /**
     * Returns a symbol's size.
     *
     * @param index symbol index
     * @return {@code st_size} in bytes
     */
    public long size(int index) {
        int at = index * entrySize;
        return is64 ? entries.getLong(at + 16) : entries.getInt(at + 8) & 0xffffffffL;
    }

    /**
     * Returns a symbol's type.
     *
     * @param index symbol index
     * @return an {@code STT_} value
     */
    public int type(int index) {
        return entries.get(index * entrySize + (is64 ? 4 : 12)) & 0xf;
    }

    /**
     * Returns a symbol's binding.
     *
     * @param index symbol index
     * @return an {@code STB_} value
     */
    public int binding(int index) {
        return (entries.get(index * entrySize + (is64 ? 4 : 12)) & 0xff) >>> 4;
    }

    /**
     * Returns a symbol's visibility.
     *
     * @param index symbol index
     * @return an {@code STV_} value
     */
    public int visibility(int index) {
        return entries.get(index * entrySize + (is64 ? 5 : 13)) & 3;
    }

    /**
     * Returns the section that a symbol is defined in, however large its number.
     *
     * @param index symbol index
     * @return a section number, {@link #SHN_UNDEF}, or {@link #NO_SECTION}
     * @throws ElfFormatException if the table of large section numbers is missing
     */
    public int sectionIndex(int index) {
        int shndx = entries.getShort(index * entrySize + (is64 ? 6 : 14)) & 0xffff;
        if (shndx < SHN_LORESERVE) {
            return shndx;
        }
        if (shndx != SHN_XINDEX) {
            return NO_SECTION;
        }
        if (largeIndexes == null) {
            throw new ElfFormatException(
                    source,
                    "symbol " + index + " has SHN_XINDEX, but there is no SHT_SYMTAB_SHNDX section",
                    entryOffset(index));
        }
        return largeIndexes.getInt(index * 4);
    }

    /** Returns the offset within the file of a symbol's value field. */
    long valueFileOffset(int index) {
        return entryOffset(index) + valueOffset();
    }

    private long entryOffset(int index) {
        return table.offset() + (long) index * entrySize;
    }

    private int valueOffset() {
        return is64 ? 8 : 4;
    }
}
