package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ModuleSignature;
import org.btfkit.resolve.ResolveException.Reason;

/** Refuses changes that something else in the object depends on. */
final class WriteGuard {
    private final ElfFile file;
    private final ElfSection section;
    private final Int2IntMap movedSymbols;

    private WriteGuard(IdsSection ids, Int2IntMap movedSymbols) {
        this.file = ids.file();
        this.section = ids.section();
        this.movedSymbols = movedSymbols;
    }

    /**
     * Checks the relocations of an object.
     *
     * @param movedSymbols symbol table index to new offset in the section
     * @throws ResolveException if one is within .BTF_ids, or refers to a symbol that would move
     */
    static void checkRelocations(IdsSection ids, Int2IntMap movedSymbols) throws IOException {
        WriteGuard guard = new WriteGuard(ids, movedSymbols);
        for (ElfSection section : guard.file.sections()) {
            switch (section.type()) {
                case ElfSection.SHT_REL, ElfSection.SHT_RELA -> guard.checkEntries(section);
                case ElfSection.SHT_RELR -> guard.checkPacked(section);
                case ElfSection.SHT_CREL ->
                    throw guard.refusal("compact relocations in section " + section
                            + ", which are not understood; use relocations of type REL or RELA");
                default -> {}
            }
        }
    }

    /**
     * Finds what part of the object may be kept.
     *
     * @return its length without a signature, which a change would invalidate
     * @throws ResolveException if it is signed and the signature is not to be stripped
     */
    static long unsignedLength(ElfFile file, boolean stripSignature) throws IOException {
        ModuleSignature signature = ModuleSignature.find(file);
        if (signature == null) {
            return file.size();
        }
        if (!stripSignature) {
            throw new ResolveException(
                    Reason.SIGNATURE,
                    file + ": has a module signature (" + signature.size()
                            + " bytes at 0x" + Long.toHexString(signature.offset())
                            + "), which a change would invalidate");
        }
        return signature.offset();
    }

    private void checkEntries(ElfSection table) throws IOException {
        boolean relocatable = file.type() == ElfFile.ET_REL;
        if (relocatable && table.info() == section.index() && table.size() > 0) {
            throw refusal("relocations inside it (section " + table + "), expected plain words; relink the object");
        }
        boolean namesSymbols = file.symbols() != null
                && table.link() == file.symbols().section().index();
        if (relocatable && (!namesSymbols || movedSymbols.isEmpty())) {
            return;
        }
        ElfRelocations relocations = ElfRelocations.of(file, table);
        for (int i = 0; i < relocations.count(); i++) {
            if (!relocatable) {
                checkPlace(relocations.place(i), table);
            }
            int symbol = relocations.symbol(i);
            if (namesSymbols && movedSymbols.containsKey(symbol)) {
                throw refusal("a relocation in section " + table + " refers to symbol "
                        + file.symbols().name(symbol) + ", which sorting its set would move; relink the object"
                        + " without that reference");
            }
        }
    }

    /** RELR: an even word is the address of a relocation, an odd one a bitmap of the words after the last. */
    private void checkPacked(ElfSection table) throws IOException {
        int wordBytes = file.is64() ? 8 : 4;
        ByteBuffer words = ByteBuffer.wrap(file.bytes(table)).order(file.order());
        long next = 0;
        while (words.remaining() >= wordBytes) {
            long word = file.is64() ? words.getLong() : words.getInt() & 0xffffffffL;
            if ((word & 1) == 0) {
                checkPlace(word, table);
                next = word + wordBytes;
                continue;
            }
            for (int bit = 1; bit < 8 * wordBytes; bit++) {
                if ((word >>> bit & 1) != 0) {
                    checkPlace(next + (long) (bit - 1) * wordBytes, table);
                }
            }
            next += (8L * wordBytes - 1) * wordBytes;
        }
    }

    private void checkPlace(long address, ElfSection table) {
        if (address >= section.address() && address - section.address() < section.size()) {
            throw refusal("a relocation inside it at address 0x" + Long.toHexString(address) + " (section " + table
                    + "), expected plain words; relink the object");
        }
    }

    private ResolveException refusal(String why) {
        return new ResolveException(Reason.DEPENDENCY, file + ": " + IdsSection.NAME + ": " + why);
    }
}
