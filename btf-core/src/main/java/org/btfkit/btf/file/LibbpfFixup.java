package org.btfkit.btf.file;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfMachine;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Makes of a BPF object's BTF what libbpf hands to the kernel.
 *
 * <p>A compiler does not know where its sections will end: clang leaves the size of a DATASEC and the offsets of global
 * variables 0, and describes externs as such. The kernel takes none of that. Before loading, libbpf takes what is
 * missing from the ELF file:
 *
 * <ol>
 *   <li>externs ({@code bpf_object__collect_externs}): an undefined symbol is described by a VAR or FUNC of linkage
 *       extern. In {@code .ksyms} each becomes a global variable of 4 bytes, whatever it is; a function stays global, a
 *       variable {@code dummy_ksym} takes its place in the section and lends its name to parameters without one. In
 *       {@code .kconfig} they get their places by descending alignment, size and name.
 *   <li>sections ({@code btf_fixup_datasec}): where the size of a DATASEC is 0, it is that of the ELF section of its
 *       name, and global variables are where their symbols say; those of static ones the compiler knew. Hidden
 *       variables become static. The variables of each section are sorted by offset.
 *   <li>functions ({@code bpf_object__sanitize_and_load_btf}): hidden ones in {@code .text} become static.
 * </ol>
 *
 * <p>Ids stay; there may be one type more. What libbpf would refuse is refused, by the name of what is missing. Linear
 * time but for the sorting.
 */
final class LibbpfFixup {
    private static final int STATIC = BtfType.Linkage.STATIC.ordinal();
    private static final int GLOBAL = BtfType.Linkage.GLOBAL.ordinal();
    private static final int EXTERN = BtfType.Linkage.EXTERN.ordinal();

    private final Btf btf;
    private final ElfFile elf;
    private final ElfSymbols symbols;
    private final BtfBuilder builder;
    private final FlatTypes types;

    /** The sections by type id, in their order. */
    private final Map<Integer, DatasecEdit> datasecs = new LinkedHashMap<>();

    private LibbpfFixup(Btf btf, ElfFile elf) throws IOException {
        this.btf = btf;
        this.elf = elf;
        this.symbols = elf.symbols();
        this.builder = BtfBuilder.copyOf(btf);
        this.types = FlatAccess.of(btf);
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (types.kind(typeId) == BtfKind.DATASEC) {
                datasecs.put(typeId, new DatasecEdit(types, typeId));
            }
        }
    }

    /** Tells whether libbpf would load a file as a BPF object. */
    static boolean isBpfObject(ElfFile elf) {
        return elf.machine() == ElfMachine.EM_BPF && elf.type() == ElfFile.ET_REL && elf.is64();
    }

    /**
     * Makes the BTF for the kernel.
     *
     * @param btf the BTF of a BPF object; is not changed
     * @param elf the object
     * @return the BTF as it is loaded
     * @throws BtfException if libbpf would refuse the object for what its BTF says
     */
    static Btf apply(Btf btf, ElfFile elf) throws IOException {
        LibbpfFixup fixup = new LibbpfFixup(btf, elf);
        if (fixup.symbols != null) {
            new LibbpfExterns(btf, fixup.symbols, fixup.builder, fixup.datasecs).fix();
        }
        fixup.fixSections();
        if (fixup.symbols != null) {
            fixup.hideFunctions();
        }
        try {
            return fixup.builder.build(btf.source());
        } catch (IllegalArgumentException e) {
            throw new BtfException(e.getMessage(), e);
        }
    }

    private void fixSections() {
        Map<String, ElfSection> sections = new HashMap<>();
        elf.sections().forEach(section -> sections.putIfAbsent(section.name(), section));
        Map<String, Integer> variables = symbols == null ? Map.of() : variables();
        datasecs.forEach((typeId, section) -> {
            String name = btf.name(typeId);
            if (!name.equals(LibbpfExterns.KCONFIG) && !name.equals(LibbpfExterns.KSYMS)) {
                fixSection(typeId, section, sections.get(name), variables);
            }
            section.write(builder);
        });
    }

    private void fixSection(int sectionId, DatasecEdit datasec, ElfSection section, Map<String, Integer> variables) {
        boolean isOpen = btf.sizeOrType(sectionId) == 0;
        if (isOpen) {
            if (section == null || section.size() == 0) {
                throw TypeFaults.at(
                        types, sectionId, "size 0, and the object has no section of that name to take it from");
            }
            builder.edit(sectionId).size((int) Math.min(section.size(), Words.unsigned(-1)));
        }
        for (int i = 0; i < datasec.count(); i++) {
            int typeId = datasec.typeId(i);
            if (btf.kind(typeId) != BtfKind.VAR) {
                throw TypeFaults.at(
                        types, sectionId, "variable " + i + " is " + btf.describe(typeId) + ", expected a VAR");
            }
            int linkage = types.varLinkage(typeId);
            if (linkage == STATIC || linkage == EXTERN) {
                continue;
            }
            Integer symbol = variables.get(btf.name(typeId));
            if (symbol == null) {
                throw TypeFaults.at(
                        types,
                        sectionId,
                        "variable " + i + ": no global symbol for " + btf.describe(typeId) + " in the object");
            }
            if (isOpen) {
                datasec.setOffset(i, (int) symbols.value(symbol));
            }
            if (isHidden(symbol)) {
                builder.edit(typeId).linkage(BtfType.Linkage.STATIC);
            }
        }
    }

    /** Global symbols of data by name; the first of a name is the one. */
    private Map<String, Integer> variables() {
        Map<String, Integer> found = new HashMap<>();
        for (int i = 1; i < symbols.count(); i++) {
            if (symbols.type(i) == ElfSymbols.STT_OBJECT && isGlobal(symbols, i)) {
                found.putIfAbsent(symbols.name(i), i);
            }
        }
        return found;
    }

    /** Subprograms are in {@code .text}; without any program but one, that is no subprogram. */
    private void hideFunctions() {
        Map<String, Integer> hidden = new HashMap<>();
        int functions = 0;
        for (int i = 1; i < symbols.count(); i++) {
            int section = symbols.sectionIndex(i);
            if (symbols.type(i) != ElfSymbols.STT_FUNC
                    || section <= 0
                    || section >= elf.sections().size()) {
                continue;
            }
            functions++;
            if (isGlobal(symbols, i)
                    && isHidden(i)
                    && elf.sections().get(section).name().equals(".text")) {
                hidden.put(symbols.name(i), i);
            }
        }
        for (int typeId = 1; functions > 1 && typeId < btf.typeCount(); typeId++) {
            boolean isGlobal = btf.kind(typeId) == BtfKind.FUNC && btf.vlen(typeId) == GLOBAL;
            if (isGlobal && hidden.remove(btf.name(typeId)) != null) {
                builder.edit(typeId).linkage(BtfType.Linkage.STATIC);
            }
        }
    }

    static boolean isGlobal(ElfSymbols symbols, int symbol) {
        int binding = symbols.binding(symbol);
        return binding == ElfSymbols.STB_GLOBAL || binding == ElfSymbols.STB_WEAK;
    }

    private boolean isHidden(int symbol) {
        int visibility = symbols.visibility(symbol);
        return visibility == ElfSymbols.STV_HIDDEN || visibility == ElfSymbols.STV_INTERNAL;
    }
}
