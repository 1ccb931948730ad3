package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.BytePatch;

/**
 * Collects changes to an ELF file, then writes all of them at once or none.
 *
 * <p>A change that puts the bytes that are there already is none: a file without changes is not touched by
 * {@link #writeInPlace}. Nothing moves within the file.
 */
public final class ElfEditor {
    private final ElfFile file;
    private final List<BytePatch> patches = new ArrayList<>();
    private long length;
    private boolean symbolsAreAlone;

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
     * Replaces the bytes of a section.
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
        if (!Arrays.equals(bytes, file.bytes(section))) {
            file.requireAlone(section);
            patches.add(new BytePatch(section.offset(), bytes.clone()));
        }
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
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(file.is64() ? 8 : 4).order(file.order());
        if (file.is64()) {
            bytes.putLong(value);
        } else if (value >>> 32 == 0) {
            bytes.putInt((int) value);
        } else {
            throw new IllegalArgumentException("no 32-bit symbol value: " + value);
        }
        if (!symbolsAreAlone) {
            file.requireAlone(symbols.section());
            symbolsAreAlone = true;
        }
        patches.add(new BytePatch(symbols.valueFileOffset(index), bytes.array()));
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
     * Tells whether there is anything to write.
     *
     * @return true if some byte of the file would change
     */
    public boolean hasChanges() {
        return !patches.isEmpty() || length != file.size();
    }

    /**
     * Replaces the file by its changed copy, atomically; without changes does nothing.
     *
     * @throws IOException if writing fails or somebody else has changed the file since it was opened; the file is as it
     *     was
     * @throws IllegalArgumentException if the file cannot be changed in place, see {@link ElfFile#isOnDisk}
     */
    public void writeInPlace() throws IOException {
        if (!file.isOnDisk()) {
            throw new IllegalArgumentException("compressed, or no regular file: " + file);
        }
        if (hasChanges()) {
            AtomicFile.copy(file.path(), file.stamp(), length, patches, file.path());
        }
    }

    /**
     * Writes the changed copy to another file, atomically. It is not compressed.
     *
     * @param target the file to make or replace
     * @throws IOException if writing fails; the target is as it was
     */
    public void writeTo(Path target) throws IOException {
        if (!file.isOnDisk()) {
            AtomicFile.write(file.content().slice(0, length), patches, target);
        } else {
            AtomicFile.copy(file.path(), file.stamp(), length, patches, target);
        }
    }
}
