package org.btfkit.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.dwarf.SectionLayout;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/** The sections of an object in which variables may be, and which of them are wanted. */
final class VariableSections {
    private static final String PER_CPU = ".data..percpu";

    private final ElfFile file;
    private final List<ElfSection> sections;
    private final SectionLayout layout;
    private final boolean[] isWanted;
    private final boolean hasWanted;

    /** By section: the names of its data symbols; filled when asked for. */
    private final Map<Integer, Set<String>> symbolNames = new HashMap<>();

    VariableSections(ElfFile file, SectionLayout layout, EncodeOptions options) {
        this.file = file;
        this.layout = layout;
        this.sections = file.sections();
        this.isWanted = new boolean[sections.size()];
        boolean any = false;
        for (ElfSection section : sections) {
            boolean isPerCpu = section.name().equals(PER_CPU);
            isWanted[section.index()] = options.has(Feature.GLOBAL_VAR) || isPerCpu && options.has(Feature.VAR);
            any |= isWanted[section.index()];
        }
        this.hasWanted = any;
    }

    /** Tells whether variables are wanted at all. */
    boolean hasWanted() {
        return hasWanted;
    }

    /**
     * Finds the section of an address: the first that has it, of those with bytes of their own or none. Sections that
     * take no memory are at address 0 and take part.
     *
     * @return section number, 0 if there is none
     */
    int find(long address) {
        for (int i = 1; i < isWanted.length; i++) {
            ElfSection section = sections.get(i);
            boolean isData = section.type() == ElfSection.SHT_PROGBITS || section.type() == ElfSection.SHT_NOBITS;
            long offset = address - layout.address(i);
            if (isData
                    && Long.compareUnsigned(layout.address(i), address) <= 0
                    && Long.compareUnsigned(offset, section.size()) < 0) {
                return i;
            }
        }
        return 0;
    }

    boolean isWanted(int section) {
        return isWanted[section];
    }

    long offset(int section, long address) {
        return address - layout.address(section);
    }

    String name(int section) {
        return sections.get(section).name();
    }

    int count() {
        return isWanted.length;
    }

    /** Tells whether a data symbol of a name is in a section. */
    synchronized boolean hasSymbol(int section, String name) {
        return symbolNames.computeIfAbsent(section, this::symbolNames).contains(name);
    }

    private Set<String> symbolNames(int section) {
        Set<String> names = new HashSet<>();
        try {
            ElfSymbols symbols = file.symbols();
            for (int i = 0; i < symbols.count(); i++) {
                if (symbols.type(i) == ElfSymbols.STT_OBJECT && symbols.sectionIndex(i) == section) {
                    names.add(symbols.name(i));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
