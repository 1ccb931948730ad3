/**
 * Reads ELF files, collects changes of bytes, symbols and sections, and writes them all at once.
 *
 * <p>Reading: {@link org.btfkit.elf.ElfFile} is what a file is; {@code ElfReader} reads and checks its headers, with
 * {@code SectionNumbers} for more than 65,279 sections, {@code SectionNames} and {@code ElfSegments}. Contents are read
 * on demand. {@link org.btfkit.elf.ElfSection} is one header; {@link org.btfkit.elf.ElfSymbols} and
 * {@link org.btfkit.elf.ElfRelocations} are views on tables, by index, without an object per entry.
 *
 * <pre>{@code
 * try (ElfFile elf = ElfFile.open(Path.of("module.ko"))) {
 *     ElfEditor editor = new ElfEditor(elf);
 *     editor.putSection(".note.mine", new byte[8], 0, 4);
 *     editor.writeTo(Path.of("noted.ko"));
 * }
 * }</pre>
 *
 * <p>Writing: {@link org.btfkit.elf.ElfEditor} collects; nothing happens before it is told to write. Then
 * {@code ElfRewrite} lists what changes, {@code ElfLayout} finds a place for each section that is new or has another
 * length, {@code SectionTable} and {@code ElfStrings} make the new tables. The law is that the bytes have no history:
 * they depend on what sections say in the end, not on the way there. {@code ModuleSignature} tells of the signature of
 * a kernel module, which no change survives.
 *
 * <p>Read {@code ElfFile}, {@code ElfEditor}, then {@code ElfLayout}. A model of whole files that is written anew was
 * decided against: what is not understood stays where it is, byte for byte, and a vmlinux of a gigabyte is not held in
 * memory. Linked addresses never move, so that no code has to change.
 */
package org.btfkit.elf;
