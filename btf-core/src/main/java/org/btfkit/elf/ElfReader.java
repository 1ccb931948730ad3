package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.internal.io.PlainContent;
import org.btfkit.internal.io.RandomInput;

/**
 * Reads and checks what every ELF file begins with: identification, header, section table, names of sections. That all
 * sections lie within the file is seen to here, so that nobody has to ask again.
 */
final class ElfReader {
    private static final int EI_CLASS = 4;
    private static final int EI_DATA = 5;
    private static final int EI_VERSION = 6;
    private static final int SHN_XINDEX = 0xffff;

    /** Far more than any linker makes; their table has to fit into memory several times. */
    private static final int MAX_SECTIONS = 1 << 22;

    private final String name;
    private final RandomInput content;
    private final boolean is64;
    private final ByteOrder order;
    private final ByteBuffer header;
    private long tableOffset;
    private int namesIndex;

    ElfReader(String name, RandomInput content) throws IOException {
        this.name = name;
        this.content = content;
        byte[] ident = content.read(0, (int) Math.min(16, content.size()));
        checkMagic(ident);
        is64 = ident[EI_CLASS] == 2;
        order = ident[EI_DATA] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        header = readBuffer(0, is64 ? 64 : 52, "ELF header");
    }

    boolean is64() {
        return is64;
    }

    ByteOrder order() {
        return order;
    }

    /** The field {@code e_type}. */
    int type() {
        return header.getShort(16) & 0xffff;
    }

    /** The field {@code e_machine}. */
    int machine() {
        return header.getShort(18) & 0xffff;
    }

    /** Where the section table is, 0 if there is none; known when the sections have been read. */
    long tableOffset() {
        return tableOffset;
    }

    /** Number of the section that has the names of the sections, 0 if none; known when the sections have been read. */
    int namesIndex() {
        return namesIndex;
    }

    private void checkMagic(byte[] ident) throws IOException {
        if (!ElfFile.isElf(ident)) {
            throw new ElfFormatException(name, "not an ELF file" + PlainContent.describe(content), 0);
        }
        if (ident.length < 16) {
            throw new ElfFormatException(name, "truncated ELF header", ident.length);
        }
        if (ident[EI_CLASS] != 1 && ident[EI_CLASS] != 2) {
            throw new ElfFormatException(name, "ELF class " + ident[EI_CLASS] + ", expected 1 or 2", EI_CLASS);
        }
        if (ident[EI_DATA] != 1 && ident[EI_DATA] != 2) {
            throw new ElfFormatException(name, "ELF byte order " + ident[EI_DATA] + ", expected 1 or 2", EI_DATA);
        }
        if (ident[EI_VERSION] != 1) {
            throw new ElfFormatException(name, "ELF version " + ident[EI_VERSION] + ", expected 1", EI_VERSION);
        }
    }

    /** Reads the sections. */
    List<ElfSection> sections() throws IOException {
        tableOffset = is64 ? header.getLong(40) : header.getInt(32) & 0xffffffffL;
        if (tableOffset == 0) {
            return List.of();
        }
        int entrySize = header.getShort(is64 ? 58 : 46) & 0xffff;
        int expected = is64 ? 64 : 40;
        if (entrySize != expected) {
            throw new ElfFormatException(name, "e_shentsize " + entrySize + ", expected " + expected, is64 ? 58 : 46);
        }
        SectionHeader null0 = new SectionHeader(readBuffer(tableOffset, expected, "section table"));
        long count = header.getShort(is64 ? 60 : 48) & 0xffff;
        if (count == 0) {
            count = null0.size;
        }
        namesIndex = header.getShort(is64 ? 62 : 50) & 0xffff;
        if (namesIndex == SHN_XINDEX) {
            namesIndex = null0.link;
        }
        String found = "section table of " + Long.toUnsignedString(count) + " entries";
        if (count < 0 || count > (content.size() - tableOffset) / expected) {
            throw new ElfFormatException(name, found + " past the end of the file", tableOffset);
        }
        if (count > MAX_SECTIONS) {
            throw new ElfFormatException(name, found + ", expected at most " + MAX_SECTIONS, tableOffset);
        }
        ByteBuffer table = readBuffer(tableOffset, (int) count * expected, "section table");
        SectionHeader[] headers = new SectionHeader[(int) count];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = new SectionHeader(slice(table, i * expected, expected));
        }
        return nameSections(headers);
    }

    private List<ElfSection> nameSections(SectionHeader[] headers) throws IOException {
        if (namesIndex < 0 || namesIndex >= headers.length) {
            throw new ElfFormatException(
                    name,
                    "e_shstrndx " + Integer.toUnsignedString(namesIndex) + ", expected below " + headers.length,
                    tableOffset);
        }
        int entrySize = is64 ? 64 : 40;
        ElfStrings names = null;
        if (namesIndex != 0) {
            ElfSection table = headers[namesIndex].at(namesIndex, ".shstrtab");
            if (table.type() != ElfSection.SHT_STRTAB) {
                throw new ElfFormatException(
                        name,
                        "e_shstrndx " + namesIndex + " is no string table",
                        tableOffset + (long) namesIndex * entrySize);
            }
            checkExtent(table);
            names = new ElfStrings(name, table, bytes(name, content, table));
        }
        List<ElfSection> result = new ArrayList<>(headers.length);
        for (int i = 0; i < headers.length; i++) {
            String sectionName = "";
            if (names != null) {
                sectionName = names.get(headers[i].nameOff, tableOffset + (long) i * entrySize);
            }
            ElfSection section = headers[i].at(i, sectionName);
            checkExtent(section);
            result.add(section);
        }
        return result;
    }

    private void checkExtent(ElfSection section) {
        if (section.hasBytes()
                && (section.offset() < 0
                        || section.size() < 0
                        || section.offset() > content.size()
                        || section.size() > content.size() - section.offset())) {
            throw new ElfFormatException(
                    name,
                    "section "
                            + section
                            + ": "
                            + Long.toUnsignedString(section.size())
                            + " bytes past the end of the file ("
                            + content.size()
                            + " bytes)",
                    section.offset());
        }
    }

    /** Reads the bytes of a section, which must fit in an array. */
    static byte[] bytes(String name, RandomInput content, ElfSection section) throws IOException {
        if (section.size() > Integer.MAX_VALUE - 8) {
            throw new ElfFormatException(name, "section " + section + " is larger than 2 GiB", section.offset());
        }
        return content.read(section.offset(), (int) section.size());
    }

    /** Section header fields in file order; the two classes differ only in field widths. */
    private final class SectionHeader {
        private final int nameOff;
        private final int sectionType;
        private final long flags;
        private final long address;
        private final long offset;
        private final long size;
        private final int link;
        private final int info;
        private final long alignment;
        private final long entrySize;

        SectionHeader(ByteBuffer raw) {
            nameOff = raw.getInt();
            sectionType = raw.getInt();
            flags = addressWord(raw);
            address = addressWord(raw);
            offset = addressWord(raw);
            size = addressWord(raw);
            link = raw.getInt();
            info = raw.getInt();
            alignment = addressWord(raw);
            entrySize = addressWord(raw);
        }

        ElfSection at(int index, String sectionName) {
            // The null section only has room for numbers that the file header has not; it is never a table.
            int type = index == 0 ? ElfSection.SHT_NULL : sectionType;
            return new ElfSection(
                    index, sectionName, type, flags, address, offset, size, link, info, alignment, entrySize);
        }
    }

    private long addressWord(ByteBuffer raw) {
        return is64 ? raw.getLong() : raw.getInt() & 0xffffffffL;
    }

    private ByteBuffer slice(ByteBuffer buffer, int offset, int length) {
        return buffer.slice(offset, length).order(order);
    }

    private ByteBuffer readBuffer(long offset, int length, String what) throws IOException {
        if (offset < 0 || offset > content.size() - length) {
            throw new ElfFormatException(
                    name, what + " past the end of the file (" + content.size() + " bytes)", offset);
        }
        return ByteBuffer.wrap(content.read(offset, length)).order(order);
    }
}
