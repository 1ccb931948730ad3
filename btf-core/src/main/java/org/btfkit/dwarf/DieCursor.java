package org.btfkit.dwarf;

/**
 * A position on an entry (DIE) of a unit; no object is made of an entry or attribute.
 *
 * <p>Entries are named by an index, a number that is valid for as long as the cursor is in the unit, and for other
 * cursors in the same one. {@link #seek} goes to an entry; what it has is then read by attribute. Children of an entry
 * follow it, up to a null entry:
 *
 * <pre>{@code
 * cursor.seek(entry);
 * if (cursor.hasChildren()) {
 *     cursor.seek(cursor.end());
 *     while (!cursor.isNull()) {
 *         int tag = cursor.tag();
 *         cursor.seek(cursor.afterTree());
 *     }
 * }
 * }</pre>
 *
 * <p>What an attribute's form does not give (a number of an expression) is as if the attribute were missing. Data that
 * ends too early, and forms that refer to another file, are a {@link DwarfFormatException}. Not safe for use by several
 * threads.
 */
public final class DieCursor {
    /** The reference of an entry that has none; never the index of an entry. */
    public static final int NO_ENTRY = 0;

    /** A reference to what is no entry of this unit, or of any unit if they are joined. */
    public static final int ELSEWHERE = -1;

    /** The string of an entry that has none. */
    public static final long NO_STRING = -1;

    private static final byte[] NO_BYTES = {};

    private final DebugInfo info;
    private final DwarfSections sections;
    private final Numbers numbers;
    private final boolean isJoined;
    private final Forms forms;

    private UnitHeader unit;
    private Abbreviations abbreviations;
    private UnitBases bases;

    /** What holds the unit: a buffer for one unit after another, or the whole section. */
    private byte[] data = NO_BYTES;

    private byte[] buffer = NO_BYTES;
    private int start;
    private int end;

    private int entry;
    private int row;
    private int attributes;

    DieCursor(DebugInfo info, boolean isJoined) {
        this.info = info;
        this.sections = info.sections();
        this.numbers = sections.numbers();
        this.isJoined = isJoined;
        this.forms = new Forms(numbers);
    }

    /**
     * Goes to a unit. Indexes of another unit are not valid any more, unless units are joined.
     *
     * @param newUnit one of the units of this file
     */
    public void enter(UnitHeader newUnit) {
        if (sections.isPlain(DwarfSection.INFO)) {
            if (buffer.length < newUnit.length()) {
                buffer = new byte[Math.max(newUnit.length(), buffer.length + (buffer.length >> 1))];
            }
            sections.read(DwarfSection.INFO, newUnit.offset(), buffer, newUnit.length());
            data = buffer;
            start = 0;
        } else {
            data = sections.bytes(DwarfSection.INFO);
            start = (int) newUnit.offset();
        }
        use(newUnit);
    }

    /**
     * Goes to the unit that another cursor is in, and shares what that has read of it.
     *
     * @param other a cursor of the same file; it stays where it is
     */
    public void enter(DieCursor other) {
        data = other.data;
        start = other.start;
        if (abbreviations == null || !abbreviations.isOf(other.unit)) {
            abbreviations = other.abbreviations;
        }
        use(other.unit);
    }

    private void use(UnitHeader newUnit) {
        unit = newUnit;
        end = start + newUnit.length();
        bases = null;
        if (abbreviations == null || !abbreviations.isOf(newUnit)) {
            abbreviations = Abbreviations.of(sections, newUnit);
        }
        forms.enter(data, newUnit, abbreviations);
    }

    /**
     * Returns the unit.
     *
     * @return the header of the unit that the cursor is in
     */
    public UnitHeader unit() {
        return unit;
    }

    /**
     * Returns the first index of the unit.
     *
     * @return the index of its header; all its entries have higher ones
     */
    public int start() {
        return start;
    }

    /**
     * Returns the unit's first entry, which has all others below it.
     *
     * @return its index; that after the unit if there is none
     */
    public int root() {
        return start + unit.headerLength();
    }

    /**
     * Goes to an entry.
     *
     * @param index its index; of another unit only if they are joined
     */
    public void seek(int index) {
        if (index < start || index >= end) {
            leave(index);
        }
        entry = index;
        long code = data[index];
        attributes = index + 1;
        if (code < 0) {
            code = longCode(index);
        }
        row = code == 0 ? Abbreviations.NO_ROW : abbreviations.row(code);
        if (row == Abbreviations.NO_ROW && code != 0) {
            throw fault("entry with abbreviation " + Long.toUnsignedString(code) + ", which is not defined");
        }
    }

    private long longCode(int index) {
        try {
            attributes = Numbers.lebEnd(data, index);
            return Numbers.uleb(data, index);
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /** Goes to the unit of an entry outside of this one. */
    private void leave(int index) {
        UnitHeader other = isJoined ? info.unitAt(index) : null;
        if (other == null) {
            throw pastEnd();
        }
        start = (int) other.offset();
        use(other);
    }

    /**
     * Returns which entry the cursor is on.
     *
     * @return its index
     */
    public int entry() {
        return entry;
    }

    /**
     * Returns where in {@code .debug_info} an entry is.
     *
     * @param index index of an entry
     * @return its offset in the section
     */
    public long offset(int index) {
        return unit.offset() + (index - start);
    }

    /**
     * Tells whether this is the null entry that ends a list of children.
     *
     * @return true if there are no more children
     */
    public boolean isNull() {
        return row == Abbreviations.NO_ROW;
    }

    /**
     * Returns the tag.
     *
     * @return a {@link DwTag}
     */
    public int tag() {
        return abbreviations.tag[row];
    }

    /**
     * Tells whether a list of children follows.
     *
     * @return true if it does, be it empty
     */
    public boolean hasChildren() {
        return abbreviations.hasChildren[row];
    }

    /**
     * Returns what follows this entry in the data: its first child if it {@link #hasChildren}, else its sibling, or the
     * null entry in place of one.
     *
     * @return the index
     */
    public int end() {
        if (row == Abbreviations.NO_ROW) {
            return attributes;
        }
        int size = abbreviations.size[row];
        int next = size >= 0 ? attributes + size : position(abbreviations.firstSlot[row + 1]);
        if (next > end || next < attributes) {
            throw pastEnd();
        }
        return next;
    }

    /**
     * Returns what follows this entry and all below it. Costs a walk over those, unless the entry says where its
     * sibling is.
     *
     * @return the index of the next entry of the same parent, or of the null entry in place of one
     */
    public int afterTree() {
        int next = end();
        if (row == Abbreviations.NO_ROW || !abbreviations.hasChildren[row]) {
            return next;
        }
        int sibling = reference(DwAt.SIBLING);
        if (sibling >= next && sibling < end) {
            return sibling;
        }
        int back = entry;
        int depth = 1;
        while (depth > 0) {
            seek(next);
            if (row == Abbreviations.NO_ROW) {
                depth--;
                next = attributes;
            } else {
                next = end();
                depth += abbreviations.hasChildren[row] ? 1 : 0;
            }
        }
        seek(back);
        return next;
    }

    /**
     * Finds an attribute.
     *
     * @param attribute a {@link DwAt}
     * @return its slot, for the methods that take one, or -1
     */
    public int slot(int attribute) {
        return abbreviations.slot(row, attribute);
    }

    /**
     * Tells whether there is an attribute.
     *
     * @param attribute a {@link DwAt}
     * @return true if the entry has it, whatever its value
     */
    public boolean has(int attribute) {
        return abbreviations.slot(row, attribute) >= 0;
    }

    /**
     * Returns the form of an attribute.
     *
     * @param slot its slot
     * @return a {@link DwForm}; never {@link DwForm#INDIRECT}
     */
    public int form(int slot) {
        int form = abbreviations.form[slot];
        return form == DwForm.INDIRECT ? (int) direct(slot) : form;
    }

    /** The form that an indirect one stands for, in the lower half, and where the value begins in the upper. */
    private long direct(int slot) {
        int at = position(slot);
        try {
            long form = Numbers.uleb(data, at);
            if (form < 0 || form > 0xffff || form == DwForm.INDIRECT || form == DwForm.IMPLICIT_CONST) {
                throw fault("indirect form 0x" + Long.toHexString(form));
            }
            return (long) Numbers.lebEnd(data, at) << 32 | form;
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /** Returns where the value of an attribute is; of the slot after the last one, where the entry ends. */
    private int position(int slot) {
        int first = abbreviations.firstSlot[row];
        boolean isEnd = slot == abbreviations.firstSlot[row + 1];
        int[] distance = abbreviations.distance;
        if (!isEnd && distance[slot] >= 0) {
            return attributes + distance[slot];
        }
        int known = slot;
        do {
            known--;
        } while (known > first && distance[known] < 0);
        try {
            int at = attributes + (known < first ? 0 : distance[known]);
            for (int i = Math.max(known, first); i < slot; i++) {
                at = skip(abbreviations.form[i], at);
            }
            return at;
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /** Where the bytes of a value begin. */
    private int value(int slot) {
        return abbreviations.form[slot] == DwForm.INDIRECT ? (int) (direct(slot) >>> 32) : position(slot);
    }

    private int skip(int form, int at) {
        long next = forms.end(form, at);
        if (next < at || next > end) {
            throw pastEnd();
        }
        return (int) next;
    }

    /**
     * Returns a number.
     *
     * @param attribute a {@link DwAt} that is a constant, a flag or an address
     * @return its value: unsigned forms with zeros, signed ones with the sign above them; 0 if there is none
     */
    public long number(int attribute) {
        int slot = abbreviations.slot(row, attribute);
        if (slot < 0) {
            return 0;
        }
        int distance = abbreviations.distance[slot];
        boolean isByte = distance >= 0 && abbreviations.form[slot] == DwForm.DATA1;
        return isByte && attributes + distance < end ? data[attributes + distance] & 0xff : number(slot, 0);
    }

    /**
     * Returns a number.
     *
     * @param slot slot of the attribute
     * @param otherwise what to return if its form gives no number
     * @return its value, as {@link #number(int)}
     */
    public long number(int slot, long otherwise) {
        int form = form(slot);
        if (form == DwForm.IMPLICIT_CONST) {
            return abbreviations.implicit[slot];
        }
        if (form == DwForm.FLAG_PRESENT) {
            return 1;
        }
        int at = value(slot);
        try {
            long index = forms.addressIndex(form, at);
            return index == Forms.NONE ? forms.number(form, at, otherwise) : bases().address(index);
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /**
     * Returns an address of the unit's table.
     *
     * @param index its index, as {@link DwOp#ADDRX} has it
     * @return the address
     */
    public long addressAt(long index) {
        return bases().address(index);
    }

    /**
     * Returns an offset in another section.
     *
     * @param slot slot of the attribute
     * @return the offset; -1 if the form gives none
     */
    public long sectionOffset(int slot) {
        int form = form(slot);
        int at = value(slot);
        try {
            return switch (form) {
                case DwForm.SEC_OFFSET -> numbers.word(data, at, unit.offsetSize());
                // Before version 4 offsets had the forms of constants.
                case DwForm.DATA4 -> unit.version() < 4 ? numbers.u4(data, at) : -1;
                case DwForm.DATA8 -> unit.version() < 4 ? numbers.u8(data, at) : -1;
                case DwForm.LOCLISTX -> bases().locationList(Numbers.uleb(data, at));
                default -> -1;
            };
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /**
     * Returns an entry that this one refers to.
     *
     * @param attribute a {@link DwAt} that is a reference
     * @return its index; {@link #NO_ENTRY} if there is no such attribute; {@link #ELSEWHERE}
     */
    public int reference(int attribute) {
        int slot = abbreviations.slot(row, attribute);
        if (slot < 0) {
            return NO_ENTRY;
        }
        int form = abbreviations.form[slot];
        if (form == DwForm.REF4 && abbreviations.distance[slot] >= 0) {
            int at = attributes + abbreviations.distance[slot];
            if (at <= end - 4) {
                return inUnit(numbers.u4(data, at));
            }
        }
        return reference(form(slot), value(slot));
    }

    private int reference(int form, int at) {
        if (form == DwForm.REF_SIG8) {
            throw fault("refers to a type unit, which is not read; compile without -fdebug-types-section");
        }
        if (DwForm.isAlternate(form)) {
            throw fault("refers to an alternate file, as dwz makes it; use the file from before dwz");
        }
        try {
            if (form == DwForm.REF_ADDR) {
                return inSection(forms.sectionOffset(at));
            }
            return inUnit(forms.unitOffset(form, at));
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    private int inUnit(long offset) {
        return offset >= unit.headerLength() && offset < end - start ? start + (int) offset : ELSEWHERE;
    }

    private int inSection(long offset) {
        if (offset >= unit.offset() + unit.headerLength() && offset < unit.end()) {
            return start + (int) (offset - unit.offset());
        }
        return isJoined && info.unitAt(offset) != null ? (int) offset : ELSEWHERE;
    }

    /**
     * Returns where a string is.
     *
     * @param attribute a {@link DwAt} that is a string
     * @return a {@link StringPlace}, or {@link #NO_STRING}
     */
    public long string(int attribute) {
        int slot = abbreviations.slot(row, attribute);
        if (slot < 0) {
            return NO_STRING;
        }
        int form = form(slot);
        int at = value(slot);
        try {
            return switch (form) {
                case DwForm.STRP -> inSection(DwarfSection.STR, forms.offset(at));
                case DwForm.LINE_STRP -> inSection(DwarfSection.LINE_STR, forms.offset(at));
                case DwForm.STRING -> StringPlace.of(DwarfSection.INFO, at);
                case DwForm.STRP_SUP, DwForm.GNU_STRP_ALT ->
                    throw fault("has a string of an alternate file, as dwz makes it; use the file from before dwz");
                default -> {
                    long index = forms.stringIndex(form, at);
                    yield index == Forms.NONE ? NO_STRING : inSection(DwarfSection.STR, bases().stringOffset(index));
                }
            };
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    private long inSection(DwarfSection section, long offset) {
        int length = sections.bytes(section).length;
        if (offset < 0 || offset >= length) {
            throw fault("string at 0x" + Long.toHexString(offset) + " past " + section.sectionName() + " (" + length
                    + " bytes)");
        }
        return StringPlace.of(section, offset);
    }

    /**
     * Returns the bytes that hold a string.
     *
     * @param string what {@link #string} returned
     * @return an array, not to be changed; valid until the cursor enters another unit
     */
    public byte[] stringBytes(long string) {
        DwarfSection section = StringPlace.section(string);
        return section == DwarfSection.INFO ? data : sections.bytes(section);
    }

    /**
     * Returns a string as such.
     *
     * @param attribute a {@link DwAt} that is a string
     * @return the string, decoded as UTF-8, or null if there is none
     */
    public String text(int attribute) {
        long string = string(attribute);
        if (string == NO_STRING) {
            return null;
        }
        return StringPlace.text(stringBytes(string), StringPlace.index(string));
    }

    /**
     * Returns where a block or expression is.
     *
     * @param slot slot of the attribute
     * @return the index of its first byte in the {@link #data} in the upper half, that after its last one in the lower;
     *     -1 if the form is none of these
     */
    public long block(int slot) {
        int form = form(slot);
        int at = value(slot);
        try {
            long from = forms.blockStart(form, at);
            return from == Forms.NONE ? -1 : from << 32 | skip(form, at);
        } catch (IndexOutOfBoundsException e) {
            throw pastEnd();
        }
    }

    /**
     * Returns the bytes that indexes refer to.
     *
     * @return an array, not to be changed; valid until the cursor enters another unit
     */
    public byte[] data() {
        return data;
    }

    /** What reads numbers in the file's byte order. */
    Numbers numbers() {
        return numbers;
    }

    DwarfSections sections() {
        return sections;
    }

    UnitBases bases() {
        if (bases == null) {
            int back = entry;
            seek(root());
            bases = isNull() ? new UnitBases(sections, unit, 0, 0, 0) : UnitBases.of(this);
            seek(back);
        }
        return bases;
    }

    /**
     * Returns the failure of a fault in this entry.
     *
     * @param what what was found and what was expected
     * @return the failure, with the offset of the entry
     */
    public DwarfFormatException fault(String what) {
        return sections.fault(what, DwarfSection.INFO, offset(entry));
    }

    private DwarfFormatException pastEnd() {
        return fault("entry past the end of its unit, at 0x" + Long.toHexString(unit.offset()) + " (" + unit.length()
                + " bytes)");
    }
}
