package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.BytePatch;
import org.btfkit.internal.io.FileChange;
import org.btfkit.internal.io.FileSeal;

/**
 * Collects changes to an ELF file, then writes all of them at once or none.
 *
 * <p>A change that puts what is there already is none: a file without changes is not touched by {@link #writeInPlace}.
 * While sections keep their sizes, nothing moves within the file.
 *
 * <p>Where a section gets another size, or comes or goes, what is behind it moves by as little as its alignment allows:
 *
 * <ul>
 *   <li>The ELF header and the program headers stay, as does what segments hold, and in a linked file all that is
 *       allocated. None of these can change its size.
 *   <li>What is behind all of that, the section table and the section names as well, keeps its order and its offset
 *       modulo its {@code sh_addralign} (8 or 4 for the section table; 65,536 at most). It is as close behind what is
 *       in front of it as it has been, but for padding of less than its alignment, which is zero where it changes.
 *   <li>A new section goes behind everything, at the next multiple of its alignment, and has the highest number.
 *   <li>Its name is one that is in the string table already, else appended there. The name of a removed section goes if
 *       it is the last there and nothing else uses it.
 *   <li>What lies in front of something that stays, and gets another size, goes behind everything as well; there it
 *       will stay, and zeros remain. No linker leaves debug information or BTF there.
 * </ul>
 *
 * <p>None of this depends on sizes that a section has had in between: putting A and then B gives the bytes that putting
 * B gives, and removing what was added gives the bytes from before. (The exceptions are what the last rule moves, a
 * name that had been in the string table without a use, and sections without bytes that share an offset.)
 *
 * <p>Not safe for use by several threads.
 */
public final class ElfEditor {
    private final ElfFile file;
    private final Map<Integer, byte[]> contents = new TreeMap<>();
    private final Map<Integer, Long> symbolValues = new TreeMap<>();
    private final Map<String, NewSection> added = new LinkedHashMap<>();
    private final BitSet removed = new BitSet();

    /** Sections whose relocations have been told where to go. */
    private final BitSet relocated = new BitSet();

    private long length;
    private boolean symbolsAreAlone;
    private FileSeal seal;

    /**
     * Creates an editor without changes.
     *
     * @param file the file to change; it has to stay open until the changes are written
     */
    public ElfEditor(ElfFile file) {
        this.file = file;
        this.length = file.size();
    }

    /**
     * Replaces the bytes of a section by as many.
     *
     * @param section a section of the file
     * @param bytes its new bytes
     * @throws IOException if the old bytes cannot be read
     * @throws ElfFormatException if something else in the file has some of the bytes as well
     * @throws IllegalArgumentException if the size differs
     */
    public void setBytes(ElfSection section, byte[] bytes) throws IOException {
        if (bytes.length != section.size()) {
            throw new IllegalArgumentException(
                    "section " + section + " has " + section.size() + " bytes, not " + bytes.length);
        }
        setContent(section, bytes);
    }

    private void setContent(ElfSection section, byte[] bytes) throws IOException {
        if (bytes.length == section.size() && Arrays.equals(bytes, file.bytes(section))) {
            contents.remove(section.index());
        } else {
            file.requireAlone(section);
            contents.put(section.index(), bytes.clone());
        }
        removed.clear(section.index());
    }

    /**
     * Gives the section of a name other content, of any size, or adds a SHT_PROGBITS section without flags and
     * alignment.
     *
     * @param name the section's name, for example {@code .BTF}
     * @param content its bytes
     * @throws IOException if the old content cannot be read
     * @throws ElfFormatException if several sections have the name, or this one cannot change
     * @throws IllegalArgumentException if no section can have this name
     */
    public void putSection(String name, byte[] content) throws IOException {
        putSection(name, content, 0, 1);
    }

    /**
     * Gives the section of a name other content, of any size, or adds a SHT_PROGBITS section. A section that is there
     * keeps its type, flags and alignment.
     *
     * @param name the section's name, for example {@code .BTF}
     * @param content its bytes
     * @param flags {@code sh_flags} of a new section
     * @param alignment {@code sh_addralign} of a new section, in bytes
     * @throws IOException if the old content cannot be read
     * @throws ElfFormatException if several sections have the name, or this one cannot change
     * @throws IllegalArgumentException if no section can have this name, these flags or this alignment
     */
    public void putSection(String name, byte[] content, long flags, long alignment) throws IOException {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not the name of a section: '" + name + "'");
        }
        if (Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment " + alignment + ", expected a power of two");
        }
        ElfSection section = file.section(name);
        if (section == null) {
            if ((flags & ElfSection.SHF_ALLOC) != 0 && file.type() != ElfFile.ET_REL) {
                throw new IllegalArgumentException("no place in memory for section " + name + " in a linked file");
            }
            added.put(name, new NewSection(name, content.clone(), flags, alignment));
            return;
        }
        requireReplaceable(section, content.length);
        setContent(section, content);
    }

    /**
     * Tells whether a section has its place in memory, and so has to keep its size.
     *
     * <p>Linked code has the addresses of where such a section starts and ends built in, as the kernel's has
     * {@code __start_BTF} and {@code __stop_BTF}. It goes on to use these whatever the headers and the symbols of the
     * file say, and nothing in the file tells which code does so.
     *
     * @param section a section of the file
     * @return false for one that may get another size
     * @throws IOException if the program headers cannot be read
     * @throws ElfFormatException if the program headers are damaged
     */
    public boolean isInMemory(ElfSection section) throws IOException {
        return new ElfSegments(file).holds(section);
    }

    private void requireReplaceable(ElfSection section, int newSize) throws IOException {
        String fault = null;
        if (!section.hasBytes()) {
            fault = "has no bytes to replace";
        } else if ((section.flags() & ElfSection.SHF_COMPRESSED) != 0) {
            fault = "is compressed (SHF_COMPRESSED): decompress it first";
        } else if (section.index() == file.namesIndex()) {
            fault = "has the names of the sections";
        } else if (newSize != section.size()) {
            new ElfSegments(file).requireFree(file, section);
            fault = reasonToKeepSize(section);
        }
        if (fault != null) {
            throw new ElfFormatException(file.toString(), "section " + section + " " + fault, section.offset());
        }
    }

    /** What in the file counts on the size of a section, or null. */
    private String reasonToKeepSize(ElfSection section) {
        switch (section.type()) {
            case ElfSection.SHT_SYMTAB, ElfSection.SHT_DYNSYM, ElfSection.SHT_SYMTAB_SHNDX, ElfSection.SHT_GROUP -> {
                return "is a table that others count on: its size must stay " + section.size() + " bytes";
            }
            default -> {
                List<ElfSection> users = relocated.get(section.index()) ? List.of() : file.relocationsOf(section);
                return users.isEmpty()
                        ? null
                        : "has relocations, in section " + users.get(0) + ": its size must stay " + section.size()
                                + " bytes";
            }
        }
    }

    /**
     * Removes the section of a name; the sections behind it get lower numbers. Nothing happens if there is none.
     *
     * <p>That nothing refers to it is checked when the changes are written, as what does may be removed as well.
     *
     * @param name the section's name
     * @throws IOException if the program headers cannot be read
     * @throws ElfFormatException if several sections have the name, or this one has its place in memory
     */
    public void removeSection(String name) throws IOException {
        added.remove(name);
        ElfSection section = file.section(name);
        if (section != null && section.index() != 0) {
            new ElfSegments(file).requireFree(file, section);
            contents.remove(section.index());
            removed.set(section.index());
        }
    }

    /**
     * Lets the relocations of a section in a relocatable file follow what they relocate, which then may get another
     * size. Their order, symbols and addends stay.
     *
     * @param section the section whose content {@link #putSection} will change
     * @param places gives for the place of an entry the new one, both in bytes from the start of the section
     * @throws IOException if reading fails
     * @throws ElfFormatException if a table of relocations is damaged, or shares bytes with something else
     */
    public void moveRelocations(ElfSection section, LongUnaryOperator places) throws IOException {
        for (ElfSection table : file.relocationsOf(section)) {
            setContent(table, ElfRelocations.of(file, table).withPlaces(places));
        }
        relocated.set(section.index());
    }

    /**
     * Sets the value of a symbol.
     *
     * @param index symbol index
     * @param value the new {@code st_value}
     * @throws IOException if the symbol table cannot be read
     * @throws ElfFormatException if something else in the file has bytes of the symbol table as well
     * @throws IllegalArgumentException if the value does not fit the class of the file
     */
    public void setSymbolValue(int index, long value) throws IOException {
        ElfSymbols symbols = file.symbols();
        if (symbols.value(index) == value) {
            symbolValues.remove(index);
            return;
        }
        if (!file.is64() && value >>> 32 != 0) {
            throw new IllegalArgumentException("no 32-bit symbol value: " + value);
        }
        if (!symbolsAreAlone) {
            file.requireAlone(symbols.section());
            symbolsAreAlone = true;
        }
        symbolValues.put(index, value);
    }

    /**
     * Cuts the file off after its last wanted byte.
     *
     * @param newLength how many bytes to keep, at most {@link ElfFile#size}
     * @throws IllegalArgumentException if that is more than there are
     */
    public void truncate(long newLength) {
        if (newLength < 0 || newLength > file.size()) {
            throw new IllegalArgumentException("cannot cut to " + newLength + " bytes: " + file);
        }
        length = newLength;
    }

    /**
     * Has the file marked, once its changes are written, or if there are none, as one of which something is known: an
     * extended attribute says so as long as no byte changes. Where there are no such attributes nothing happens. A file
     * that is written without this loses the mark, as does one whose bytes anybody changes. Nor does anything happen
     * where the file was changed just before it was opened: somebody may be changing it still, and what is known of
     * what was read need not be true of what is there.
     *
     * @param claim what is true of the file, in a form that nothing else has; a digest of it is kept
     * @param note more about it, which {@link ElfFile#noteOf} gives back; a few bytes
     */
    public void seal(byte[] claim, byte[] note) {
        seal = file.showsChanges() ? new FileSeal(claim.clone(), note.clone()) : null;
    }

    /**
     * Tells whether there is anything to write.
     *
     * @return true if some byte of the file would change
     */
    public boolean hasChanges() {
        return !contents.isEmpty()
                || !symbolValues.isEmpty()
                || !added.isEmpty()
                || !removed.isEmpty()
                || length != file.size();
    }

    /**
     * Replaces the file by its changed copy, atomically; without changes does nothing but to remove what a killed
     * process has left beside it.
     *
     * @throws IOException if writing fails or somebody else has changed the file since it was opened; the file is as it
     *     was
     * @throws ElfFormatException if sections cannot be changed so in this file: parts that would move overlap,
     *     something refers to a removed section, or something is behind the last section, such as a module signature
     * @throws IllegalArgumentException if the file cannot be changed in place, see {@link ElfFile#isOnDisk}, or
     *     sections change and another is cut off
     */
    public void writeInPlace() throws IOException {
        if (!file.isOnDisk()) {
            throw new IllegalArgumentException("compressed, or no regular file: " + file);
        }
        if (hasChanges()) {
            AtomicFile.copy(file.path(), file.stamp(), change(), file.path());
        } else {
            AtomicFile.removeLeftovers(file.path());
            if (seal != null) {
                AtomicFile.seal(file.path(), file.stamp(), file.content(), seal);
            }
        }
    }

    /**
     * Writes the changed copy to another file, atomically. It is not compressed.
     *
     * @param target the file to make or replace
     * @throws IOException if writing fails; the target is as it was
     * @throws ElfFormatException as {@link #writeInPlace}
     * @throws IllegalArgumentException if sections change and another is cut off
     */
    public void writeTo(Path target) throws IOException {
        if (!file.isOnDisk()) {
            AtomicFile.write(file.content(), change(), target);
        } else {
            AtomicFile.copy(file.path(), file.stamp(), change(), target);
        }
    }

    /**
     * Returns the changed copy, for a pipe. It is not compressed.
     *
     * @return all of its bytes
     * @throws IOException if reading fails, the copy has 2 GiB or more, or somebody else has changed the file since it
     *     was opened
     * @throws ElfFormatException as {@link #writeInPlace}
     * @throws IllegalArgumentException if sections change and another is cut off
     */
    public byte[] toBytes() throws IOException {
        byte[] bytes = change().bytesOf(file.content());
        if (file.isOnDisk()) {
            AtomicFile.requireUnchanged(file.path(), file.stamp());
        }
        return bytes;
    }

    private FileChange change() throws IOException {
        return unsealed().sealed(seal);
    }

    private FileChange unsealed() throws IOException {
        if (movesSections()) {
            List<NewSection> sections = new ArrayList<>(added.values());
            ElfRewrite rewrite = new ElfRewrite(file, length, contents, removed, sections);
            ElfSymbols symbols = symbolValues.isEmpty() ? null : file.symbols();
            return rewrite.change(symbolPatches(symbols == null ? 0 : rewrite.shift(symbols.section())));
        }
        List<BytePatch> patches = new ArrayList<>();
        for (Map.Entry<Integer, byte[]> entry : contents.entrySet()) {
            patches.add(new BytePatch(file.sections().get(entry.getKey()).offset(), entry.getValue()));
        }
        patches.addAll(symbolPatches(0));
        return new FileChange(length, patches);
    }

    private boolean movesSections() {
        for (Map.Entry<Integer, byte[]> entry : contents.entrySet()) {
            if (entry.getValue().length != file.sections().get(entry.getKey()).size()) {
                return true;
            }
        }
        return !added.isEmpty() || !removed.isEmpty();
    }

    private List<BytePatch> symbolPatches(long shift) throws IOException {
        List<BytePatch> patches = new ArrayList<>();
        for (Map.Entry<Integer, Long> entry : symbolValues.entrySet()) {
            ByteBuffer bytes = ByteBuffer.allocate(file.is64() ? 8 : 4).order(file.order());
            if (file.is64()) {
                bytes.putLong(entry.getValue());
            } else {
                bytes.putInt(entry.getValue().intValue());
            }
            long offset = file.symbols().valueFileOffset(entry.getKey());
            patches.add(new BytePatch(offset + shift, bytes.array()));
        }
        return patches;
    }
}
