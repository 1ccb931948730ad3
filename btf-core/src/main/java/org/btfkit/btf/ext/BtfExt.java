package org.btfkit.btf.ext;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;

/**
 * The data of an ELF section {@code .BTF.ext}: what a BPF object says of its instructions, by type ids and string
 * offsets of the {@code .BTF} beside it. Immutable.
 *
 * <p>The grammar, in words of four bytes unless said otherwise:
 *
 * <pre>
 * ext     = header info*
 * header  = magic:u16 version:u8 flags:u8 hdr_len func_info_off func_info_len line_info_off line_info_len
 *           [core_relo_off core_relo_len] zero*
 * info    = record_size group*           record_size in bytes
 * group   = sec_name_off num_info record*
 * </pre>
 *
 * <p>Records that are longer than those known here are kept with all their words. The source is libbpf's
 * {@code btf_ext_parse}.
 */
public final class BtfExt {
    private final String source;
    private final ByteOrder order;
    private final int headerLength;
    private final boolean hasUnknownData;
    private final InfoSection[] sections;

    /** All data with zeros where something is known, or null if there is nothing else than zeros. */
    private final byte[] unknown;

    private BtfExt(
            String source,
            ByteOrder order,
            int headerLength,
            boolean hasUnknownData,
            InfoSection[] sections,
            byte[] unknown) {
        this.source = source;
        this.order = order;
        this.headerLength = headerLength;
        this.hasUnknownData = hasUnknownData;
        this.sections = sections;
        this.unknown = unknown;
    }

    /**
     * Records that belong to one ELF section.
     *
     * @param <T> kind of the records
     * @param sectionNameOff string offset of the section's name
     * @param records the records, at least one
     */
    public record Group<T>(int sectionNameOff, List<T> records) {
        /**
         * Copies the list.
         *
         * @param sectionNameOff string offset of the section's name
         * @param records the records
         */
        public Group {
            records = List.copyOf(records);
        }
    }

    /**
     * Tells where a function begins.
     *
     * @param insnOffBytes offset of its first instruction in the ELF section
     * @param typeId id of its FUNC
     */
    public record FuncInfo(int insnOffBytes, int typeId) {}

    /**
     * Tells where an instruction comes from.
     *
     * @param insnOffBytes offset of the instruction in the ELF section
     * @param fileNameOff string offset of the source file's name
     * @param lineOff string offset of the source line's text
     * @param lineCol number of the line in the upper 22 bits, of the column in the lower 10
     */
    public record LineInfo(int insnOffBytes, int fileNameOff, int lineOff, int lineCol) {
        /**
         * Returns the number of the source line.
         *
         * @return the number, counted from 1
         */
        public int line() {
            return lineCol >>> 10;
        }

        /**
         * Returns the number of the source column.
         *
         * @return the number, counted from 1; 0 if unknown
         */
        public int column() {
            return lineCol & 0x3ff;
        }
    }

    /**
     * Tells that an instruction depends on the layout of a type.
     *
     * @param insnOffBytes offset of the instruction in the ELF section
     * @param typeId id of the type that the access starts from
     * @param accessStrOff string offset of the path from there, such as {@code 0:1:2}
     * @param kind what is wanted, a number of {@code enum bpf_core_relo_kind}
     */
    public record CoreRelo(int insnOffBytes, int typeId, int accessStrOff, int kind) {}

    /**
     * Parses data.
     *
     * @param data the data of the ELF section
     * @param source where it came from, for messages
     * @return what it says
     * @throws BtfFormatException if it breaks a rule of the format
     * @throws BtfUnsupportedException if it has a version or flags that are not known
     */
    public static BtfExt parse(byte[] data, String source) {
        BtfExtParser parser = new BtfExtParser(data, source).parse();
        return new BtfExt(
                source, parser.order(), parser.headerLength, parser.hasUnknownData, parser.sections, parser.unknown);
    }

    /**
     * Makes data of records, with a header of 32 bytes and records of the known sizes.
     *
     * @param order byte order that it will be written in
     * @param funcInfo func_info by ELF section, may be empty
     * @param lineInfo line_info by ELF section, may be empty
     * @param coreRelo core_relo by ELF section, may be empty
     * @return the data
     * @throws IllegalArgumentException if there is no record at all, or none in some group
     */
    public static BtfExt of(
            ByteOrder order,
            List<Group<FuncInfo>> funcInfo,
            List<Group<LineInfo>> lineInfo,
            List<Group<CoreRelo>> coreRelo) {
        InfoSection func = InfoSection.of(InfoKind.FUNC_INFO, 0, funcInfo, (record, words, at) -> {
            words[at] = record.insnOffBytes;
            words[at + 1] = record.typeId;
        });
        InfoSection line = InfoSection.of(InfoKind.LINE_INFO, func.end(), lineInfo, (record, words, at) -> {
            words[at] = record.insnOffBytes;
            words[at + 1] = record.fileNameOff;
            words[at + 2] = record.lineOff;
            words[at + 3] = record.lineCol;
        });
        InfoSection core = InfoSection.of(InfoKind.CORE_RELO, line.end(), coreRelo, (record, words, at) -> {
            words[at] = record.insnOffBytes;
            words[at + 1] = record.typeId;
            words[at + 2] = record.accessStrOff;
            words[at + 3] = record.kind;
        });
        if (core.end() == 0) {
            throw new IllegalArgumentException(".BTF.ext without records, expected some");
        }
        InfoSection[] sections = {func, line, core};
        return new BtfExt("new .BTF.ext", order, BtfExtParser.LONG_LENGTH, false, sections, null);
    }

    /**
     * Returns where the data came from.
     *
     * @return the source as given to {@link #parse}
     */
    public String source() {
        return source;
    }

    /**
     * Returns the byte order that the data was in.
     *
     * @return little or big endian
     */
    public ByteOrder order() {
        return order;
    }

    /**
     * Returns where functions begin. Creates the records anew each time.
     *
     * @return the records by ELF section, in the order of the data
     */
    public List<Group<FuncInfo>> funcInfo() {
        return section(InfoKind.FUNC_INFO).groups((words, at) -> new FuncInfo(words[at], words[at + 1]));
    }

    /**
     * Returns where instructions come from. Creates the records anew each time.
     *
     * @return the records by ELF section, in the order of the data
     */
    public List<Group<LineInfo>> lineInfo() {
        return section(InfoKind.LINE_INFO)
                .groups((words, at) -> new LineInfo(words[at], words[at + 1], words[at + 2], words[at + 3]));
    }

    /**
     * Returns which instructions depend on types' layouts. Creates the records anew each time.
     *
     * @return the records by ELF section, in the order of the data
     */
    public List<Group<CoreRelo>> coreRelo() {
        return section(InfoKind.CORE_RELO)
                .groups((words, at) -> new CoreRelo(words[at], words[at + 1], words[at + 2], words[at + 3]));
    }

    private InfoSection section(InfoKind kind) {
        return sections[kind.ordinal()];
    }

    /**
     * Checks that all type ids and string offsets exist in the BTF that they are of.
     *
     * @param btf the BTF of the same object
     * @throws BtfFormatException if one does not exist
     */
    public void validate(Btf btf) {
        for (InfoSection section : sections) {
            section.validate(btf, source, headerLength);
        }
    }

    /**
     * Lets the records follow BTF whose type ids or string offsets have changed. After {@code idMap =
     * builder.append(btf)}, for example:
     *
     * <pre>{@code
     * ext.validate(btf);
     * BtfExt moved = ext.map(id -> idMap[id], off -> builder.addString(btf, off));
     * }</pre>
     *
     * @param typeIds gives the new id of a type by its old id
     * @param stringOffs gives the new offset of a string by its old offset; called in the order of the data
     * @return the data with the new ids and offsets and all else as it was
     * @throws BtfUnsupportedException if there are bytes that are not zero and belong to no sub-section, as ids in them
     *     could not follow
     */
    public BtfExt map(IntUnaryOperator typeIds, IntUnaryOperator stringOffs) {
        requireKnown("type ids and string offsets in them cannot be mapped");
        InfoSection[] mapped = new InfoSection[sections.length];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = sections[i].map(typeIds, stringOffs);
        }
        return new BtfExt(source, order, headerLength, hasUnknownData, mapped, null);
    }

    /**
     * Makes data without records, to {@link #append} to.
     *
     * @return data in the byte order of this one
     */
    public BtfExt none() {
        InfoSection[] empty = new InfoSection[sections.length];
        for (InfoKind kind : InfoKind.values()) {
            empty[kind.ordinal()] = new InfoSection(kind, 0, new int[0]);
        }
        return new BtfExt(source, order, BtfExtParser.LONG_LENGTH, false, empty, null);
    }

    /**
     * Puts the records of another object behind these, as a linker does that joins sections of one name: records stay
     * grouped by section, in the order in which sections are first seen.
     *
     * @param other what the other object says; its ids and strings are those of the same BTF already, see {@link #map},
     *     where each string stands once
     * @param insnOffBytes gives for the string offset of a section's name how many bytes of that section stand before
     *     the other object's; called for each group
     * @return new data with the records of both and a header of 32 bytes, in this byte order
     * @throws BtfUnsupportedException if records of a kind differ in size, or there are bytes that belong to no
     *     sub-section
     * @throws BtfFormatException if an instruction offset would not fit in 32 bits
     */
    public BtfExt append(BtfExt other, IntUnaryOperator insnOffBytes) {
        requireKnown("nothing can be put behind them");
        other.requireKnown("they cannot be put behind another's");
        InfoSection[] joined = new InfoSection[sections.length];
        int end = 0;
        for (int i = 0; i < joined.length; i++) {
            InfoSection mine = sections[i];
            InfoSection others = other.sections[i];
            if (mine.length() != 0 && others.length() != 0 && mine.recordSize() != others.recordSize()) {
                throw new BtfUnsupportedException(
                        other.source + ": " + mine.kind().label() + ": records of " + others.recordSize()
                                + " bytes, expected " + mine.recordSize() + " as in " + source);
            }
            joined[i] = mine.append(others, insnOffBytes, end, other.source);
            end = joined[i].end();
        }
        return new BtfExt(source, order, BtfExtParser.LONG_LENGTH, hasUnknownData, joined, null);
    }

    private void requireKnown(String consequence) {
        for (int i = 0; unknown != null && i < unknown.length; i++) {
            if (unknown[i] != 0) {
                throw new BtfUnsupportedException(source + ": bytes from 0x" + Integer.toHexString(i)
                        + " on belong to no part of .BTF.ext that is known, expected zeros; " + consequence);
            }
        }
    }

    /**
     * Writes the data in its own byte order; what was read is written as it was, bytes which belong to no sub-section
     * included, but for zeros at the end.
     *
     * @return the bytes
     * @throws BtfUnsupportedException if the header has data that is not known here
     */
    public byte[] toBytes() {
        return toBytes(order);
    }

    /**
     * Writes the data in a byte order. All of it is taken to be words of four bytes.
     *
     * @param newOrder the byte order
     * @return the bytes
     * @throws BtfUnsupportedException if the header has data that is not known here, or, if the byte order changes, if
     *     there are bytes that are not zero and belong to no sub-section
     */
    public byte[] toBytes(ByteOrder newOrder) {
        if (hasUnknownData) {
            throw new BtfUnsupportedException(source + ": header of " + headerLength
                    + " bytes has unknown data that is not zero, expected zeros; it can be read but not rewritten");
        }
        int end = 0;
        for (InfoSection section : sections) {
            end = section.length() == 0 ? end : Math.max(end, section.end());
        }
        if (!newOrder.equals(order)) {
            requireKnown("their byte order cannot be changed");
        }
        byte[] data = unknown == null ? new byte[headerLength + end] : unknown.clone();
        ByteBuffer out = ByteBuffer.wrap(data).order(newOrder);
        out.putShort((short) BtfHeader.MAGIC).put((byte) 1).put((byte) 0).putInt(headerLength);
        for (InfoSection section : sections) {
            if (out.position() + 8 <= headerLength) {
                out.putInt(section.offset()).putInt(section.length());
            }
        }
        for (InfoSection section : sections) {
            if (section.length() != 0) {
                out.position(headerLength + section.offset());
                out.asIntBuffer().put(section.words());
            }
        }
        return out.array();
    }

    @Override
    public String toString() {
        return source;
    }
}
