package org.btfkit.dwarf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.ContentAccess;

/**
 * The debug sections of a file as a reader wants them: found by name, decompressed and relocated.
 *
 * <p>A section is read when it is first asked for. {@code .debug_info}, which is by far the largest, can be read unit
 * by unit where it needs neither decompression nor relocation, as in a vmlinux; the others are read whole. Several
 * threads may use one object.
 */
public final class DwarfSections {
    private static final byte[] NONE = {};

    private final ElfFile file;
    private final SectionLayout layout;
    private final Numbers numbers;
    private final DebugRelocations relocations;
    private final Map<DwarfSection, ElfSection> found = new EnumMap<>(DwarfSection.class);
    private final byte[][] loaded = new byte[DwarfSection.values().length][];

    private DwarfSections(ElfFile file) {
        this.file = file;
        this.layout = SectionLayout.of(file);
        this.numbers = new Numbers(file.order());
        this.relocations = new DebugRelocations(file, layout);
        for (DwarfSection wanted : DwarfSection.values()) {
            find(wanted);
        }
    }

    /**
     * Finds the debug sections of a file.
     *
     * @param file the file, to be left open while this is in use
     * @return its sections, none of which has been read
     * @throws DwarfFormatException if there are several of one name, as type units make them in a relocatable file
     */
    public static DwarfSections of(ElfFile file) {
        return new DwarfSections(file);
    }

    private void find(DwarfSection wanted) {
        for (ElfSection section : file.sections()) {
            boolean isWanted = section.name().equals(wanted.sectionName())
                    || section.name().equals(wanted.oldCompressedName());
            if (isWanted && section.hasBytes()) {
                ElfSection other = found.put(wanted, section);
                if (other != null && (wanted == DwarfSection.INFO || wanted == DwarfSection.TYPES)) {
                    throw new DwarfFormatException(
                            file.toString(),
                            "sections " + other + " and " + section + " have one name, as type units make it; compile"
                                    + " without -fdebug-types-section",
                            section.name(),
                            0);
                }
            }
        }
    }

    /**
     * Returns the file.
     *
     * @return the file that has the sections
     */
    public ElfFile file() {
        return file;
    }

    /**
     * Returns where the file's sections are in memory; addresses in its DWARF are of this layout.
     *
     * @return the layout
     */
    public SectionLayout layout() {
        return layout;
    }

    /**
     * Tells whether there is a section.
     *
     * @param section the section
     * @return true if the file has it, and with bytes
     */
    public boolean has(DwarfSection section) {
        return found.containsKey(section);
    }

    /**
     * Returns the bytes of a section, the same array each time.
     *
     * @param section the section
     * @return its bytes, decompressed and relocated; not to be changed; empty if there is no such section
     * @throws DwarfFormatException if it cannot be decompressed or relocated
     * @throws UncheckedIOException if reading fails
     */
    public byte[] bytes(DwarfSection section) {
        byte[] bytes = loaded[section.ordinal()];
        return bytes != null ? bytes : load(section);
    }

    private synchronized byte[] load(DwarfSection section) {
        byte[] bytes = loaded[section.ordinal()];
        if (bytes == null) {
            ElfSection stored = found.get(section);
            try {
                bytes = stored == null ? NONE : new SectionBytes(file, stored).read();
                if (stored != null && file.type() == ElfFile.ET_REL) {
                    relocations.apply(stored, bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            boolean isText = section == DwarfSection.STR || section == DwarfSection.LINE_STR;
            if (isText && bytes.length > 0 && bytes[bytes.length - 1] != 0) {
                throw fault("strings that do not end with a NUL byte", section, bytes.length - 1);
            }
            loaded[section.ordinal()] = bytes;
        }
        return bytes;
    }

    /** Lets go of what has been read; it is read again when it is asked for again. */
    public synchronized void release() {
        java.util.Arrays.fill(loaded, null);
    }

    /** Tells whether a section can be read in pieces; else it is better read whole. */
    boolean isPlain(DwarfSection section) {
        ElfSection stored = found.get(section);
        return stored != null
                && loaded[section.ordinal()] == null
                && file.isOnDisk()
                && !SectionBytes.isCompressed(stored)
                && (file.type() != ElfFile.ET_REL || file.relocationsOf(stored).isEmpty());
    }

    /** Returns the size of a section in bytes. */
    long size(DwarfSection section) {
        return isPlain(section) ? found.get(section).size() : bytes(section).length;
    }

    /** Reads part of a section that {@link #isPlain}. */
    void read(DwarfSection section, long offset, byte[] into, int length) {
        try {
            ContentAccess.<ElfFile, ElfSection>to(ElfFile.class)
                    .content(file, found.get(section))
                    .read(offset, into, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What reads numbers in the file's byte order. */
    Numbers numbers() {
        return numbers;
    }

    /** Returns the failure of a fault in a section. */
    DwarfFormatException fault(String what, DwarfSection section, long offset) {
        return new DwarfFormatException(file.toString(), what, section.sectionName(), offset);
    }
}
