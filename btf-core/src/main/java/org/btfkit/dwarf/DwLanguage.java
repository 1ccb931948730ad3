package org.btfkit.dwarf;

import java.util.Locale;
import java.util.Map;

/**
 * Source languages: {@code DW_LANG_} of DWARF 5, section 7.12, by the names that debug tools give them.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class DwLanguage {
    private static final Map<String, Integer> BY_NAME = Map.ofEntries(
            Map.entry("c89", 0x01),
            Map.entry("c", 0x02),
            Map.entry("ada83", 0x03),
            Map.entry("c++", 0x04),
            Map.entry("cobol74", 0x05),
            Map.entry("cobol85", 0x06),
            Map.entry("fortran77", 0x07),
            Map.entry("fortran90", 0x08),
            Map.entry("pascal83", 0x09),
            Map.entry("modula2", 0x0a),
            Map.entry("java", 0x0b),
            Map.entry("c99", 0x0c),
            Map.entry("ada95", 0x0d),
            Map.entry("fortran95", 0x0e),
            Map.entry("pli", 0x0f),
            Map.entry("objc", 0x10),
            Map.entry("objc++", 0x11),
            Map.entry("upc", 0x12),
            Map.entry("d", 0x13),
            Map.entry("python", 0x14),
            Map.entry("opencl", 0x15),
            Map.entry("go", 0x16),
            Map.entry("modula3", 0x17),
            Map.entry("haskell", 0x18),
            Map.entry("c++03", 0x19),
            Map.entry("c++11", 0x1a),
            Map.entry("ocaml", 0x1b),
            Map.entry("rust", 0x1c),
            Map.entry("c11", 0x1d),
            Map.entry("swift", 0x1e),
            Map.entry("julia", 0x1f),
            Map.entry("c++14", 0x20),
            Map.entry("fortran03", 0x22),
            Map.entry("fortran08", 0x23),
            Map.entry("renderscript", 0x24),
            Map.entry("bliss", 0x25),
            Map.entry("asm", 0x8001));

    private DwLanguage() {}

    /**
     * Finds a language.
     *
     * @param name its name, in any case, for example {@code rust}
     * @return its number, or -1 if there is none of that name
     */
    public static int of(String name) {
        return BY_NAME.getOrDefault(name.toLowerCase(Locale.ROOT), -1);
    }
}
