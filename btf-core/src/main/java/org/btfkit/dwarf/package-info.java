/**
 * Reads DWARF 2 to 5, 32-bit and 64-bit, of either byte order.
 *
 * <p>{@link org.btfkit.dwarf.DebugInfo} has the units of a file; a {@link org.btfkit.dwarf.DieCursor} walks over the
 * entries of one; {@link org.btfkit.dwarf.Locations} takes apart where a variable is. What they read comes from
 * {@link org.btfkit.dwarf.DwarfSections}, decompressed and relocated.
 *
 * <pre>
 * DwarfSections     the .debug_* sections of a file: SectionBytes unpacks them, DebugRelocations applies what RelocationKinds knows, SectionLayout
 *                   gives sections of an object the addresses that it needs for that
 * DebugInfo         units: UnitHeaders reads their headers; which abbreviations, addresses and strings are theirs
 *                   (UnitBases)
 * Abbreviations     the shapes of entries, as rows of numbers; AbbreviationScan tells whether a form is used at all
 * DieCursor         from entry to entry; Forms and Numbers read what an attribute holds
 * Locations         location lists and expressions (Expression)
 * </pre>
 *
 * <p>Read them in this order. {@code DwTag}, {@code DwAt}, {@code DwForm}, {@code DwOp} and {@code DwLanguage} are the
 * standard's numbers, as constants and no enums: compilers have numbers of their own, which have to pass.
 *
 * <p>The package knows nothing of what the entries are wanted for. A tree of objects, one for each entry and attribute,
 * was decided against: a kernel has 18 million entries, most of which a reader only steps over. For the same reason an
 * abbreviation is a row of numbers: if it says that an entry has 23 bytes, stepping over it is one addition.
 *
 * <p>Line number tables, frames, ranges and macros are not read. Nor are alternate files (dwz) and split DWARF (.dwo).
 */
package org.btfkit.dwarf;
