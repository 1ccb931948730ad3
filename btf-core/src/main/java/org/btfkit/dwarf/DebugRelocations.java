package org.btfkit.dwarf;

import java.io.IOException;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Applies the relocations of a relocatable file to its debug sections: to each place goes the address of the symbol's
 * section, plus the symbol's value, plus the addend.
 *
 * <p>Places of symbols that are defined elsewhere stay as they are. Costs one pass over the table; entries may come in
 * any order.
 */
final class DebugRelocations {
    private final ElfFile file;
    private final SectionLayout layout;
    private final Numbers numbers;

    /** By symbol: what it stands for; filled at the first table. */
    private long[] values;

    /** By symbol: whether it has a value. */
    private boolean[] defined;

    DebugRelocations(ElfFile file, SectionLayout layout) {
        this.file = file;
        this.layout = layout;
        this.numbers = new Numbers(file.order());
    }

    /**
     * Relocates a section.
     *
     * @param section the section
     * @param bytes its bytes after decompression; changed
     */
    void apply(ElfSection section, byte[] bytes) throws IOException {
        for (ElfSection table : file.relocationsOf(section)) {
            readSymbols(table);
            if (table.type() != ElfSection.SHT_REL && table.type() != ElfSection.SHT_RELA) {
                throw fault(
                        table,
                        "relocations of type 0x" + Integer.toHexString(table.type()) + ", expected SHT_REL or SHT_RELA",
                        0);
            }
            apply(ElfRelocations.of(file, table), bytes);
        }
    }

    private void readSymbols(ElfSection table) throws IOException {
        if (values != null) {
            return;
        }
        ElfSymbols symbols = file.symbols();
        if (symbols == null) {
            throw fault(table, "relocations without a symbol table", 0);
        }
        long[] found = new long[symbols.count()];
        defined = new boolean[symbols.count()];
        for (int i = 0; i < found.length; i++) {
            int section = symbols.sectionIndex(i);
            // Symbol 0 is none: a relocation with it is a number as such.
            defined[i] = i == 0 || section != ElfSymbols.SHN_UNDEF;
            found[i] = symbols.value(i);
            if (section > 0 && section < file.sections().size()) {
                boolean isAlloc = (file.sections().get(section).flags() & ElfSection.SHF_ALLOC) != 0;
                found[i] += isAlloc ? layout.address(section) : 0;
            }
        }
        values = found;
    }

    private void apply(ElfRelocations relocations, byte[] bytes) {
        int machine = file.machine();
        int lastType = 0;
        int width = RelocationKinds.LEAVE;
        for (int i = 0; i < relocations.count(); i++) {
            int type = relocations.type(i);
            if (type != lastType) {
                width = RelocationKinds.width(machine, type);
                lastType = type;
            }
            if (width == RelocationKinds.LEAVE) {
                continue;
            }
            int symbol = relocations.symbol(i);
            long place = relocations.place(i);
            if (width == RelocationKinds.UNKNOWN) {
                throw fault(
                        relocations.section(),
                        "relocation " + i + " is of type " + type + " of machine " + machine
                                + ", which has no place in debug information",
                        place);
            }
            if (place < 0 || place > bytes.length - width) {
                throw fault(
                        relocations.section(),
                        "relocation " + i + " of " + width + " bytes past the section (" + bytes.length + " bytes)",
                        place);
            }
            if (symbol < 0 || symbol >= values.length) {
                throw fault(
                        relocations.section(),
                        "relocation " + i + ": symbol " + Integer.toUnsignedString(symbol) + ", expected below "
                                + values.length,
                        place);
            }
            if (defined[symbol]) {
                write(relocations, i, bytes, (int) place, width, values[symbol]);
            }
        }
    }

    private void write(ElfRelocations relocations, int entry, byte[] bytes, int place, int width, long symbol) {
        long addend = relocations.hasAddends() ? relocations.addend(entry) : numbers.word(bytes, place, width);
        if (width == 8) {
            numbers.put8(bytes, place, symbol + addend);
        } else {
            numbers.put4(bytes, place, (int) (symbol + addend));
        }
    }

    private DwarfFormatException fault(ElfSection table, String what, long place) {
        return new DwarfFormatException(
                file.toString(),
                "section " + table + ": " + what,
                file.sections().get(table.info()).name(),
                place);
    }
}
