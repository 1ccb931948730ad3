package org.btfkit.elf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.internal.io.Compression;
import org.btfkit.internal.io.ContentAccess;
import org.btfkit.internal.io.FileInput;
import org.btfkit.internal.io.FileSeal;
import org.btfkit.internal.io.FileTimes;
import org.btfkit.internal.io.InputFile;
import org.btfkit.internal.io.RandomInput;

/**
 * An ELF file opened for reading: ELF32 or ELF64, either byte order, any number of sections.
 *
 * <p>Opening reads the header and the section table and checks that every section lies within the file; section
 * contents are read when asked for, so that a file may be larger than 2 GiB. A file compressed with gzip, xz or zstd is
 * decompressed in memory. Not safe for use by several threads.
 *
 * <p>The format is the System V ABI's, chapter 4, with the extensions for more than 65,279 sections ({@code e_shnum},
 * {@code SHN_XINDEX}, {@code SHT_SYMTAB_SHNDX}).
 */
public final class ElfFile implements Closeable {
    /** {@code e_type} of a relocatable file, such as a kernel module. */
    public static final int ET_REL = 1;

    private final Path path;
    private final String name;
    private final RandomInput content;
    private final Compression compression;
    private final BasicFileAttributes stamp;
    private final long stampMillis;

    private final boolean is64;
    private final ByteOrder order;
    private final int type;
    private final int machine;
    private final List<ElfSection> sections;
    private final long tableOffset;
    private final int namesIndex;
    private ElfSymbols symbols;

    static {
        ContentAccess.install(new Access());
    }

    /** Opens a file whose attributes were read at some time, or later. */
    private ElfFile(InputFile file, BasicFileAttributes stamp, long stampMillis) throws IOException {
        this.path = file.path();
        this.name = file.path().toString();
        this.content = file.content();
        this.compression = file.compression();
        this.stamp = stamp;
        this.stampMillis = stampMillis;

        ElfReader reader = new ElfReader(name, content);
        is64 = reader.is64();
        order = reader.order();
        sections = Collections.unmodifiableList(reader.sections());
        type = reader.type();
        machine = reader.machine();
        tableOffset = reader.tableOffset();
        namesIndex = reader.namesIndex();
    }

    /**
     * Opens a file.
     *
     * @param path an ELF file, plain or compressed
     * @return the open file
     * @throws IOException if it cannot be read
     * @throws ElfFormatException if it is not ELF, or its headers are inconsistent
     * @throws BtfException if it is compressed and damaged
     */
    public static ElfFile open(Path path) throws IOException {
        // First: what replaces the file later is then noticed, even just before it is opened.
        long stampMillis = System.currentTimeMillis();
        BasicFileAttributes stamp = Files.exists(path) ? Files.readAttributes(path, BasicFileAttributes.class) : null;
        InputFile file = InputFile.open(path);
        try {
            BasicFileAttributes known = stamp != null ? stamp : Files.readAttributes(path, BasicFileAttributes.class);
            return new ElfFile(file, known, stampMillis);
        } catch (IOException | RuntimeException e) {
            file.content().close();
            throw e;
        }
    }

    /** Opens files that were looked into already, and parts of them, to the packages above. */
    private static final class Access extends ContentAccess<ElfFile, ElfSection> {
        @Override
        public ElfFile open(InputFile file) throws IOException {
            long stampMillis = System.currentTimeMillis();
            return new ElfFile(file, Files.readAttributes(file.path(), BasicFileAttributes.class), stampMillis);
        }

        @Override
        public RandomInput content(ElfFile file, ElfSection section) {
            return file.content(section);
        }
    }

    /**
     * Tells whether data begins like an ELF file.
     *
     * @param head the first bytes, four or more
     * @return true if the ELF magic number is there
     */
    public static boolean isElf(byte[] head) {
        return head.length >= 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
    }

    /**
     * Returns the class.
     *
     * @return true for ELF64, false for ELF32
     */
    public boolean is64() {
        return is64;
    }

    /**
     * Returns the byte order of the file.
     *
     * @return little or big endian
     */
    public ByteOrder order() {
        return order;
    }

    /**
     * Returns what kind of file this is.
     *
     * @return {@code e_type}
     */
    public int type() {
        return type;
    }

    /**
     * Returns the machine that the file is for.
     *
     * @return {@code e_machine}
     */
    public int machine() {
        return machine;
    }

    /**
     * Returns the file's path.
     *
     * @return the path it was opened by
     */
    public Path path() {
        return path;
    }

    /**
     * Tells whether the file on disk is compressed.
     *
     * @return true if it was decompressed to be read
     */
    public boolean isCompressed() {
        return compression != Compression.NONE;
    }

    /**
     * Tells whether the file can be changed in place.
     *
     * @return true if its bytes are those of a regular file; false if it was decompressed or came from a pipe
     */
    public boolean isOnDisk() {
        return content instanceof FileInput;
    }

    /**
     * Returns the size of the file after decompression.
     *
     * @return the size in bytes
     */
    public long size() {
        return content.size();
    }

    /**
     * Returns the sections.
     *
     * @return all sections by section number, the null section first; empty if there is no table
     */
    public List<ElfSection> sections() {
        return sections;
    }

    /**
     * Finds a section by name.
     *
     * @param sectionName for example {@code .BTF}
     * @return the section, or null if there is none
     * @throws ElfFormatException if several sections have that name
     */
    public ElfSection section(String sectionName) {
        ElfSection found = null;
        for (ElfSection section : sections) {
            if (section.name().equals(sectionName)) {
                if (found != null) {
                    throw new ElfFormatException(
                            name, "sections " + found + " and " + section + " have one name", section.offset());
                }
                found = section;
            }
        }
        return found;
    }

    /**
     * Finds the tables of relocations that apply to a section.
     *
     * @param section a section of this file
     * @return the SHT_REL and SHT_RELA sections that name it in {@code sh_info} and have entries, in file order
     */
    public List<ElfSection> relocationsOf(ElfSection section) {
        List<ElfSection> found = new ArrayList<>();
        for (ElfSection table : sections) {
            if (table.isRelocation() && table.info() == section.index() && table.size() > 0) {
                found.add(table);
            }
        }
        return found;
    }

    /**
     * Reads the bytes of a section.
     *
     * @param section a section of this file that has bytes
     * @return its bytes, a new array
     * @throws IOException if reading fails
     * @throws ElfFormatException if it is larger than 2 GiB
     */
    public byte[] bytes(ElfSection section) throws IOException {
        return ElfReader.bytes(name, content, section);
    }

    /**
     * Reads bytes anywhere in the file.
     *
     * @param offset file offset of the first byte
     * @param length number of bytes; all must be within {@link #size}
     * @return the bytes, a new array
     * @throws IOException if reading fails
     */
    public byte[] bytes(long offset, int length) throws IOException {
        return content.read(offset, length);
    }

    /**
     * Returns the symbol table.
     *
     * @return the symbols of the SHT_SYMTAB section, or null if there is none
     * @throws IOException if reading fails
     * @throws ElfFormatException if the table is inconsistent
     */
    public ElfSymbols symbols() throws IOException {
        if (symbols == null) {
            symbols = readSymbols();
        }
        return symbols;
    }

    private ElfSymbols readSymbols() throws IOException {
        ElfSection table = null;
        for (ElfSection section : sections) {
            if (section.type() == ElfSection.SHT_SYMTAB) {
                if (table != null) {
                    throw new ElfFormatException(
                            name,
                            "sections " + table + " and " + section + " are both symbol tables",
                            section.offset());
                }
                table = section;
            }
        }
        if (table == null) {
            return null;
        }
        ElfSection largeIndexes = null;
        for (ElfSection section : sections) {
            if (section.type() == ElfSection.SHT_SYMTAB_SHNDX && section.link() == table.index()) {
                largeIndexes = section;
            }
        }
        if (table.link() <= 0 || table.link() >= sections.size()) {
            throw new ElfFormatException(
                    name,
                    "section " + table + ": sh_link " + Integer.toUnsignedString(table.link()) + " is no string table",
                    table.offset());
        }
        ElfSection names = sections.get(table.link());
        if (names.type() != ElfSection.SHT_STRTAB) {
            throw new ElfFormatException(
                    name, "section " + table + ": sh_link " + names + " is no string table", table.offset());
        }
        return new ElfSymbols(this, table, new ElfStrings(name, names, bytes(names)), largeIndexes);
    }

    /**
     * Tells whether somebody has sealed the file, and neither the file nor the claim has changed since; see
     * {@link ElfEditor#seal}. If so, all bytes are read once.
     *
     * @param claim what is to be true of the file
     * @return the note that goes with the claim; null if it is not known to be true
     * @throws IOException if reading fails
     */
    public byte[] noteOf(byte[] claim) throws IOException {
        return isOnDisk() ? FileSeal.find(path, content, claim) : null;
    }

    /** Tells whether a change of the file since it was opened would show in its time. */
    boolean showsChanges() {
        return !isOnDisk() || FileTimes.areSettled(stamp.lastModifiedTime(), stampMillis);
    }

    /** Where the section table is; 0 if there is none. */
    long tableOffset() {
        return tableOffset;
    }

    /** How large the section table is. */
    long tableBytes() {
        return sections.size() * (is64 ? 64L : 40L);
    }

    /** Number of the section that has the names of the sections; 0 if there is none. */
    int namesIndex() {
        return namesIndex;
    }

    private long tableEnd() {
        return tableOffset + tableBytes();
    }

    /** Returns where the last section, or the section table behind it, ends in the file. */
    long end() {
        long end = tableEnd();
        for (ElfSection section : sections) {
            if (section.hasBytes()) {
                end = Math.max(end, section.offset() + section.size());
            }
        }
        return end;
    }

    /**
     * Checks that nothing else has bytes of a section, so that it can be changed without changing that as well.
     *
     * @throws ElfFormatException if another section, the section table or the file header overlaps it
     */
    void requireAlone(ElfSection section) {
        long from = section.offset();
        long to = from + section.size();
        String other = null;
        if (from < (is64 ? 64 : 52)) {
            other = "the ELF header";
        } else if (from < tableEnd() && to > tableOffset) {
            other = "the section table";
        }
        for (ElfSection candidate : sections) {
            if (candidate.index() != section.index()
                    && candidate.hasBytes()
                    && candidate.size() > 0
                    && from < candidate.offset() + candidate.size()
                    && to > candidate.offset()) {
                other = "section " + candidate;
            }
        }
        if (other != null && section.size() > 0) {
            throw new ElfFormatException(name, "section " + section + " overlaps " + other, from);
        }
    }

    /**
     * Checks that nothing else has bytes of the section table.
     *
     * @throws ElfFormatException if a section or the file header overlaps it
     */
    void requireTableAlone() {
        for (ElfSection section : sections) {
            if (section.hasBytes()
                    && section.offset() < tableEnd()
                    && section.offset() + section.size() > tableOffset) {
                requireAlone(section);
            }
        }
        if (tableOffset < (is64 ? 64 : 52)) {
            throw new ElfFormatException(name, "the section table overlaps the ELF header", tableOffset);
        }
    }

    /** A window on the bytes of a section that has some, to read only part of them. */
    RandomInput content(ElfSection section) {
        return content.slice(section.offset(), section.size());
    }

    /** The content, for writing a changed copy of it. */
    RandomInput content() {
        return content;
    }

    /** What the file looked like when it was opened. */
    BasicFileAttributes stamp() {
        return stamp;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
