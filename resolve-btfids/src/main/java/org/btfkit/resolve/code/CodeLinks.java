package org.btfkit.resolve.code;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfMachine;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Where the code of an object leads to. In a linked file that is in its bytes; in a relocatable one, whose sections
 * have no addresses yet, each gets one here, far from the others, and relocations say what is at a place.
 */
public final class CodeLinks {
    /** No address: what is asked for does not lead anywhere, or it is not known where to. */
    public static final long NOWHERE = -1;

    /** What a relocation to the function leads to. */
    private static final long FUNCTION = -2;

    /** How far the sections of a relocatable file are apart: more than any has bytes. */
    private static final int SECTION_SHIFT = 40;

    private static final int R_X86_64_64 = 1;
    private static final int R_X86_64_PC32 = 2;
    private static final int R_X86_64_PLT32 = 4;
    private static final int R_AARCH64_ABS64 = 257;

    private final ElfFile elf;
    private final ElfSymbols symbols;
    private final boolean isLinked;

    /** Where the function is that is called; in a relocatable file a number that no place has. */
    private long function = FUNCTION;

    private int symbol = -1;

    /** Of a relocatable file: by the address of a place what it leads to, and the relocation's type. */
    private final Map<Long, Long> targets = new HashMap<>();

    private final Map<Long, Integer> kinds = new HashMap<>();

    private CodeLinks(ElfFile elf, ElfSymbols symbols) {
        this.elf = elf;
        this.symbols = symbols;
        this.isLinked = elf.type() != ElfFile.ET_REL;
    }

    /**
     * Returns the links of an object that calls a function.
     *
     * @param elf the object, open, of 64 bits
     * @param symbols its symbols
     * @param function the name of the function
     * @return the links; null if the object has no symbol of that name
     * @throws IOException if reading fails
     */
    public static CodeLinks of(ElfFile elf, ElfSymbols symbols, String function) throws IOException {
        CodeLinks links = new CodeLinks(elf, symbols);
        byte[] bytes = function.getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < symbols.count(); i++) {
            if (symbols.nameStartsWith(i, bytes) && symbols.name(i).equals(function)) {
                links.symbol = i;
                links.function = links.isLinked ? symbols.value(i) : FUNCTION;
            }
        }
        return links.symbol < 0 ? null : links;
    }

    /**
     * Returns what reads the calls of this machine.
     *
     * @return the reader; null if there is none for the machine, or none for linked files of it
     */
    public CallReader reader() {
        return switch (elf.machine()) {
            case ElfMachine.EM_X86_64 -> new X86Calls(this);
            case ElfMachine.EM_AARCH64 -> isLinked ? null : new Arm64Calls(this);
            default -> null;
        };
    }

    boolean isLinked() {
        return isLinked;
    }

    /** Where the function is, of a linked file. */
    long function() {
        return function;
    }

    /**
     * Returns where a section is.
     *
     * @param section the section
     * @return its address, in a relocatable file the one that it got here
     */
    public long address(ElfSection section) {
        return isLinked ? section.address() : (long) section.index() << SECTION_SHIFT;
    }

    /**
     * Tells whether a section may have calls in it, and reads its relocations, if it has some.
     *
     * @param section an executable section
     * @return whether its calls are worth reading
     * @throws IOException if reading fails
     */
    public boolean mayCall(ElfSection section) throws IOException {
        if (isLinked) {
            return true;
        }
        boolean calls = false;
        for (ElfSection table : elf.relocationsOf(section)) {
            if (table.type() != ElfSection.SHT_RELA) {
                continue;
            }
            ElfRelocations relocations = ElfRelocations.of(elf, table);
            for (int i = 0; i < relocations.count() && !calls; i++) {
                calls = relocations.symbol(i) == symbol;
            }
            if (calls) {
                read(section, relocations);
            }
        }
        return calls;
    }

    private void read(ElfSection section, ElfRelocations relocations) {
        for (int i = 0; i < relocations.count(); i++) {
            long place = address(section) + relocations.place(i);
            targets.put(place, target(relocations, i));
            kinds.put(place, relocations.type(i));
        }
    }

    /** What a relocation leads to, {@link #function()} if that is the function. */
    private long target(ElfRelocations relocations, int entry) {
        int to = relocations.symbol(entry);
        if (to == symbol) {
            return function;
        }
        if (to <= 0 || to >= symbols.count()) {
            return NOWHERE;
        }
        int section = symbols.sectionIndex(to);
        if (section <= 0 || section >= elf.sections().size()) {
            return NOWHERE;
        }
        int type = relocations.type(entry);
        boolean isFromEnd = elf.machine() == ElfMachine.EM_X86_64 && (type == R_X86_64_PC32 || type == R_X86_64_PLT32);
        return address(elf.sections().get(section))
                + symbols.value(to)
                + relocations.addend(entry)
                + (isFromEnd ? Integer.BYTES : 0);
    }

    /** The places of a section that are relocated to the function. */
    long[] callsIn(ElfSection section) {
        long first = address(section);
        return targets.entrySet().stream()
                .filter(entry -> entry.getValue() == function && entry.getKey() - first >= 0)
                .mapToLong(Map.Entry::getKey)
                .filter(place -> place - first < section.size())
                .sorted()
                .toArray();
    }

    /** What a place of a relocatable file is relocated to, by a type of relocation; {@link #NOWHERE} if it is not. */
    long target(long place, int... types) {
        Integer kind = kinds.get(place);
        for (int type : types) {
            if (kind != null && kind == type) {
                return targets.get(place);
            }
        }
        return NOWHERE;
    }

    /**
     * Returns the pointer that stands at an address.
     *
     * @param address the address
     * @return where it leads to; {@link #NOWHERE} if there is none
     * @throws IOException if reading fails
     */
    public long pointerAt(long address) throws IOException {
        for (ElfSection section : elf.sections()) {
            long at = address - address(section);
            boolean isThere = section.index() != 0
                    && (section.flags() & ElfSection.SHF_ALLOC) != 0
                    && section.hasBytes()
                    && at >= 0
                    && at <= section.size() - Long.BYTES;
            if (isThere) {
                return isLinked
                        ? ByteBuffer.wrap(elf.bytes(section.offset() + at, Long.BYTES))
                                .order(elf.order())
                                .getLong()
                        : relocated(section, at);
            }
        }
        return NOWHERE;
    }

    private long relocated(ElfSection section, long at) throws IOException {
        int pointer = elf.machine() == ElfMachine.EM_X86_64 ? R_X86_64_64 : R_AARCH64_ABS64;
        for (ElfSection table : elf.relocationsOf(section)) {
            if (table.type() != ElfSection.SHT_RELA) {
                continue; // neither machine has others
            }
            ElfRelocations relocations = ElfRelocations.of(elf, table);
            for (int i = 0; i < relocations.count(); i++) {
                if (relocations.place(i) == at && relocations.type(i) == pointer) {
                    return target(relocations, i);
                }
            }
        }
        return NOWHERE;
    }
}
