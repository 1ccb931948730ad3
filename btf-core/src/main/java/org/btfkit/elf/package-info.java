/**
 * Reads ELF files and changes bytes, symbols and sections of them.
 *
 * <p>{@link org.btfkit.elf.ElfFile} reads headers eagerly and contents on demand; {@link org.btfkit.elf.ElfSymbols} and
 * {@link org.btfkit.elf.ElfRelocations} are flat views on tables; {@link org.btfkit.elf.ElfEditor} collects changes and
 * writes them atomically.
 */
package org.btfkit.elf;
