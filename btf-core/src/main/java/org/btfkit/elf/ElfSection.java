package org.btfkit.elf;

/**
 * A section header ({@code Elf32_Shdr} or {@code Elf64_Shdr}).
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param index section number; 0 is the null section
 * @param name name from the section name string table
 * @param type {@code sh_type}, an {@code SHT_} value
 * @param flags {@code sh_flags}
 * @param address {@code sh_addr}, 0 in relocatable files
 * @param offset where its bytes begin in the file
 * @param size its size in bytes
 * @param link {@code sh_link}, a section number
 * @param info {@code sh_info}
 * @param alignment {@code sh_addralign}, in bytes
 * @param entrySize {@code sh_entsize}, in bytes
 */
public record ElfSection(
        int index,
        String name,
        int type,
        long flags,
        long address,
        long offset,
        long size,
        int link,
        int info,
        long alignment,
        long entrySize) {

    /** Type of the null section, whatever its header says, and of sections that are not in use. */
    public static final int SHT_NULL = 0;

    /** Type of a section whose bytes mean what its program makes of them. */
    public static final int SHT_PROGBITS = 1;

    /** Type of a symbol table. */
    public static final int SHT_SYMTAB = 2;

    /** Type of a string table. */
    public static final int SHT_STRTAB = 3;

    /** Type of a section of relocations with addends. */
    public static final int SHT_RELA = 4;

    /** Type of a section that takes no bytes in the file. */
    public static final int SHT_NOBITS = 8;

    /** Type of a section of relocations without addends. */
    public static final int SHT_REL = 9;

    /** Type of the symbol table that a linked file has in memory. */
    public static final int SHT_DYNSYM = 11;

    /** Type of a section that lists others which only make sense together. */
    public static final int SHT_GROUP = 17;

    /** Type of the table that holds section numbers too large for a symbol. */
    public static final int SHT_SYMTAB_SHNDX = 18;

    /** Type of a section of packed relative relocations. */
    public static final int SHT_RELR = 19;

    /** Type of a section of compact relocations (LLVM). */
    public static final int SHT_CREL = 0x40000014;

    /** Flag of a section that has its place in memory. */
    public static final long SHF_ALLOC = 1 << 1;

    /** Flag of a section of code. */
    public static final long SHF_EXECINSTR = 1 << 2;

    /** Flag of a section whose {@code sh_info} is a section number. */
    public static final long SHF_INFO_LINK = 1 << 6;

    /** Flag of a section whose bytes are compressed. */
    public static final long SHF_COMPRESSED = 1 << 11;

    /**
     * Tells whether the section has bytes in the file.
     *
     * @return false for the null section and others of its type, and for NOBITS sections such as .bss
     */
    public boolean hasBytes() {
        return type != SHT_NOBITS && type != SHT_NULL;
    }

    /** Tells whether the section has relocations; {@code sh_info} is then the section that they change. */
    boolean isRelocation() {
        return type == SHT_REL || type == SHT_RELA || type == SHT_CREL;
    }

    /** Tells whether {@code sh_info} is a section number. */
    boolean infoIsSection() {
        return isRelocation() || (flags & SHF_INFO_LINK) != 0;
    }

    @Override
    public String toString() {
        return "[" + index + "] " + name;
    }
}
