package org.btfkit.btf.ext;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;

/**
 * Cuts {@code .BTF.ext} data into its sub-sections. What it checks is what libbpf's {@code btf_ext_parse} checks, and
 * that sub-sections do not overlap.
 */
final class BtfExtParser {
    /** Header with func_info and line_info. */
    static final int SHORT_LENGTH = 24;

    /** Header with core_relo. */
    static final int LONG_LENGTH = 32;

    /** Magic, version, flags and header length. */
    private static final int FIXED_LENGTH = 8;

    private static final int VERSION = 1;

    private final byte[] data;
    private final String source;
    private final ByteBuffer in;

    int headerLength;
    boolean hasUnknownData;

    /** The data with zeros where something is known; null if it is all zeros then. */
    byte[] unknown;

    final InfoSection[] sections = new InfoSection[InfoKind.values().length];

    BtfExtParser(byte[] data, String source) {
        this.data = data;
        this.source = source;
        this.in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteOrder order() {
        return in.order();
    }

    BtfExtParser parse() {
        readHeader();
        for (InfoKind kind : InfoKind.values()) {
            sections[kind.ordinal()] = section(kind);
        }
        for (InfoSection one : sections) {
            for (InfoSection other : sections) {
                boolean isPair = one.kind().compareTo(other.kind()) < 0 && one.length() != 0 && other.length() != 0;
                if (isPair && one.offset() < other.end() && other.offset() < one.end()) {
                    throw fault(
                            other.kind().label() + " " + extent(other) + " overlaps "
                                    + one.kind().label() + " " + extent(one),
                            fieldOf(other.kind()));
                }
            }
        }
        findUnknown();
        return this;
    }

    /** Looks for bytes that no field of the header covers. */
    private void findUnknown() {
        byte[] rest = data.clone();
        Arrays.fill(rest, 0, headerLength, (byte) 0);
        for (InfoSection section : sections) {
            if (section.length() != 0) {
                Arrays.fill(rest, headerLength + section.offset(), headerLength + section.end(), (byte) 0);
            }
        }
        for (byte b : rest) {
            if (b != 0) {
                unknown = rest;
                return;
            }
        }
    }

    private static String extent(InfoSection section) {
        return section.offset() + ".." + section.end();
    }

    private void readHeader() {
        if (data.length < FIXED_LENGTH) {
            throw fault("truncated header: " + data.length + " bytes, expected at least " + SHORT_LENGTH, data.length);
        }
        int magic = in.getShort(0) & 0xffff;
        if (Integer.reverseBytes(magic) >>> 16 == BtfHeader.MAGIC) {
            in.order(ByteOrder.BIG_ENDIAN);
        } else if (magic != BtfHeader.MAGIC) {
            throw fault(
                    "not .BTF.ext: magic 0x" + Integer.toHexString(magic) + ", expected 0x"
                            + Integer.toHexString(BtfHeader.MAGIC),
                    0);
        }
        if (data[2] != VERSION) {
            throw new BtfUnsupportedException(
                    source + ": version " + (data[2] & 0xff) + " of .BTF.ext, expected " + VERSION);
        }
        if (data[3] != 0) {
            throw new BtfUnsupportedException(
                    source + ": flags 0x" + Integer.toHexString(data[3] & 0xff) + " of .BTF.ext, expected none");
        }
        headerLength = in.getInt(4);
        // The kinds of records that every header names come with data, so that there is always some.
        if (headerLength < SHORT_LENGTH || headerLength >= data.length) {
            throw fault(
                    "hdr_len " + Integer.toUnsignedString(headerLength) + ", expected " + SHORT_LENGTH
                            + " or more and less than the " + data.length + " bytes of data",
                    4);
        }
        int known = headerLength >= LONG_LENGTH ? LONG_LENGTH : SHORT_LENGTH;
        for (int i = known; i < headerLength; i++) {
            hasUnknownData |= data[i] != 0;
        }
    }

    private static int fieldOf(InfoKind kind) {
        return FIXED_LENGTH + 8 * kind.ordinal();
    }

    private InfoSection section(InfoKind kind) {
        int field = fieldOf(kind);
        if (field + 8 > headerLength) {
            return new InfoSection(kind, 0, new int[0]);
        }
        int offset = in.getInt(field);
        int length = in.getInt(field + 4);
        if (length == 0) {
            return new InfoSection(kind, offset, new int[0]);
        }
        long from = offset & 0xffffffffL;
        long end = from + (length & 0xffffffffL);
        if (from % 4 != 0) {
            throw fault(kind.label() + " at " + from + ", expected a multiple of 4", field);
        }
        if (end > data.length - headerLength) {
            throw fault(
                    kind.label() + " " + from + ".." + end + " past the end of the data ("
                            + (data.length - headerLength) + " bytes after the header)",
                    field);
        }
        checkGroups(kind, headerLength + offset, length);
        int[] words = new int[length / 4];
        in.slice(headerLength + offset, length).order(in.order()).asIntBuffer().get(words);
        return new InfoSection(kind, offset, words);
    }

    /** Checks that the groups of records fill their sub-section exactly. */
    private void checkGroups(InfoKind kind, int start, int length) {
        if (length < 4) {
            throw fault(kind.label() + " of " + length + " bytes, expected a record size", start);
        }
        int recordSize = in.getInt(start);
        if (recordSize < kind.words() * 4 || recordSize % 4 != 0) {
            throw fault(
                    kind.label() + ": record size " + Integer.toUnsignedString(recordSize)
                            + ", expected a multiple of 4 and at least " + kind.words() * 4,
                    start);
        }
        long at = start + 4L;
        long end = (long) start + length;
        if (at == end) {
            throw fault(kind.label() + " has no records, expected some or no " + kind.label() + " at all", start);
        }
        while (at < end) {
            if (end - at < 8) {
                throw fault(kind.label() + ": " + (end - at) + " bytes left, expected a group of records", at);
            }
            long count = in.getInt((int) at + 4) & 0xffffffffL;
            long needed = count * recordSize;
            if (count == 0 || needed > end - at - 8) {
                throw fault(
                        kind.label() + ": group of " + count + " records with " + needed
                                + " bytes, expected some that fit in " + (end - at - 8) + " bytes",
                        at);
            }
            at += 8 + needed;
        }
    }

    private BtfFormatException fault(String what, long at) {
        return new BtfFormatException(source, what, at, 0);
    }
}
