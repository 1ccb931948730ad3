/**
 * Reads DWARF 2 to 5, 32-bit and 64-bit, of either byte order.
 *
 * <p>{@link org.btfkit.dwarf.DebugInfo} has the units of a file; a {@link org.btfkit.dwarf.DieCursor} walks over the
 * entries of one; {@link org.btfkit.dwarf.Locations} takes apart where a variable is. What they read comes from
 * {@link org.btfkit.dwarf.DwarfSections}, decompressed and relocated.
 *
 * <p>The package knows nothing of what the entries are wanted for. A tree of objects, one for each entry and attribute,
 * was decided against: a kernel has 18 million entries, most of which a reader only steps over. For the same reason an
 * abbreviation is a row of numbers: if it says that an entry has 23 bytes, stepping over it is one addition.
 *
 * <p>Line number tables, frames, ranges and macros are not read. Nor are alternate files (dwz) and split DWARF (.dwo).
 */
package org.btfkit.dwarf;
