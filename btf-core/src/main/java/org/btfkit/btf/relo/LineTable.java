package org.btfkit.btf.relo;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.ext.BtfExt.LineInfo;

/** The source lines of an object's instructions, by section and offset; made when the first one is asked for. */
final class LineTable {
    private final BtfExt ext;
    private final Btf btf;
    private final ToIntFunction<String> sections;
    private volatile Map<Integer, LineInfo[]> bySection;

    /**
     * Makes a table.
     *
     * @param ext the records, or null for none
     * @param btf the BTF with their strings
     * @param sections gives the number of the section of a name, 0 if there is none
     */
    LineTable(BtfExt ext, Btf btf, ToIntFunction<String> sections) {
        this.ext = ext;
        this.btf = btf;
        this.sections = sections;
    }

    SourceLine find(int section, int insnOffsetBytes) {
        LineInfo[] lines = index().get(section);
        if (lines == null) {
            return null;
        }
        int low = 0;
        int high = lines.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(lines[middle].insnOffBytes(), insnOffsetBytes) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0) {
            return null;
        }
        LineInfo line = lines[low - 1];
        return new SourceLine(
                string(line.fileNameOff()),
                line.line(),
                line.column(),
                string(line.lineOff()).strip());
    }

    private String string(int stringOff) {
        return stringOff < 0 || stringOff >= btf.stringEnd() ? "" : btf.string(stringOff);
    }

    private Map<Integer, LineInfo[]> index() {
        Map<Integer, LineInfo[]> index = bySection;
        if (index == null) {
            index = new HashMap<>();
            if (ext != null) {
                for (BtfExt.Group<LineInfo> group : ext.lineInfo()) {
                    index.merge(
                            sections.applyAsInt(string(group.sectionNameOff())), sorted(group.records()), (a, b) -> a);
                }
            }
            bySection = index;
        }
        return index;
    }

    private static LineInfo[] sorted(List<LineInfo> records) {
        LineInfo[] lines = records.toArray(LineInfo[]::new);
        Arrays.sort(lines, Comparator.comparing(LineInfo::insnOffBytes, Integer::compareUnsigned));
        return lines;
    }
}
