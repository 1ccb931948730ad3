package org.btfkit.btf.ext;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;

/**
 * A sub-section of {@code .BTF.ext}: its records of one kind, grouped by ELF section, kept as the words they are.
 *
 * <pre>
 * info    = record_size group*
 * group   = sec_name_off num_info record*
 * </pre>
 */
final class InfoSection {
    /** Words before the first group. */
    private static final int PREFIX = 1;

    /** Words of a group before its first record. */
    private static final int GROUP_PREFIX = 2;

    private final InfoKind kind;
    private final int offset;
    private final int[] words;

    /**
     * Wraps words, which are checked already.
     *
     * @param offset where it begins, in bytes from the end of the header
     * @param words record size and groups; empty if there is nothing
     */
    InfoSection(InfoKind kind, int offset, int[] words) {
        this.kind = kind;
        this.offset = offset;
        this.words = words;
    }

    /** Writes a record's words from an index on. */
    interface Writer<T> {
        void write(T record, int[] words, int at);
    }

    /** Makes the words of records. */
    static <T> InfoSection of(InfoKind kind, int offset, List<BtfExt.Group<T>> groups, Writer<T> writer) {
        long length = groups.isEmpty() ? 0 : PREFIX;
        for (BtfExt.Group<T> group : groups) {
            if (group.records().isEmpty()) {
                throw new IllegalArgumentException(kind.label() + ": group without records, expected some");
            }
            length += GROUP_PREFIX + (long) group.records().size() * kind.words();
        }
        if (offset + length * 4 > Integer.MAX_VALUE - 1024) {
            throw new IllegalArgumentException(kind.label() + " of " + length * 4 + " bytes, expected less than 2 GiB");
        }
        int[] words = new int[(int) length];
        int at = 0;
        if (words.length != 0) {
            words[at++] = kind.words() * 4;
        }
        for (BtfExt.Group<T> group : groups) {
            words[at++] = group.sectionNameOff();
            words[at++] = group.records().size();
            for (T record : group.records()) {
                writer.write(record, words, at);
                at += kind.words();
            }
        }
        return new InfoSection(kind, offset, words);
    }

    InfoKind kind() {
        return kind;
    }

    int offset() {
        return offset;
    }

    int length() {
        return words.length * 4;
    }

    int end() {
        return offset + length();
    }

    int[] words() {
        return words;
    }

    int recordSize() {
        return words.length == 0 ? kind.words() * 4 : words[0];
    }

    /** Reads a record whose first word is at an index. */
    interface Reader<T> {
        T read(int[] words, int at);
    }

    <T> List<BtfExt.Group<T>> groups(Reader<T> reader) {
        List<BtfExt.Group<T>> groups = new ArrayList<>();
        int step = recordSize() / 4;
        int at = PREFIX;
        while (at < words.length) {
            int count = words[at + 1];
            List<T> records = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                records.add(reader.read(words, at + GROUP_PREFIX + i * step));
            }
            groups.add(new BtfExt.Group<>(words[at], records));
            at += GROUP_PREFIX + count * step;
        }
        return List.copyOf(groups);
    }

    /** What is done with a word: the word, its index in {@link #words}, and what it is. */
    private interface Visitor {
        void visit(int at, boolean isTypeId);
    }

    /** Visits all type ids and string offsets in their order, but within a record type ids first. */
    private void visit(Visitor visitor) {
        int step = recordSize() / 4;
        int at = PREFIX;
        while (at < words.length) {
            visitor.visit(at, false);
            int end = at + GROUP_PREFIX + words[at + 1] * step;
            for (at += GROUP_PREFIX; at < end; at += step) {
                for (int i = 0; i < kind.typeIdCount(); i++) {
                    visitor.visit(at + kind.typeIdWord(i), true);
                }
                for (int i = 0; i < kind.stringCount(); i++) {
                    visitor.visit(at + kind.stringWord(i), false);
                }
            }
        }
    }

    InfoSection map(IntUnaryOperator typeIds, IntUnaryOperator stringOffs) {
        int[] mapped = words.clone();
        visit((at, isTypeId) -> mapped[at] = (isTypeId ? typeIds : stringOffs).applyAsInt(words[at]));
        return new InfoSection(kind, offset, mapped);
    }

    /**
     * Puts the records of another behind these, group by group.
     *
     * @param insnOffBytes what to add to the other's instruction offsets, by the name of their section
     * @param newOffset where the result begins, in bytes from the end of the header
     * @param source where the other is from, for messages
     */
    InfoSection append(InfoSection other, IntUnaryOperator insnOffBytes, int newOffset, String source) {
        if (other.words.length == 0) {
            return new InfoSection(kind, newOffset, words);
        }
        // By section: the groups' words, prefix and records, in the order of first sight.
        Map<Integer, List<int[]>> groups = new LinkedHashMap<>();
        takeGroups(groups, section -> 0, source);
        other.takeGroups(groups, insnOffBytes, source);
        int step = other.recordSize() / 4;
        long length = PREFIX;
        for (List<int[]> group : groups.values()) {
            length += GROUP_PREFIX;
            for (int[] records : group) {
                length += records.length;
            }
        }
        if (newOffset + length * 4 > Integer.MAX_VALUE - 1024) {
            throw new IllegalArgumentException(kind.label() + " of " + length * 4 + " bytes, expected less than 2 GiB");
        }
        int[] joined = new int[(int) length];
        joined[0] = other.recordSize();
        int at = PREFIX;
        for (Map.Entry<Integer, List<int[]>> group : groups.entrySet()) {
            int start = at;
            at += GROUP_PREFIX;
            for (int[] records : group.getValue()) {
                System.arraycopy(records, 0, joined, at, records.length);
                at += records.length;
            }
            joined[start] = group.getKey();
            joined[start + 1] = (at - start - GROUP_PREFIX) / step;
        }
        return new InfoSection(kind, newOffset, joined);
    }

    private void takeGroups(Map<Integer, List<int[]>> groups, IntUnaryOperator insnOffBytes, String source) {
        int step = recordSize() / 4;
        int at = PREFIX;
        while (at < words.length) {
            int from = at + GROUP_PREFIX;
            int to = from + words[at + 1] * step;
            int[] records = Arrays.copyOfRange(words, from, to);
            long added = insnOffBytes.applyAsInt(words[at]);
            for (int i = 0; i < records.length; i += step) {
                long moved = (records[i] & 0xffffffffL) + added;
                if (moved > 0xffffffffL) {
                    throw new BtfFormatException(
                            source, kind.label() + ": instruction offset " + moved + ", expected one of 32 bits", 0, 0);
                }
                records[i] = (int) moved;
            }
            groups.computeIfAbsent(words[at], section -> new ArrayList<>()).add(records);
            at = to;
        }
    }

    /** Checks that ids and offsets exist. */
    void validate(Btf btf, String source, int headerLength) {
        visit((at, isTypeId) -> {
            int end = isTypeId ? btf.typeCount() : btf.stringEnd();
            if (words[at] < 0 || words[at] >= end) {
                String what = isTypeId
                        ? "type id " + Integer.toUnsignedString(words[at]) + " of no type (there are " + end + ")"
                        : "string offset " + Integer.toUnsignedString(words[at]) + " past string section (" + end
                                + " bytes)";
                throw new BtfFormatException(source, kind.label() + ": " + what, headerLength + offset + at * 4L, 0);
            }
        });
    }
}
