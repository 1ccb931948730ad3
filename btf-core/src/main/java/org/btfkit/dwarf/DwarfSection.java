package org.btfkit.dwarf;

/**
 * The sections of DWARF that are read here, by what they hold.
 *
 * <p>Immutable.
 */
public enum DwarfSection {
    /** The units with their entries. */
    INFO("info"),
    /** The shapes of entries. */
    ABBREV("abbrev"),
    /** Strings. */
    STR("str"),
    /** Strings that the line number table shares: names of files and folders. */
    LINE_STR("line_str"),
    /** Offsets of strings, for forms that give an index. */
    STR_OFFSETS("str_offsets"),
    /** Addresses, for forms that give an index. */
    ADDR("addr"),
    /** Location lists, up to version 4. */
    LOC("loc"),
    /** Location lists, from version 5 on. */
    LOCLISTS("loclists"),
    /** Type units of version 4. */
    TYPES("types");

    private final String title;

    DwarfSection(String title) {
        this.title = title;
    }

    /**
     * Returns the name of the section in a file.
     *
     * @return for example {@code .debug_info}
     */
    public String sectionName() {
        return ".debug_" + title;
    }

    /** The name that it has where it is compressed in the way from before {@code SHF_COMPRESSED}. */
    String oldCompressedName() {
        return ".zdebug_" + title;
    }
}
