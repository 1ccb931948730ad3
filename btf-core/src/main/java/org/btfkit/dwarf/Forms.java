package org.btfkit.dwarf;

/** Reads the values of attributes by their form (DWARF 5, section 7.5.5), of the unit that a cursor is in. */
final class Forms {
    /** What is no value of the kind asked for. */
    static final long NONE = -1;

    private final Numbers numbers;
    private byte[] data;
    private UnitHeader unit;
    private Abbreviations abbreviations;

    Forms(Numbers numbers) {
        this.numbers = numbers;
    }

    /** Goes to a unit. */
    void enter(byte[] newData, UnitHeader newUnit, Abbreviations newAbbreviations) {
        data = newData;
        unit = newUnit;
        abbreviations = newAbbreviations;
    }

    /** Returns the index after a value, which may be past everything; {@link #NONE} if there is no such form. */
    long end(int form, int at) {
        return switch (form) {
            case DwForm.BLOCK, DwForm.EXPRLOC -> {
                long length = Numbers.uleb(data, at);
                yield length < 0 ? NONE : Numbers.lebEnd(data, at) + Math.min(length, 1L << 32);
            }
            case DwForm.BLOCK1 -> at + 1L + (data[at] & 0xff);
            case DwForm.BLOCK2 -> at + 2L + numbers.u2(data, at);
            case DwForm.BLOCK4 -> at + 4L + numbers.u4(data, at);
            case DwForm.STRING -> afterString(at);
            case DwForm.SDATA, DwForm.UDATA, DwForm.REF_UDATA -> Numbers.lebEnd(data, at);
            case DwForm.STRX, DwForm.ADDRX, DwForm.LOCLISTX, DwForm.RNGLISTX -> Numbers.lebEnd(data, at);
            case DwForm.GNU_ADDR_INDEX, DwForm.GNU_STR_INDEX -> Numbers.lebEnd(data, at);
            case DwForm.INDIRECT -> {
                long direct = Numbers.uleb(data, at);
                boolean isForm = direct >= 0 && direct <= 0xffff && direct != DwForm.INDIRECT;
                yield isForm ? end((int) direct, Numbers.lebEnd(data, at)) : NONE;
            }
            default -> at + (long) abbreviations.fixedSize(form);
        };
    }

    private int afterString(int from) {
        int at = from;
        while (data[at++] != 0) {
            // not the end yet
        }
        return at;
    }

    /** Returns the index of the first byte in a block, {@link #NONE} if the form is none of a block. */
    long blockStart(int form, int at) {
        return switch (form) {
            case DwForm.BLOCK, DwForm.EXPRLOC -> Numbers.lebEnd(data, at);
            case DwForm.BLOCK1 -> at + 1L;
            case DwForm.BLOCK2 -> at + 2L;
            case DwForm.BLOCK4 -> at + 4L;
            default -> NONE;
        };
    }

    /** Returns a number that stands in the entry, or what is said if the form gives none. */
    long number(int form, int at, long otherwise) {
        return switch (form) {
            case DwForm.DATA1 -> data[at] & 0xff;
            case DwForm.DATA2 -> numbers.u2(data, at);
            case DwForm.DATA4 -> numbers.u4(data, at);
            case DwForm.DATA8 -> numbers.u8(data, at);
            case DwForm.UDATA -> Numbers.uleb(data, at);
            case DwForm.SDATA -> Numbers.sleb(data, at);
            case DwForm.FLAG -> data[at] != 0 ? 1 : 0;
            case DwForm.ADDR -> numbers.word(data, at, unit.addressSize());
            default -> otherwise;
        };
    }

    /** Returns the index of an address, {@link #NONE} if the form is none that has one. */
    long addressIndex(int form, int at) {
        return switch (form) {
            case DwForm.ADDRX, DwForm.GNU_ADDR_INDEX -> Numbers.uleb(data, at);
            case DwForm.ADDRX1 -> data[at] & 0xff;
            case DwForm.ADDRX2 -> numbers.u2(data, at);
            case DwForm.ADDRX3 -> numbers.u3(data, at);
            case DwForm.ADDRX4 -> numbers.u4(data, at);
            default -> NONE;
        };
    }

    /** Returns the index of a string, {@link #NONE} if the form is none that has one. */
    long stringIndex(int form, int at) {
        return switch (form) {
            case DwForm.STRX, DwForm.GNU_STR_INDEX -> Numbers.uleb(data, at);
            case DwForm.STRX1 -> data[at] & 0xff;
            case DwForm.STRX2 -> numbers.u2(data, at);
            case DwForm.STRX3 -> numbers.u3(data, at);
            case DwForm.STRX4 -> numbers.u4(data, at);
            default -> NONE;
        };
    }

    /** Returns an offset of the size that offsets have in the unit. */
    long offset(int at) {
        return numbers.word(data, at, unit.offsetSize());
    }

    /** Returns where in its unit an entry is that is referred to, {@link #NONE} if the form says it otherwise. */
    long unitOffset(int form, int at) {
        return switch (form) {
            case DwForm.REF4 -> numbers.u4(data, at);
            case DwForm.REF1 -> data[at] & 0xff;
            case DwForm.REF2 -> numbers.u2(data, at);
            case DwForm.REF8 -> numbers.u8(data, at);
            case DwForm.REF_UDATA -> Numbers.uleb(data, at);
            default -> NONE;
        };
    }

    /** Returns where in the section an entry is that {@link DwForm#REF_ADDR} refers to. */
    long sectionOffset(int at) {
        // In version 2 it was an address, which it is not.
        return numbers.word(data, at, unit.version() == 2 ? unit.addressSize() : unit.offsetSize());
    }
}
