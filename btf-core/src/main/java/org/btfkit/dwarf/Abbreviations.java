package org.btfkit.dwarf;

import java.util.Arrays;

/**
 * The shapes of a unit's entries (DWARF 5, section 7.5.3): for each code a tag, whether children follow, and a list of
 * attributes with their forms.
 *
 * <p>A shape is a row, an attribute of it a slot; both are numbers, and what is known of them is in arrays. An
 * attribute stands at a fixed distance from the first one if all before it have forms of a fixed size, as most have; so
 * it can be read without reading those. Sizes depend on the unit's header, and so does this table.
 */
final class Abbreviations {
    /** The row of a code that is not in the table. */
    static final int NO_ROW = -1;

    /** The size or distance that differs from entry to entry. */
    static final int VARIABLE = -1;

    /** Attributes below this are found by a table, the others by a search. */
    private static final int COMMON = 0x90;

    /** How many shapes a unit has, as a rule. */
    private static final int ROWS = 256;

    /** Codes below this are found by a table; compilers count from 1. */
    private static final int DENSE = 1 << 16;

    private final DwarfSections sections;
    private final byte[] section;
    private final UnitHeader shape;

    private int rows;
    private int slots;
    private int greatest;
    private int[] rowOfCode = new int[256];
    private long[] sparseCodes = {};
    private int[] sparseRows = {};

    /** By row. */
    int[] tag = new int[ROWS];

    /** By row: whether children follow. */
    boolean[] hasChildren = new boolean[ROWS];

    /** By row: the first slot; that of the next row is the end. */
    int[] firstSlot = new int[ROWS + 1];

    /** By row: how many bytes the attributes take, or {@link #VARIABLE}. */
    int[] size = new int[ROWS];

    /** By row and common attribute: its slot in the row plus 1, 0 if there is none. */
    private byte[] common = new byte[ROWS * COMMON];

    /** By slot. */
    int[] attribute = new int[ROWS * 8];

    /** By slot: a {@link DwForm}. */
    int[] form = new int[ROWS * 8];

    /** By slot: the value of {@link DwForm#IMPLICIT_CONST}. */
    long[] implicit = new long[ROWS * 8];

    /** By slot: distance in bytes from the row's first attribute, or {@link #VARIABLE}. */
    int[] distance = new int[ROWS * 8];

    private Abbreviations(DwarfSections sections, UnitHeader shape) {
        this.sections = sections;
        this.section = sections.bytes(DwarfSection.ABBREV);
        this.shape = shape;
    }

    /** Reads the table that a unit refers to. */
    static Abbreviations of(DwarfSections sections, UnitHeader unit) {
        Abbreviations table = new Abbreviations(sections, unit);
        table.read();
        return table;
    }

    /** Tells whether the table is that of another unit, too. */
    boolean isOf(UnitHeader unit) {
        return shape.abbreviations() == unit.abbreviations()
                && shape.offsetSize() == unit.offsetSize()
                && shape.addressSize() == unit.addressSize()
                && Math.min(shape.version(), 3) == Math.min(unit.version(), 3);
    }

    private void read() {
        if (shape.abbreviations() < 0 || shape.abbreviations() >= section.length) {
            throw sections.fault(
                    "abbreviations at 0x" + Long.toHexString(shape.abbreviations()) + " past .debug_abbrev ("
                            + section.length + " bytes)",
                    DwarfSection.INFO,
                    shape.offset());
        }
        int at = (int) shape.abbreviations();
        try {
            for (long code = Numbers.uleb(section, at); code != 0; code = Numbers.uleb(section, at)) {
                at = row(code, Numbers.lebEnd(section, at));
            }
        } catch (IndexOutOfBoundsException e) {
            throw fault("abbreviations past the end of the section (" + section.length + " bytes)", at);
        }
    }

    private int row(long code, int from) {
        if (rows == tag.length) {
            growRows();
        }
        int at = from;
        tag[rows] = number(at, "tag");
        at = Numbers.lebEnd(section, at);
        hasChildren[rows] = section[at++] != 0;
        int first = slots;
        int reached = 0;
        while (true) {
            int name = number(at, "attribute");
            at = Numbers.lebEnd(section, at);
            int itsForm = number(at, "form");
            at = Numbers.lebEnd(section, at);
            if (name == 0 && itsForm == 0) {
                break;
            }
            if (slots == attribute.length) {
                growSlots();
            }
            greatest = Math.max(greatest, name);
            attribute[slots] = name;
            form[slots] = itsForm;
            distance[slots] = reached;
            if (itsForm == DwForm.IMPLICIT_CONST) {
                implicit[slots] = Numbers.sleb(section, at);
                at = Numbers.lebEnd(section, at);
            }
            int bytes = size(itsForm, at);
            reached = reached == VARIABLE || bytes == VARIABLE ? VARIABLE : reached + bytes;
            int inRow = ++slots - first;
            if (name < COMMON && inRow <= 0xff && common[rows * COMMON + name] == 0) {
                common[rows * COMMON + name] = (byte) inRow;
            }
        }
        size[rows] = reached;
        firstSlot[rows + 1] = slots;
        name(code, rows++, from);
        return at;
    }

    private int number(int at, String what) {
        long number = Numbers.uleb(section, at);
        if (number < 0 || number > 0xffff) {
            throw fault(what + " 0x" + Long.toHexString(number) + ", expected at most 0xffff", at);
        }
        return (int) number;
    }

    /** Of several shapes with one code the first counts. */
    private void name(long code, int row, int at) {
        if (code > 0 && code < DENSE) {
            if (code >= rowOfCode.length) {
                rowOfCode = Arrays.copyOf(rowOfCode, (int) Math.max(code + 1, rowOfCode.length * 2L));
            }
            if (rowOfCode[(int) code] == 0) {
                rowOfCode[(int) code] = row + 1;
            }
            return;
        }
        if (sparseCodes.length == DENSE) {
            throw fault("more than " + DENSE + " codes above " + DENSE, at);
        }
        sparseCodes = Arrays.copyOf(sparseCodes, sparseCodes.length + 1);
        sparseRows = Arrays.copyOf(sparseRows, sparseRows.length + 1);
        sparseCodes[sparseCodes.length - 1] = code;
        sparseRows[sparseRows.length - 1] = row;
    }

    private void growRows() {
        int length = rows * 2;
        tag = Arrays.copyOf(tag, length);
        hasChildren = Arrays.copyOf(hasChildren, length);
        firstSlot = Arrays.copyOf(firstSlot, length + 1);
        size = Arrays.copyOf(size, length);
        if (length > Integer.MAX_VALUE / COMMON) {
            throw fault("more than " + rows + " abbreviations", 0);
        }
        common = Arrays.copyOf(common, length * COMMON);
    }

    private void growSlots() {
        int length = slots * 2;
        attribute = Arrays.copyOf(attribute, length);
        form = Arrays.copyOf(form, length);
        implicit = Arrays.copyOf(implicit, length);
        distance = Arrays.copyOf(distance, length);
    }

    /** Returns how many bytes a form takes in an entry, or {@link #VARIABLE}. */
    private int size(int itsForm, int at) {
        return switch (itsForm) {
            case DwForm.FLAG_PRESENT, DwForm.IMPLICIT_CONST -> 0;
            case DwForm.DATA1, DwForm.FLAG, DwForm.REF1, DwForm.STRX1, DwForm.ADDRX1 -> 1;
            case DwForm.DATA2, DwForm.REF2, DwForm.STRX2, DwForm.ADDRX2 -> 2;
            case DwForm.STRX3, DwForm.ADDRX3 -> 3;
            case DwForm.DATA4, DwForm.REF4, DwForm.STRX4, DwForm.ADDRX4, DwForm.REF_SUP4 -> 4;
            case DwForm.DATA8, DwForm.REF8, DwForm.REF_SIG8, DwForm.REF_SUP8 -> 8;
            case DwForm.DATA16 -> 16;
            case DwForm.ADDR -> shape.addressSize();
            case DwForm.REF_ADDR -> shape.version() == 2 ? shape.addressSize() : shape.offsetSize();
            case DwForm.STRP, DwForm.LINE_STRP, DwForm.SEC_OFFSET -> shape.offsetSize();
            case DwForm.STRP_SUP, DwForm.GNU_REF_ALT, DwForm.GNU_STRP_ALT -> shape.offsetSize();
            case DwForm.BLOCK, DwForm.BLOCK1, DwForm.BLOCK2, DwForm.BLOCK4, DwForm.EXPRLOC -> VARIABLE;
            case DwForm.STRING, DwForm.SDATA, DwForm.UDATA, DwForm.REF_UDATA, DwForm.INDIRECT -> VARIABLE;
            case DwForm.STRX, DwForm.ADDRX, DwForm.LOCLISTX, DwForm.RNGLISTX -> VARIABLE;
            case DwForm.GNU_ADDR_INDEX, DwForm.GNU_STR_INDEX -> VARIABLE;
            default -> throw fault("form 0x" + Integer.toHexString(itsForm) + ", which is not known", at);
        };
    }

    /** Returns how many bytes a form with a size that is fixed in this table takes. */
    int fixedSize(int itsForm) {
        return size(itsForm, 0);
    }

    /** Returns the row of a code, or {@link #NO_ROW}. */
    int row(long code) {
        if (code >= 0 && code < rowOfCode.length) {
            return rowOfCode[(int) code] - 1;
        }
        for (int i = 0; i < sparseCodes.length; i++) {
            if (sparseCodes[i] == code) {
                return sparseRows[i];
            }
        }
        return NO_ROW;
    }

    /** Returns the slot of an attribute in a row, or -1. */
    int slot(int row, int name) {
        if (name > greatest) {
            return -1;
        }
        if (name < COMMON) {
            int inRow = common[row * COMMON + name] & 0xff;
            if (inRow != 0 || firstSlot[row + 1] - firstSlot[row] <= 0xff) {
                return inRow == 0 ? -1 : firstSlot[row] + inRow - 1;
            }
        }
        for (int slot = firstSlot[row]; slot < firstSlot[row + 1]; slot++) {
            if (attribute[slot] == name) {
                return slot;
            }
        }
        return -1;
    }

    private DwarfFormatException fault(String what, long at) {
        return sections.fault(what, DwarfSection.ABBREV, at);
    }
}
