package org.btfkit.btf.relo;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * A BPF object as a loader sees it: its BTF, its programs and their instructions, and which of these depend on a
 * target's types. All of it is read at once, so that the file may be closed. Immutable and safe for use by several
 * threads.
 */
public final class BpfObject {
    private final String source;
    private final ByteOrder order;
    private final Btf btf;
    private final BtfExt ext;
    private final List<ElfSection> sections;
    private final byte[][] contents;
    private final long[][] insns;
    private final ElfSymbols symbols;
    private final List<ElfRelocations> elfRelocations;
    private final List<BpfProgram> programs;
    private final List<CoreRelocation> relocations;
    private final String loadFault;
    private final LineTable lines;

    BpfObject(BpfObjectReader reader) {
        this.source = reader.source;
        this.order = reader.order;
        this.btf = reader.btf;
        this.ext = reader.ext;
        this.sections = reader.sections;
        this.contents = reader.contents;
        this.insns = reader.insns;
        this.symbols = reader.symbols;
        this.elfRelocations = List.copyOf(reader.elfRelocations);
        this.programs = List.copyOf(reader.programs);
        this.relocations = List.copyOf(reader.relocations);
        this.loadFault = reader.loadFault;
        this.lines = new LineTable(reader.ext, reader.btf, reader::sectionOf);
    }

    /**
     * Reads an object.
     *
     * @param path an ELF file for BPF, plain or compressed
     * @return the object
     * @throws IOException if reading fails
     * @throws BtfException if it is no ELF file for BPF, has no BTF, or its BTF or {@code .BTF.ext} is damaged. libbpf
     *     ignores a damaged {@code .BTF.ext} and loads the programs with the offsets of the machine that they were
     *     built on.
     */
    public static BpfObject read(Path path) throws IOException {
        try (ElfFile elf = ElfFile.open(path)) {
            return of(elf);
        }
    }

    /**
     * Reads an object that is open.
     *
     * @param elf an ELF file for BPF; not needed any more afterwards
     * @return the object
     * @throws IOException if reading fails
     * @throws BtfException as {@link #read}
     */
    public static BpfObject of(ElfFile elf) throws IOException {
        return new BpfObject(new BpfObjectReader(elf).read());
    }

    /** {@return where it came from, for messages} */
    public String source() {
        return source;
    }

    /** {@return its byte order, which is also that of its instructions and its BTF} */
    public ByteOrder order() {
        return order;
    }

    /** {@return its own BTF} */
    public Btf btf() {
        return btf;
    }

    /** {@return what it says of its instructions, or null if it has no {@code .BTF.ext}} */
    public BtfExt ext() {
        return ext;
    }

    /** {@return its ELF sections by number, the null section first} */
    public List<ElfSection> sections() {
        return sections;
    }

    /**
     * Returns the bytes of a section that has data or code.
     *
     * @param section its number
     * @return a copy of its bytes; null if it is not of SHT_PROGBITS, or not part of what is loaded
     */
    public byte[] data(int section) {
        return contents[section] == null ? null : contents[section].clone();
    }

    /**
     * Returns the instructions of a section.
     *
     * @param section its number
     * @return a copy, see {@link BpfInsn}; null if it has none
     */
    public long[] insns(int section) {
        return insns[section] == null ? null : insns[section].clone();
    }

    /** The instructions themselves, not to be written to; null if the section has none. */
    long[] ownInsns(int section) {
        return insns[section];
    }

    /** {@return its symbols, or null if it has none} */
    public ElfSymbols symbols() {
        return symbols;
    }

    /** {@return the relocations of the linker's kind, that maps, externs and calls are found by, in file order} */
    public List<ElfRelocations> elfRelocations() {
        return elfRelocations;
    }

    /** {@return its programs and functions, by section, then by place} */
    public List<BpfProgram> programs() {
        return programs;
    }

    /** {@return what depends on a target's types, in the order of {@code .BTF.ext}} */
    public List<CoreRelocation> relocations() {
        return relocations;
    }

    /**
     * Finds the program that has an instruction.
     *
     * @param section number of the section
     * @param insnOffsetBytes where the instruction begins in the section
     * @return the program; null if the instruction belongs to none, as one of a weak function that was replaced
     */
    public BpfProgram program(int section, int insnOffsetBytes) {
        int insn = insnOffsetBytes / BpfInsn.BYTES;
        int low = 0;
        int high = programs.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            BpfProgram program = programs.get(middle);
            boolean isBefore =
                    program.section() < section || program.section() == section && program.firstInsn() <= insn;
            low = isBefore ? middle + 1 : low;
            high = isBefore ? high : middle;
        }
        if (low == 0 || insnOffsetBytes < 0) {
            return null;
        }
        BpfProgram program = programs.get(low - 1);
        return program.section() == section && program.contains(insn) ? program : null;
    }

    /**
     * Finds the program that a relocation is in.
     *
     * @param relocation a relocation of this object
     * @return the program; null if its instruction belongs to none, and libbpf passes over the record
     */
    public BpfProgram program(CoreRelocation relocation) {
        return program(relocation.section(), relocation.insnOffsetBytes());
    }

    /**
     * Returns why libbpf does not open the object at all, so far as its programs tell.
     *
     * @return the fault of the first program that breaks a rule, or null if none does
     */
    public String loadFault() {
        return loadFault;
    }

    /**
     * Finds the source line of an instruction. The first call makes an index of all lines.
     *
     * @param section number of the section
     * @param insnOffsetBytes where the instruction begins in the section
     * @return the line of the nearest instruction at or before it that has one; null if there is none
     */
    public SourceLine line(int section, int insnOffsetBytes) {
        return lines.find(section, insnOffsetBytes);
    }

    @Override
    public String toString() {
        return source;
    }
}
