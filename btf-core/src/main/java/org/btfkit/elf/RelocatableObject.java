package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes an object with one section and no symbols, for a linker to put that section into a file.
 *
 * <pre>
 * ELF header    identification, machine and flags of the file that it is to be linked into
 * the section
 * .shstrtab     its name, and its own
 * section table null, the section, .shstrtab
 * </pre>
 *
 * <p>Nothing is kept between calls; safe for use by several threads.
 */
public final class RelocatableObject {
    private static final String NAMES = ".shstrtab";
    private static final int SECTIONS = 3;

    private final ElfFile like;
    private final NewSection section;
    private final byte[] names;
    private final int headerBytes;
    private final int sectionHeaderBytes;

    private RelocatableObject(ElfFile like, NewSection section) {
        this.like = like;
        this.section = section;
        this.names = ("\0" + section.name() + "\0" + NAMES + "\0").getBytes(StandardCharsets.UTF_8);
        this.headerBytes = like.is64() ? 64 : 52;
        this.sectionHeaderBytes = like.is64() ? 64 : 40;
    }

    /**
     * Makes an object.
     *
     * @param like a file of the class, byte order, machine and flags that the object is to have
     * @param name the name of the section
     * @param content its bytes
     * @param flags {@code sh_flags}
     * @param alignment {@code sh_addralign}, in bytes
     * @return the object
     * @throws IOException if reading fails
     * @throws ElfFormatException if it would be larger than 2 GiB
     */
    public static byte[] of(ElfFile like, String name, byte[] content, long flags, long alignment) throws IOException {
        return new RelocatableObject(like, new NewSection(name, content, flags, alignment)).toBytes();
    }

    private byte[] toBytes() throws IOException {
        long contentAt = align(headerBytes, section.alignment());
        long namesAt = contentAt + section.content().length;
        long tableAt = align(namesAt + names.length, like.is64() ? 8 : 4);
        long size = tableAt + (long) SECTIONS * sectionHeaderBytes;
        if (size > Integer.MAX_VALUE - 8) {
            throw new ElfFormatException(
                    like.toString(), "section " + section.name() + " makes an object of more than 2 GiB", 0);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size).order(like.order());
        putHeader(bytes, tableAt);
        bytes.position((int) contentAt);
        bytes.put(section.content()).put(names);
        bytes.position((int) tableAt + sectionHeaderBytes);
        putSection(bytes, 1, ElfSection.SHT_PROGBITS, section.flags(), contentAt, section.content().length);
        putAlignment(bytes, section.alignment());
        putSection(bytes, 2 + section.name().length(), ElfSection.SHT_STRTAB, 0, namesAt, names.length);
        putAlignment(bytes, 1);
        return bytes.array();
    }

    private void putHeader(ByteBuffer bytes, long tableAt) throws IOException {
        byte[] original = like.bytes(0, headerBytes);
        bytes.put(Arrays.copyOf(original, 16));
        bytes.putShort((short) ElfFile.ET_REL).putShort((short) like.machine()).putInt(1);
        putWord(bytes, 0); // entry
        putWord(bytes, 0); // no program headers
        putWord(bytes, tableAt);
        bytes.put(original, bytes.position(), Integer.BYTES); // flags are at the same place
        bytes.putShort((short) headerBytes).putShort((short) 0).putShort((short) 0);
        bytes.putShort((short) sectionHeaderBytes).putShort((short) SECTIONS).putShort((short) (SECTIONS - 1));
    }

    private void putSection(ByteBuffer bytes, int name, int type, long flags, long offset, long size) {
        bytes.putInt(name).putInt(type);
        putWord(bytes, flags);
        putWord(bytes, 0);
        putWord(bytes, offset);
        putWord(bytes, size);
        bytes.putInt(0).putInt(0); // link, info
    }

    private void putAlignment(ByteBuffer bytes, long alignment) {
        putWord(bytes, alignment);
        putWord(bytes, 0); // size of an entry
    }

    private void putWord(ByteBuffer bytes, long value) {
        if (like.is64()) {
            bytes.putLong(value);
        } else {
            bytes.putInt((int) value);
        }
    }

    private static long align(long offset, long alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }
}
