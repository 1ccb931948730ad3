package org.btfkit.dwarf;

import java.util.List;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;

/**
 * Where the sections of a file are in memory.
 *
 * <p>A linked file says it. A relocatable file (ET_REL) has no addresses yet, but its DWARF needs some: that of two
 * variables in different sections must not be the same. So its sections are laid out one behind the other, as elfutils'
 * libdwfl does it ({@code __libdwfl_report_elf} and {@code __libdwfl_relocate}): those that take memory, by index, from
 * 0x10000 on, each at the next multiple of its alignment. One that has an address keeps it. A section that is aligned
 * more than the first one moves the whole layout to a multiple of its alignment.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class SectionLayout {
    /** Where libdwfl begins, so that address 0 stays free. */
    private static final long FIRST_ADDRESS = 0x10000;

    private final long[] addresses;

    private SectionLayout(long[] addresses) {
        this.addresses = addresses;
    }

    /**
     * Lays out the sections of a file.
     *
     * @param file the file
     * @return their addresses
     */
    public static SectionLayout of(ElfFile file) {
        List<ElfSection> sections = file.sections();
        long[] addresses = new long[sections.size()];
        for (ElfSection section : sections) {
            addresses[section.index()] = section.address();
        }
        if (file.type() == ElfFile.ET_REL) {
            place(sections, addresses);
        }
        return new SectionLayout(addresses);
    }

    private static void place(List<ElfSection> sections, long[] addresses) {
        long base = FIRST_ADDRESS;
        long end = base;
        boolean isFirst = true;
        for (int i = 0; i < addresses.length; i++) {
            ElfSection section = sections.get(i);
            if ((section.flags() & ElfSection.SHF_ALLOC) == 0) {
                continue;
            }
            if (section.address() != 0) {
                end = Math.max(end, section.address() + section.size());
                continue;
            }
            long alignment = alignment(section);
            if (isFirst) {
                base = roundUp(base, alignment);
                end = base;
                isFirst = false;
            } else if ((base & alignment - 1) != 0) {
                base = roundUp(base, alignment);
                end = base;
                isFirst = true;
                i = -1;
                continue;
            }
            addresses[i] = roundUp(end, alignment);
            end = addresses[i] + section.size();
        }
    }

    /** What no address can be a multiple of, for it is no power of two or too large, counts as no alignment. */
    private static long alignment(ElfSection section) {
        long alignment = section.alignment();
        return Long.bitCount(alignment) == 1 && alignment <= 1L << 40 && alignment > 0 ? alignment : 1;
    }

    private static long roundUp(long address, long alignment) {
        return address + alignment - 1 & -alignment;
    }

    /**
     * Returns the address of a section.
     *
     * @param section section number
     * @return its address; 0 if it takes no memory
     */
    public long address(int section) {
        return addresses[section];
    }
}
