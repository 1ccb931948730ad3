package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The string table of section names while sections come and go.
 *
 * <p>A name that is there already, be it as the end of another, is used again; a new one is appended. The name of a
 * removed section goes if it is the last string and nothing else uses it; no name ever moves.
 */
final class SectionNames {
    private static final int SYMBOL_BYTES_32 = 16;
    private static final int SYMBOL_BYTES_64 = 24;

    private final ElfFile file;
    private final ElfSection section;
    private final byte[] old;
    private byte[] bytes;

    SectionNames(ElfFile file) throws IOException {
        this.file = file;
        if (file.namesIndex() == 0) {
            throw new ElfFormatException(file.toString(), "sections have no names, so none can be added or removed", 0);
        }
        section = file.sections().get(file.namesIndex());
        old = file.bytes(section);
        bytes = old;
        if (old.length == 0 || old[old.length - 1] != 0) {
            throw new ElfFormatException(
                    file.toString(), "section " + section + " does not end in a NUL byte", section.offset());
        }
    }

    /** The section that has the names. */
    ElfSection section() {
        return section;
    }

    /** The changed table, or null if it is as it was. */
    byte[] changed() {
        return Arrays.equals(bytes, old) ? null : bytes;
    }

    /** Returns the offset of a name, appending it if need be. */
    int offsetOf(String name) {
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        int end = bytes.length;
        bytes = Arrays.copyOf(bytes, end + wanted.length);
        System.arraycopy(wanted, 0, bytes, end, wanted.length);
        return end;
    }

    /** Takes the names of removed sections off the end of the table, as far as nothing else uses them. */
    void drop(BitSet removed, SectionTable table) throws IOException {
        int used = 0; // from here on no byte is in use
        for (int i = 1; i < file.sections().size(); i++) {
            if (!removed.get(i)) {
                used = Math.max(used, endOf(table.nameOff(i)));
            }
        }
        used = Math.max(used, endOfUseElsewhere(removed));
        boolean found = true;
        while (found) {
            found = false;
            for (int i = removed.nextSetBit(0); i >= 0; i = removed.nextSetBit(i + 1)) {
                int start = table.nameOff(i);
                // Whole strings only: what is before the name may be the start of a longer one.
                if (start >= used
                        && start > 0
                        && start < bytes.length
                        && bytes[start - 1] == 0
                        && endOf(start) == bytes.length) {
                    bytes = Arrays.copyOf(bytes, start);
                    found = true;
                }
            }
        }
    }

    private int endOf(int start) {
        int end = start;
        while (bytes[end] != 0) {
            end++;
        }
        return end + 1;
    }

    /** Symbols may have their names in the same table. */
    private int endOfUseElsewhere(BitSet removed) throws IOException {
        int used = 0;
        for (ElfSection user : file.sections()) {
            if (user.link() != section.index() || removed.get(user.index()) || user.type() == ElfSection.SHT_NULL) {
                continue;
            }
            if (user.type() != ElfSection.SHT_SYMTAB && user.type() != ElfSection.SHT_DYNSYM) {
                return bytes.length; // nobody knows what it uses
            }
            int entryBytes = file.is64() ? SYMBOL_BYTES_64 : SYMBOL_BYTES_32;
            ByteBuffer symbols = ByteBuffer.wrap(file.bytes(user)).order(file.order());
            for (int at = 0; at + entryBytes <= symbols.capacity(); at += entryBytes) {
                int start = symbols.getInt(at);
                if (start > 0 && start < bytes.length) {
                    used = Math.max(used, endOf(start));
                }
            }
        }
        return used;
    }
}
