package org.btfkit.dwarf;

import java.util.ArrayList;
import java.util.List;

/** Reads the headers of all units of {@code .debug_info}; its entries are not looked at. */
final class UnitHeaders {
    /** The longest header: 64-bit DWARF 5, of a type unit. */
    private static final int MAX_HEADER_BYTES = 40;

    private static final int DW_UT_SPLIT_COMPILE = 5;
    private static final int DW_UT_SPLIT_TYPE = 6;

    private final DwarfSections sections;
    private final Numbers numbers;
    private final long size;
    private final boolean isPlain;
    private final byte[] whole;
    private final byte[] piece = new byte[MAX_HEADER_BYTES];

    UnitHeaders(DwarfSections sections) {
        this.sections = sections;
        this.numbers = sections.numbers();
        this.isPlain = sections.isPlain(DwarfSection.INFO);
        this.whole = isPlain ? null : sections.bytes(DwarfSection.INFO);
        this.size = isPlain ? sections.size(DwarfSection.INFO) : whole.length;
    }

    List<UnitHeader> read() {
        List<UnitHeader> units = new ArrayList<>();
        for (long at = 0; at < size; ) {
            UnitHeader unit = header(at);
            units.add(unit);
            at = unit.end();
        }
        return units;
    }

    private UnitHeader header(long offset) {
        int available = (int) Math.min(MAX_HEADER_BYTES, size - offset);
        java.util.Arrays.fill(piece, (byte) 0);
        if (isPlain) {
            sections.read(DwarfSection.INFO, offset, piece, available);
        } else {
            System.arraycopy(whole, (int) offset, piece, 0, available);
        }
        boolean isLong = numbers.s4(piece, 0) == -1;
        int at = isLong ? 12 : 4;
        long content = isLong ? numbers.u8(piece, 4) : numbers.u4(piece, 0);
        if (content < 0 || content > size - offset - at) {
            throw fault(
                    "unit of " + Long.toUnsignedString(content) + " bytes past the end of the section (" + size
                            + " bytes)",
                    offset);
        }
        if (content + at > Integer.MAX_VALUE - 64) {
            throw fault("unit larger than 2 GiB", offset);
        }
        int version = numbers.u2(piece, at);
        if (version < 2 || version > 5) {
            throw fault("unit of DWARF version " + version + ", expected 2 to 5", offset);
        }
        return header(offset, (int) content + at, isLong ? 8 : 4, at + 2, version);
    }

    private UnitHeader header(long offset, int length, int offsetSize, int from, int version) {
        int at = from;
        int type = UnitHeader.DW_UT_COMPILE;
        int addressSize;
        long abbreviations;
        if (version >= 5) {
            type = piece[at] & 0xff;
            addressSize = piece[at + 1] & 0xff;
            abbreviations = numbers.word(piece, at + 2, offsetSize);
            at += 2 + offsetSize;
        } else {
            abbreviations = numbers.word(piece, at, offsetSize);
            addressSize = piece[at + offsetSize] & 0xff;
            at += offsetSize + 1;
        }
        at += switch (type) {
            case UnitHeader.DW_UT_TYPE, DW_UT_SPLIT_TYPE -> 8 + offsetSize;
            case UnitHeader.DW_UT_SKELETON, DW_UT_SPLIT_COMPILE -> 8;
            case UnitHeader.DW_UT_COMPILE, UnitHeader.DW_UT_PARTIAL -> 0;
            default -> throw fault("unit of type " + type + ", expected 1 to 6", offset);
        };
        if (at > length) {
            throw fault("unit of " + length + " bytes, expected at least " + at, offset);
        }
        if (addressSize != 4 && addressSize != 8) {
            throw fault("unit with addresses of " + addressSize + " bytes, expected 4 or 8", offset);
        }
        return new UnitHeader(offset, length, at, version, type, addressSize, offsetSize, abbreviations);
    }

    private DwarfFormatException fault(String what, long offset) {
        return sections.fault(what, DwarfSection.INFO, offset);
    }
}
