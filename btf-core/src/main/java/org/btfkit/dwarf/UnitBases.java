package org.btfkit.dwarf;

/** Where a unit's strings, addresses and location lists begin, for forms that give an index (DWARF 5, section 7.3). */
final class UnitBases {
    private final DwarfSections sections;
    private final Numbers numbers;
    private final UnitHeader unit;
    private final long strings;
    private final long addresses;
    private final long locationLists;

    UnitBases(DwarfSections sections, UnitHeader unit, long strings, long addresses, long locationLists) {
        this.sections = sections;
        this.numbers = sections.numbers();
        this.unit = unit;
        this.strings = strings;
        this.addresses = addresses;
        this.locationLists = locationLists;
    }

    /** Reads them from the unit's first entry. */
    static UnitBases of(DieCursor root) {
        UnitHeader unit = root.unit();
        // Without an attribute the first table is meant, behind its header.
        long header = unit.version() < 5 ? 0 : unit.offsetSize() == 8 ? 16 : 8;
        int addressBase = root.slot(DwAt.ADDR_BASE) >= 0 ? DwAt.ADDR_BASE : DwAt.GNU_ADDR_BASE;
        return new UnitBases(
                root.sections(),
                unit,
                offset(root, DwAt.STR_OFFSETS_BASE, header),
                offset(root, addressBase, header),
                offset(root, DwAt.LOCLISTS_BASE, header + (header == 0 ? 0 : 4)));
    }

    private static long offset(DieCursor root, int attribute, long otherwise) {
        int slot = root.slot(attribute);
        // A form that needs the bases itself has no place here.
        boolean isOffset = slot >= 0 && root.form(slot) != DwForm.LOCLISTX;
        return isOffset ? root.sectionOffset(slot) : otherwise;
    }

    /** Returns the offset in {@code .debug_str} of a string. */
    long stringOffset(long index) {
        return entry(DwarfSection.STR_OFFSETS, strings, index, unit.offsetSize());
    }

    /** Returns an address. */
    long address(long index) {
        return entry(DwarfSection.ADDR, addresses, index, unit.addressSize());
    }

    /** Returns the offset in {@code .debug_loclists} of a list. */
    long locationList(long index) {
        return locationLists + entry(DwarfSection.LOCLISTS, locationLists, index, unit.offsetSize());
    }

    private long entry(DwarfSection section, long base, long index, int size) {
        byte[] bytes = sections.bytes(section);
        if (base < 0 || base > bytes.length || index < 0 || index >= (bytes.length - base) / size) {
            throw sections.fault(
                    "entry " + Long.toUnsignedString(index) + " of a table at 0x" + Long.toHexString(base) + " past "
                            + section.sectionName() + " (" + bytes.length + " bytes)",
                    DwarfSection.INFO,
                    unit.offset());
        }
        return numbers.word(bytes, (int) (base + index * size), size);
    }
}
