package org.btfkit.dwarf;

import java.util.Collections;
import java.util.List;
import org.btfkit.elf.ElfFile;

/**
 * The DWARF of a file: its units, and cursors that walk over their entries.
 *
 * <pre>{@code
 * DebugInfo dwarf = DebugInfo.of(file);
 * DieCursor cursor = dwarf.cursor();
 * for (UnitHeader unit : dwarf.units()) {
 *     cursor.enter(unit);
 *     cursor.seek(cursor.root());
 *     String compiler = cursor.text(DwAt.PRODUCER);
 * }
 * }</pre>
 *
 * <p>Cursors are independent of each other, so that units can be read by several threads.
 */
public final class DebugInfo {
    private final DwarfSections sections;
    private final List<UnitHeader> units;
    private boolean isJoined;

    private DebugInfo(DwarfSections sections) {
        this.sections = sections;
        this.units = sections.has(DwarfSection.INFO)
                ? Collections.unmodifiableList(new UnitHeaders(sections).read())
                : List.of();
    }

    /**
     * Reads the unit headers of a file.
     *
     * @param file the file, to be left open while this is in use
     * @return its DWARF; without units if there is none
     * @throws DwarfFormatException if a header or a section is damaged
     */
    public static DebugInfo of(ElfFile file) {
        return new DebugInfo(DwarfSections.of(file));
    }

    /**
     * Returns the sections.
     *
     * @return the debug sections of the file
     */
    public DwarfSections sections() {
        return sections;
    }

    /**
     * Returns the units of {@code .debug_info}.
     *
     * @return their headers, in the order of the section
     */
    public List<UnitHeader> units() {
        return units;
    }

    /**
     * Tells whether some entry may refer to one of another unit, as link-time optimization makes it.
     *
     * @return true if {@link DwForm#REF_ADDR} is in an abbreviation of a unit
     */
    public boolean refersAcrossUnits() {
        return new AbbreviationScan(sections).uses(units, DwForm.REF_ADDR);
    }

    /**
     * Lets cursors follow references from unit to unit; all of {@code .debug_info} is then in memory. To be called
     * before the first cursor is made.
     */
    public void join() {
        sections.bytes(DwarfSection.INFO);
        isJoined = true;
    }

    /**
     * Makes a cursor.
     *
     * @return a cursor that has not entered a unit
     */
    public DieCursor cursor() {
        return new DieCursor(this, isJoined);
    }

    /** Returns the unit that has an entry at an offset, or null. */
    UnitHeader unitAt(long offset) {
        int low = 0;
        int high = units.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            UnitHeader unit = units.get(middle);
            if (offset < unit.offset()) {
                high = middle - 1;
            } else if (offset >= unit.end()) {
                low = middle + 1;
            } else {
                return offset >= unit.offset() + unit.headerLength() ? unit : null;
            }
        }
        return null;
    }
}
