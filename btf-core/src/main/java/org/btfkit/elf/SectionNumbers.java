package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * Gives sections new numbers where others are removed, in all places of a file that have such numbers: {@code sh_link},
 * {@code sh_info}, symbols, the table of large section numbers, and section groups.
 *
 * <p>Nothing may refer to a removed section that is not removed itself.
 */
final class SectionNumbers {
    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_XINDEX = 0xffff;

    private final ElfFile file;
    private final BitSet removed;
    private final int[] numbers;

    /**
     * Numbers the sections.
     *
     * @param file the file
     * @param removed the numbers of the sections to remove
     */
    SectionNumbers(ElfFile file, BitSet removed) {
        this.file = file;
        this.removed = removed;
        this.numbers = new int[file.sections().size()];
        int next = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = removed.get(i) ? -1 : next++;
        }
    }

    /** Returns the new number of a section that is kept. */
    int of(int section) {
        return numbers[section];
    }

    /**
     * Writes the new numbers.
     *
     * @param table the section headers
     * @param contents where to put new contents of sections, and where new contents are already
     * @throws IOException if reading fails
     * @throws ElfFormatException if something refers to a removed section, or to none
     */
    void rewrite(SectionTable table, Map<Integer, byte[]> contents) throws IOException {
        if (removed.get(file.namesIndex())) {
            throw new ElfFormatException(
                    file.toString(),
                    "section " + file.sections().get(file.namesIndex()) + " has the section names, it must stay",
                    file.sections().get(file.namesIndex()).offset());
        }
        for (ElfSection section : file.sections()) {
            if (removed.get(section.index()) || section.type() == ElfSection.SHT_NULL) {
                continue;
            }
            table.setLink(section.index(), renumbered(section.link(), section, "sh_link"));
            if (section.infoIsSection()) {
                table.setInfo(section.index(), renumbered(section.info(), section, "sh_info"));
            }
            byte[] old = contents.containsKey(section.index()) ? contents.get(section.index()) : null;
            if (section.type() == ElfSection.SHT_SYMTAB || section.type() == ElfSection.SHT_DYNSYM) {
                rewriteSymbols(section, old, contents);
            } else if (section.type() == ElfSection.SHT_GROUP) {
                rewriteGroup(section, old, contents);
            }
        }
    }

    private int renumbered(int number, ElfSection user, String where) {
        if (number < 0 || number >= numbers.length) {
            return number; // no section now, nor later
        }
        if (removed.get(number)) {
            throw new ElfFormatException(
                    file.toString(),
                    "section " + file.sections().get(number) + " cannot be removed: section " + user + " refers to it ("
                            + where + ")",
                    user.offset());
        }
        return numbers[number];
    }

    private ByteBuffer bytes(ElfSection section, byte[] current) throws IOException {
        return ByteBuffer.wrap(current == null ? file.bytes(section) : current.clone())
                .order(file.order());
    }

    private void keep(ElfSection section, ByteBuffer bytes, Map<Integer, byte[]> contents) throws IOException {
        if (!Arrays.equals(bytes.array(), file.bytes(section))) {
            file.requireAlone(section);
            contents.put(section.index(), bytes.array());
        }
    }

    private void rewriteGroup(ElfSection group, byte[] current, Map<Integer, byte[]> contents) throws IOException {
        ByteBuffer words = bytes(group, current);
        for (int at = 4; at + 4 <= words.capacity(); at += 4) {
            words.putInt(at, renumbered(words.getInt(at), group, "member of the group"));
        }
        keep(group, words, contents);
    }

    private void rewriteSymbols(ElfSection symtab, byte[] current, Map<Integer, byte[]> contents) throws IOException {
        ElfSection large = null;
        for (ElfSection section : file.sections()) {
            if (section.type() == ElfSection.SHT_SYMTAB_SHNDX && section.link() == symtab.index()) {
                large = section;
            }
        }
        ByteBuffer symbols = bytes(symtab, current);
        ByteBuffer largeNumbers = large == null ? null : bytes(large, contents.get(large.index()));
        int entryBytes = file.is64() ? 24 : 16;
        for (int i = 0; (i + 1) * entryBytes <= symbols.capacity(); i++) {
            int at = i * entryBytes + (file.is64() ? 6 : 14);
            int number = symbols.getShort(at) & 0xffff;
            boolean isLarge = number == SHN_XINDEX && largeNumbers != null && i * 4 + 4 <= largeNumbers.capacity();
            if (isLarge) {
                number = largeNumbers.getInt(i * 4);
            } else if (number >= SHN_LORESERVE) {
                continue;
            }
            int renumbered = renumbered(number, symtab, "symbol " + i);
            if (renumbered == number) {
                continue;
            }
            if (isLarge) {
                largeNumbers.putInt(i * 4, renumbered < SHN_LORESERVE ? 0 : renumbered);
            }
            symbols.putShort(at, (short) (renumbered < SHN_LORESERVE ? renumbered : SHN_XINDEX));
        }
        keep(symtab, symbols, contents);
        if (large != null) {
            keep(large, largeNumbers, contents);
        }
    }
}
