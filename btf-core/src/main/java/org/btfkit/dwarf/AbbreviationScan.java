package org.btfkit.dwarf;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for a form in all abbreviations that units use, without keeping any of them. */
final class AbbreviationScan {
    private final byte[] section;

    AbbreviationScan(DwarfSections sections) {
        this.section = sections.bytes(DwarfSection.ABBREV);
    }

    /**
     * Tells whether a form is used.
     *
     * @return true if an attribute of a table that is well-formed up to there has the form
     */
    boolean uses(List<UnitHeader> units, int form) {
        Set<Long> seen = new HashSet<>();
        for (UnitHeader unit : units) {
            long offset = unit.abbreviations();
            if (offset >= 0 && offset < section.length && seen.add(offset) && uses((int) offset, form)) {
                return true;
            }
        }
        return false;
    }

    private boolean uses(int offset, int form) {
        int at = offset;
        try {
            while (section[at] != 0) {
                at = Numbers.lebEnd(section, at);
                at = Numbers.lebEnd(section, at) + 1;
                while (section[at] != 0 || section[at + 1] != 0) {
                    at = Numbers.lebEnd(section, at);
                    int itsForm = (int) Numbers.uleb(section, at);
                    if (itsForm == form) {
                        return true;
                    }
                    at = Numbers.lebEnd(section, at);
                    if (itsForm == DwForm.IMPLICIT_CONST) {
                        at = Numbers.lebEnd(section, at);
                    }
                }
                at += 2;
            }
        } catch (IndexOutOfBoundsException e) {
            return false; // whoever reads the unit says so
        }
        return false;
    }
}
