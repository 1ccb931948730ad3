package org.btfkit.btf.relo;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfFormatException;
import org.btfkit.elf.ElfMachine;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Reads what {@link BpfObject} holds. The rules of programs are libbpf's {@code bpf_object__add_programs}; where it
 * would not open the object, what it would say is kept, and the program left out.
 */
final class BpfObjectReader {
    private final ElfFile elf;
    private final Map<String, Integer> byName = new HashMap<>();

    final String source;
    final ByteOrder order;
    final List<ElfSection> sections;
    final byte[][] contents;
    final long[][] insns;
    final List<ElfRelocations> elfRelocations = new ArrayList<>();
    final List<BpfProgram> programs = new ArrayList<>();
    final List<CoreRelocation> relocations = new ArrayList<>();

    Btf btf;
    BtfExt ext;
    ElfSymbols symbols;
    String loadFault;

    BpfObjectReader(ElfFile elf) {
        this.elf = elf;
        this.source = elf.toString();
        this.order = elf.order();
        this.sections = elf.sections();
        this.contents = new byte[sections.size()][];
        this.insns = new long[sections.size()][];
    }

    BpfObjectReader read() throws IOException {
        if (elf.machine() != ElfMachine.EM_BPF) {
            throw new ElfFormatException(
                    source,
                    "for machine " + elf.machine() + ", expected " + ElfMachine.EM_BPF
                            + ", a BPF object as clang -target" + " bpf makes it",
                    18);
        }
        @SuppressWarnings("resource") // the file is the caller's to close
        BtfSource file = BtfSource.of(elf);
        if (!file.hasBtf()) {
            throw new BtfException(source + ": no section .BTF, expected one; compile with -g");
        }
        btf = file.btf(null);
        ext = file.ext();
        symbols = elf.symbols();
        readSections();
        if (symbols != null) {
            addPrograms();
        }
        programs.sort(Comparator.comparingInt(BpfProgram::section).thenComparingInt(BpfProgram::firstInsn));
        if (ext != null) {
            addRelocations();
        }
        return this;
    }

    /** The number of the first section of a name, 0 if there is none. */
    int sectionOf(String name) {
        return byName.getOrDefault(name, 0);
    }

    private void readSections() throws IOException {
        for (ElfSection section : sections) {
            byName.putIfAbsent(section.name(), section.index());
            if (section.type() == ElfSection.SHT_PROGBITS && (section.flags() & ElfSection.SHF_ALLOC) != 0) {
                contents[section.index()] = elf.bytes(section);
                if ((section.flags() & ElfSection.SHF_EXECINSTR) != 0) {
                    insns[section.index()] = BpfInsn.read(contents[section.index()], order);
                }
            } else if ((section.type() == ElfSection.SHT_REL || section.type() == ElfSection.SHT_RELA)
                    && section.size() > 0) {
                elfRelocations.add(ElfRelocations.of(elf, section));
            }
        }
    }

    private void addPrograms() {
        for (ElfSection section : sections) {
            if (insns[section.index()] == null || section.size() == 0) {
                continue;
            }
            for (int i = 1; i < symbols.count(); i++) {
                if (symbols.type(i) == ElfSymbols.STT_FUNC && symbols.sectionIndex(i) == section.index()) {
                    addProgram(section, i);
                }
            }
        }
    }

    private void addProgram(ElfSection section, int symbol) {
        long from = symbols.value(symbol);
        long size = symbols.size(symbol);
        String name = symbols.name(symbol);
        boolean isGlobal = symbols.binding(symbol) != 0;
        if (from < 0 || size < 0 || from > section.size() || size > section.size() - from) {
            fault(
                    section,
                    name,
                    "bytes " + from + ".." + (from + size) + " past the end of the section (" + section.size()
                            + " bytes)");
        } else if (size == 0 || size % BpfInsn.BYTES != 0 || from % BpfInsn.BYTES != 0) {
            fault(section, name, size + " bytes at byte " + from + ", expected whole instructions of 8 bytes");
        } else {
            if (!isGlobal && !section.name().equals(".text")) {
                fault(section, name, "a static function outside of .text, which libbpf does not support");
            }
            programs.add(new BpfProgram(
                    name,
                    section.index(),
                    section.name(),
                    (int) (from / BpfInsn.BYTES),
                    (int) (size / BpfInsn.BYTES),
                    isGlobal));
        }
    }

    private void fault(ElfSection section, String program, String what) {
        if (loadFault == null) {
            loadFault = source + ": section " + section.name() + ": program '" + program + "': " + what;
        }
    }

    private void addRelocations() {
        for (BtfExt.Group<BtfExt.CoreRelo> group : ext.coreRelo()) {
            int nameOff = group.sectionNameOff();
            boolean hasName = nameOff >= 0 && nameOff < btf.stringEnd();
            String sectionName = hasName ? btf.string(nameOff) : "";
            int section = sectionOf(sectionName);
            int record = 0;
            for (BtfExt.CoreRelo relo : group.records()) {
                int accessOff = relo.accessStrOff();
                relocations.add(new CoreRelocation(
                        relocations.size(),
                        section,
                        sectionName,
                        record++,
                        relo.insnOffBytes(),
                        CoreKind.of(relo.kind()),
                        relo.kind(),
                        relo.typeId(),
                        accessOff < 0 || accessOff >= btf.stringEnd() ? null : btf.string(accessOff)));
            }
        }
    }
}
