package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.tool.Readelf;

/** A file at some time, to tell later whether it was written, and what in it has changed. */
record FileState(Path file, byte[] bytes, Object inode, FileTime modified) {
    private record Range(long start, long end) {}

    /** Remembers a file; sets its time of modification to one long ago, so that any write shows. */
    static FileState of(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileState(file, Files.readAllBytes(file), attributes.fileKey(), attributes.lastModifiedTime());
    }

    /** Fails if the file was written, even if with the same bytes, or replaced. */
    void assertUntouched() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        assertArrayEquals(bytes, Files.readAllBytes(file), file + ": bytes");
        assertEquals(modified, attributes.lastModifiedTime(), file + ": time of modification");
        assertEquals(inode, attributes.fileKey(), file + ": inode");
    }

    /** Fails if {@code changed} differs in anything but .BTF_ids and the values of symbols in its sets. */
    void assertOnlyIdsAndSymbolsDiffer(byte[] changed) {
        List<Range> ranges = symbolValues();
        ranges.add(section());
        assertOnlyDiffersIn(ranges, changed);
    }

    /** Fails if {@code changed} differs in anything but the values of symbols in sets of .BTF_ids. */
    void assertOnlySymbolsDiffer(byte[] changed) {
        assertOnlyDiffersIn(symbolValues(), changed);
    }

    private void assertOnlyDiffersIn(List<Range> ranges, byte[] changed) {
        assertEquals(bytes.length, changed.length, file + ": length");
        for (int i = 0; i < bytes.length; i++) {
            int at = i;
            if (bytes[i] != changed[i] && ranges.stream().noneMatch(range -> at >= range.start && at < range.end)) {
                fail("%s: byte 0x%x was %02x, is %02x".formatted(file, i, bytes[i], changed[i]));
            }
        }
    }

    private Range section() {
        Readelf.Section section = Readelf.section(file, ".BTF_ids").orElseThrow();
        return new Range(section.offset(), section.offset() + section.size());
    }

    /** Where st_value of the symbols within sets stands; in ELF64 it is the second eight bytes of twenty-four. */
    private List<Range> symbolValues() {
        Readelf.Section table = Readelf.section(file, ".symtab").orElseThrow();
        assertEquals(24, table.entrySize(), "size of a symbol");
        IdsView view = IdsView.of(file);
        List<Range> ranges = new ArrayList<>();
        for (IdsView.IdSet set : view.sets()) {
            for (IdsView.Id id : view.idsOf(set)) {
                long start = table.offset() + 24L * id.symbolIndex() + 8;
                ranges.add(new Range(start, start + 8));
            }
        }
        return ranges;
    }
}
