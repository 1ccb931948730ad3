package org.btfkit.encode;

import java.io.IOException;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dwarf.DebugInfo;
import org.btfkit.dwarf.DwarfSection;
import org.btfkit.dwarf.DwarfSections;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSymbols;

/** Encodes one object, up to where types are deduplicated. */
final class ObjectEncoder {
    private static final int HEADER_BYTES = 32;

    private final ElfFile file;
    private final BaseIndex base;
    private final EncodeOptions options;
    private final EncodeListener listener;

    ObjectEncoder(ElfFile file, BaseIndex base, EncodeOptions options, EncodeListener listener) {
        this.file = file;
        this.base = base;
        this.options = options;
        this.listener = listener;
    }

    /** Returns the BTF with each type as often as units have it; null if there is no unit to encode. */
    Btf encode() throws IOException {
        DebugInfo dwarf = DebugInfo.of(file);
        DwarfSections sections = dwarf.sections();
        if (sections.has(DwarfSection.TYPES)) {
            throw new BtfException(file + ": has type units (section " + DwarfSection.TYPES.sectionName()
                    + "), which are not read; compile without -fdebug-types-section");
        }
        if (dwarf.units().isEmpty()) {
            return null;
        }
        ElfSymbols symbols = file.symbols();
        if (symbols == null) {
            throw new BtfException(file + ": has DWARF but no symbol table, expected a file that is not stripped");
        }
        FunctionTable functions = new FunctionTable(symbols, sections.bytes(DwarfSection.STR).length);
        if (options.has(Feature.DECL_TAG_KFUNCS)) {
            Kfuncs.find(file, functions);
        }
        VariableSections variables = new VariableSections(file, sections.layout(), options);
        ObjectAssembly assembly = new ObjectAssembly(sections, base, variables);
        encodeUnits(dwarf, assembly, functions, variables);
        return assembly.units() == 0 ? null : finish(assembly, functions);
    }

    private void encodeUnits(
            DebugInfo dwarf, ObjectAssembly assembly, FunctionTable functions, VariableSections variables)
            throws IOException {
        if (MergedUnits.areMerged(dwarf)) {
            dwarf.join();
            UnitBtf unit = new UnitEncoder(dwarf, options, listener, functions, variables).encode(dwarf.units());
            if (unit != null) {
                assembly.next(unit).run();
            }
        } else {
            new UnitPipeline(dwarf.units(), assembly, options.threads(), listener)
                    .run(() -> new UnitEncoder(dwarf, options, listener, functions, variables));
        }
        dwarf.sections().release();
    }

    private Btf finish(ObjectAssembly assembly, FunctionTable functions) {
        Tail tail = new Tail(assembly.types().nextId());
        new FunctionChoice(assembly, functions, options, listener).write(tail);
        assembly.variables().write(tail, assembly.strings());
        int firstId = base == null ? 1 : base.base().typeCount();
        if (base == null && tail.nextId() == firstId) {
            return null;
        }
        int[] words = assembly.types().join(tail.toArray());
        BtfHeader header = BtfHeader.of(file.order(), HEADER_BYTES);
        Btf btf = Btf.of(
                header, null, words, assembly.strings().toBytes(), base == null ? null : base.base(), file.toString());
        btf = btf.withPointerSize(file.is64() ? 8 : 4);
        return base == null && options.has(Feature.LAYOUT)
                ? BtfBuilder.copyOf(btf).withLayout().build()
                : btf;
    }
}
