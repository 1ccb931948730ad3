package org.btfkit.elf;

import java.nio.charset.StandardCharsets;

/** A string table section: NUL-terminated strings, named by the offset of their first byte. */
final class ElfStrings {
    private final String source;
    private final ElfSection section;
    private final byte[] bytes;

    ElfStrings(String source, ElfSection section, byte[] bytes) {
        this.source = source;
        this.section = section;
        this.bytes = bytes;
    }

    /**
     * Returns a string.
     *
     * @param nameOff its offset in the table, unsigned
     * @param at file offset of the field that has {@code nameOff}, for the message
     */
    String get(int nameOff, long at) {
        int end = end(nameOff, at);
        return new String(bytes, nameOff, end - nameOff, StandardCharsets.UTF_8);
    }

    /** Tells whether a string begins with a prefix; parameters as in {@link #get}. */
    boolean startsWith(int nameOff, byte[] prefix, long at) {
        if (nameOff < 0 || nameOff >= bytes.length) {
            throw outside(nameOff, at);
        }
        if (bytes.length - nameOff < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[nameOff + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Fails if no string begins at an offset; parameters as in {@link #get}. */
    void requireInside(int nameOff, long at) {
        if (nameOff < 0 || nameOff >= bytes.length) {
            throw outside(nameOff, at);
        }
    }

    /** Returns the table, not a copy, if its last string has an end. */
    byte[] terminated() {
        if (bytes.length > 0 && bytes[bytes.length - 1] != 0) {
            throw new ElfFormatException(
                    source, "section " + section + " does not end with a NUL byte", section.offset());
        }
        return bytes;
    }

    private int end(int nameOff, long at) {
        if (nameOff < 0 || nameOff >= bytes.length) {
            throw outside(nameOff, at);
        }
        for (int end = nameOff; end < bytes.length; end++) {
            if (bytes[end] == 0) {
                return end;
            }
        }
        throw new ElfFormatException(source, "string " + nameOff + " of section " + section + " has no end", at);
    }

    private ElfFormatException outside(int nameOff, long at) {
        return new ElfFormatException(
                source,
                "name offset "
                        + Integer.toUnsignedString(nameOff)
                        + " past section "
                        + section
                        + " ("
                        + bytes.length
                        + " bytes)",
                at);
    }
}
