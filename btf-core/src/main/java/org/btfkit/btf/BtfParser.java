package org.btfkit.btf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.btfkit.btf.flat.Batch;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.internal.io.RandomInput;

/**
 * Cuts BTF data into header, words, type offsets, layout and strings.
 *
 * <p>What it checks is what libbpf's {@code btf_parse_hdr}, {@code btf_parse_str_sec}, {@code btf_parse_layout_sec} and
 * {@code btf_parse_type_sec} check: every length and offset, and that the types fill their section exactly. What the
 * types say is {@link StructuralRules}' concern. One pass, no object per type.
 */
final class BtfParser {
    private final RandomInput input;
    private final String source;
    private final FlatTypes base;
    private final byte[] baseLayout;
    private final boolean isSplit;

    /** What {@link #parse} finds, one field per part of the data. */
    BtfHeader header;

    byte[] layout;
    private int[] words;
    private int[] typeOffsets;
    private byte[] strings;

    /** How many types {@link #findTypes} has found. */
    private int typeCount;

    /**
     * Prepares to parse.
     *
     * @param input the BTF data, nothing before and nothing needed after
     * @param source where it came from, for messages
     * @param base the base that the data is split on, or null
     * @param baseLayout the base's layout section, or null
     */
    BtfParser(RandomInput input, String source, FlatTypes base, byte[] baseLayout) {
        this(input, source, base, baseLayout, base != null);
    }

    private BtfParser(RandomInput input, String source, FlatTypes base, byte[] baseLayout, boolean isSplit) {
        this.input = input;
        this.source = source;
        this.base = base;
        this.baseLayout = baseLayout;
        this.isSplit = isSplit;
    }

    /** Prepares to parse data that may be split on a base which is not at hand. */
    static BtfParser detached(RandomInput input, String source) {
        return new BtfParser(input, source, null, null, true);
    }

    BtfParser parse() throws IOException {
        readSections();
        strings = section(header.strOff(), header.strLen());
        checkStrings();
        if (header.layoutLen() != 0) {
            layout = section(header.layoutOff(), header.layoutLen());
        }
        words = readWords();
        findTypes();
        return this;
    }

    /** Reads the header and checks where it says that the sections are. */
    BtfHeader readSections() throws IOException {
        header = readHeader();
        checkSections();
        return header;
    }

    /** Takes parts that were put together in memory, and checks them as those of a file. */
    BtfParser takeParts(BtfHeader ofParts, int[] ownWords, byte[] ownLayout, byte[] ownStrings) {
        header = ofParts;
        words = ownWords;
        layout = ownLayout;
        strings = ownStrings;
        checkStrings();
        findTypes();
        return this;
    }

    /** The types and strings that were found. */
    FlatTypes types() {
        long typesAt = (long) header.headerLength() + header.typeOff();
        return new FlatTypes(source, base, typesAt, words, typeOffsets, strings);
    }

    private BtfHeader readHeader() throws IOException {
        if (input.size() > Integer.MAX_VALUE - 8) {
            throw fault("BTF data of " + input.size() + " bytes, expected less than 2 GiB", 0);
        }
        byte[] bytes = input.read(0, (int) Math.min(BtfHeader.LONG_LENGTH, input.size()));
        if (bytes.length < BtfHeader.SHORT_LENGTH) {
            throw fault(
                    "truncated header: " + bytes.length + " bytes, expected at least " + BtfHeader.SHORT_LENGTH,
                    bytes.length);
        }
        ByteBuffer raw = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = raw.getShort(0) & 0xffff;
        if (Integer.reverseBytes(magic) >>> 16 == BtfHeader.MAGIC) {
            raw.order(ByteOrder.BIG_ENDIAN);
        } else if (magic != BtfHeader.MAGIC) {
            throw fault(
                    "not BTF: magic 0x"
                            + Integer.toHexString(magic)
                            + ", expected 0x"
                            + Integer.toHexString(BtfHeader.MAGIC),
                    0);
        }
        int length = raw.getInt(4);
        if (length < BtfHeader.SHORT_LENGTH || length > input.size()) {
            throw fault(
                    "hdr_len "
                            + Integer.toUnsignedString(length)
                            + ", expected "
                            + BtfHeader.SHORT_LENGTH
                            + " to "
                            + input.size(),
                    4);
        }
        int known = length >= BtfHeader.LONG_LENGTH ? BtfHeader.LONG_LENGTH : BtfHeader.SHORT_LENGTH;
        // As libbpf and the kernel do, which copy as much of the fields as there is onto zeros.
        ByteBuffer fields = ByteBuffer.wrap(
                        Arrays.copyOf(Arrays.copyOf(bytes, Math.min(length, bytes.length)), BtfHeader.LONG_LENGTH))
                .order(raw.order());
        return new BtfHeader(
                raw.order(),
                raw.get(2) & 0xff,
                raw.get(3) & 0xff,
                length,
                raw.getInt(8),
                raw.getInt(12),
                raw.getInt(16),
                raw.getInt(20),
                fields.getInt(24),
                fields.getInt(28),
                hasUnknownData(length, known));
    }

    /** Whether a header has bytes other than zero past the fields that are known here. */
    private boolean hasUnknownData(int length, int known) throws IOException {
        for (byte b : input.read(known, length - known)) {
            if (b != 0) {
                return true;
            }
        }
        return false;
    }

    private void checkSections() {
        long after = input.size() - header.headerLength();
        long typeOff = header.typeOff() & 0xffffffffL;
        long typeEnd = typeOff + (header.typeLen() & 0xffffffffL);
        long strOff = header.strOff() & 0xffffffffL;
        long strEnd = strOff + (header.strLen() & 0xffffffffL);
        if (strEnd > after) {
            throw fault(
                    "string section "
                            + extent(strOff, strEnd)
                            + " past the end of the data ("
                            + after
                            + " bytes after the header)",
                    16);
        }
        if (typeEnd > strOff) {
            throw fault(
                    "type section " + extent(typeOff, typeEnd) + " overlaps string section " + extent(strOff, strEnd),
                    8);
        }
        if (typeOff % 4 != 0 || (typeEnd - typeOff) % 4 != 0) {
            throw fault("type section " + extent(typeOff, typeEnd) + ", expected multiples of 4", 8);
        }
        if (header.layoutLen() != 0) {
            checkLayout(typeEnd, strOff);
        }
    }

    private void checkLayout(long typeEnd, long strOff) {
        long off = header.layoutOff() & 0xffffffffL;
        long end = off + (header.layoutLen() & 0xffffffffL);
        if (off % 4 != 0 || (end - off) % 4 != 0) {
            throw fault("layout section " + extent(off, end) + ", expected multiples of 4", 24);
        }
        if (off < typeEnd || end > strOff) {
            throw fault(
                    "layout section "
                            + extent(off, end)
                            + ", expected between the types' end "
                            + typeEnd
                            + " and the strings' start "
                            + strOff,
                    24);
        }
    }

    private static String extent(long from, long to) {
        return from + ".." + to;
    }

    private byte[] section(int offset, int length) throws IOException {
        return input.read((long) header.headerLength() + offset, length);
    }

    private void checkStrings() {
        int at = header.headerLength() + header.strOff();
        if (strings.length == 0) {
            if (!isSplit) {
                throw fault("empty string section, expected at least a NUL byte", at);
            }
            return;
        }
        if (strings[strings.length - 1] != 0) {
            throw fault("string section does not end with a NUL byte", at + strings.length - 1);
        }
        if (!isSplit && strings[0] != 0) {
            throw fault(
                    "string section does not begin with a NUL byte; is this split BTF, which needs" + " its base?", at);
        }
    }

    private int[] readWords() throws IOException {
        long position = (long) header.headerLength() + header.typeOff();
        return input.readInts(position, header.typeLen() / 4, header.order());
    }

    /** Fills {@link #typeOffsets}: the word offset of each type, then that of the section's end. */
    private void findTypes() {
        typeOffsets = new int[words.length / 6 + 2];
        int at = 0;
        while (at < words.length) {
            if (typeOffsets.length - typeCount <= Batch.TYPES) {
                long grown = typeOffsets.length * 2L + Batch.TYPES;
                typeOffsets = Arrays.copyOf(typeOffsets, (int) Math.min(grown, 1 << 30));
            }
            at = findSomeTypes(at);
        }
        typeOffsets[typeCount] = at;
        typeOffsets = Arrays.copyOf(typeOffsets, typeCount + 1);
    }

    /** Finds a batch of types from a word offset on, and returns where the next one begins. */
    private int findSomeTypes(int from) {
        int[] data = words;
        int[] offsets = typeOffsets;
        int[] firstWords = KindTable.FIRST_ELEMENT_WORDS;
        int[] elementWords = KindTable.ELEMENT_WORDS;
        int at = from;
        int count = typeCount;
        for (int end = count + Batch.TYPES; count < end && at < data.length; ) {
            offsets[count++] = at;
            int info = at + 1 < data.length ? data[at + 1] : 0;
            int kind = Words.kind(info);
            int length = 0;
            if (kind != 0 && kind < firstWords.length) {
                length = firstWords[kind] + Words.vlen(info) * elementWords[kind];
            }
            at = length != 0 && length <= data.length - at ? at + length : typeEnd(at, count);
        }
        typeCount = count;
        return at;
    }

    /** Returns the word offset of the end of the type at a word offset. */
    private int typeEnd(int at, int ordinal) {
        if (words.length - at < 3) {
            throw typeFault(at, ordinal, "", "truncated: " + (words.length - at) + " words, expected 3");
        }
        int info = words[at + 1];
        int kindNumber = Words.kind(info);
        int vlen = Words.vlen(info);
        BtfKind kind = BtfKind.of(kindNumber);
        long length;
        if (kind != null && kind != BtfKind.VOID) {
            length = kind.words(vlen);
        } else {
            length = unknownKindWords(at, ordinal, kindNumber, vlen);
        }
        if (length > words.length - at) {
            throw typeFault(
                    at,
                    ordinal,
                    BtfKind.nameOf(kindNumber) + " ",
                    "vlen "
                            + vlen
                            + " needs "
                            + length * 4
                            + " bytes, past the end of the type section ("
                            + (words.length - at) * 4L
                            + " bytes left)");
        }
        return at + (int) length;
    }

    /** The layout section, of this BTF or of its base, tells the size of kinds not known here. */
    private long unknownKindWords(int at, int ordinal, int kind, int vlen) {
        byte[] known = layout;
        if (known == null) {
            known = baseLayout;
        }
        if (known == null || kind >= known.length / 4) {
            throw typeFault(at, ordinal, "", "unknown kind " + kind + ", and no layout section that tells its size");
        }
        int fixed = known[kind * 4] & 0xff;
        int element = known[kind * 4 + 1] & 0xff;
        if (fixed % 4 != 0 || element % 4 != 0) {
            throw typeFault(
                    at,
                    ordinal,
                    "",
                    "layout of kind " + kind + ": sizes " + fixed + " and " + element + ", expected multiples of 4");
        }
        return 3 + fixed / 4 + (long) vlen * (element / 4);
    }

    private BtfFormatException typeFault(int at, int ordinal, String kind, String what) {
        int typeId = (base == null ? 0 : base.typeCount() - 1) + ordinal;
        return new BtfFormatException(
                source,
                TypeFaults.describe(typeId) + " " + kind + what,
                header.headerLength() + header.typeOff() + at * 4L,
                typeId);
    }

    private BtfFormatException fault(String what, long at) {
        return new BtfFormatException(source, what, at, 0);
    }
}
