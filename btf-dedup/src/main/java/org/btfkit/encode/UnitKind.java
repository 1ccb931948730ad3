package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;
import org.btfkit.dwarf.UnitHeader;

/** Refuses units of which part is elsewhere, since what refers to that part would be void. */
final class UnitKind {
    private UnitKind() {}

    /**
     * Fails unless a unit has all its entries.
     *
     * @param root a cursor on the unit's first entry
     */
    static void require(DieCursor root, UnitHeader unit) {
        boolean isSplit = root.has(DwAt.DWO_NAME) || root.has(DwAt.GNU_DWO_NAME);
        if (isSplit || root.tag() == DwTag.SKELETON_UNIT || unit.unitType() >= UnitHeader.DW_UT_SKELETON) {
            throw root.fault("unit '" + root.text(DwAt.DWO_NAME) + "' is split DWARF, with its entries in a .dwo file;"
                    + " compile without -gsplit-dwarf");
        }
        if (root.tag() == DwTag.PARTIAL_UNIT || unit.unitType() == UnitHeader.DW_UT_PARTIAL) {
            throw root.fault("partial unit, as dwz makes it; use the file from before dwz");
        }
        if (root.tag() == DwTag.TYPE_UNIT || unit.unitType() == UnitHeader.DW_UT_TYPE) {
            throw root.fault("type unit, which is not read; compile without -fdebug-types-section");
        }
        if (root.tag() != DwTag.COMPILE_UNIT) {
            throw root.fault("unit that begins with " + DwTag.nameOf(root.tag()) + ", expected DW_TAG_compile_unit");
        }
    }
}
