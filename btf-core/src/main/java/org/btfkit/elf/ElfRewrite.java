package org.btfkit.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.internal.io.BytePatch;
import org.btfkit.internal.io.FileChange;

/**
 * A file with other sections: plans the table, the names, the numbers and the places, in this order, and says how the
 * copy differs.
 */
final class ElfRewrite {
    private final ElfFile file;
    private final ElfLayout layout;
    private final List<BytePatch> patches = new ArrayList<>();

    /**
     * Plans a rewrite.
     *
     * @param file the file
     * @param length how long it is without what is to be cut off
     * @param edited new contents of sections, by section number
     * @param removed numbers of the sections to remove
     * @param added sections to add, in order
     * @throws IOException if reading fails
     * @throws ElfFormatException if the file does not allow it
     * @throws IllegalArgumentException if a section would be cut off
     */
    ElfRewrite(ElfFile file, long length, Map<Integer, byte[]> edited, BitSet removed, List<NewSection> added)
            throws IOException {
        this.file = file;
        Map<Integer, byte[]> contents = new TreeMap<>(edited);
        SectionTable table = new SectionTable(file, added.size(), removed);
        SectionNumbers numbers = new SectionNumbers(file, removed);
        if (!removed.isEmpty()) {
            numbers.rewrite(table, contents);
        }
        if (!removed.isEmpty() || !added.isEmpty()) {
            name(table, removed, added, contents);
        }
        layout = new ElfLayout(file, contents, removed, added, table.sizeBytes());
        requireEnd(length);
        int count = file.sections().size();
        for (ElfSection section : file.sections()) {
            byte[] content = contents.get(section.index());
            long size = content == null ? section.size() : content.length;
            if (layout.offset(section.index()) != section.offset() || size != section.size()) {
                table.setPlace(section.index(), layout.offset(section.index()), size);
            }
        }
        for (int i = 0; i < added.size(); i++) {
            table.setPlace(count + i, layout.offset(count + i), added.get(i).content().length);
        }
        patches.addAll(layout.patches());
        patches.add(new BytePatch(0, table.header(layout.tableOffset(), numbers.of(file.namesIndex()))));
        patches.add(new BytePatch(layout.tableOffset(), table.toBytes()));
    }

    private void name(SectionTable table, BitSet removed, List<NewSection> added, Map<Integer, byte[]> contents)
            throws IOException {
        SectionNames names = new SectionNames(file);
        names.drop(removed, table);
        for (NewSection section : added) {
            table.add(names.offsetOf(section.name()), section.flags(), section.alignment());
        }
        byte[] changed = names.changed();
        if (changed != null) {
            file.requireAlone(names.section());
            if (changed.length != names.section().size()) {
                new ElfSegments(file).requireFree(file, names.section());
            }
            contents.put(names.section().index(), changed);
        }
    }

    private void requireEnd(long length) {
        if (length < layout.oldEnd()) {
            throw new IllegalArgumentException(
                    "cannot cut to " + length + " bytes: " + file + " has sections up to " + layout.oldEnd());
        }
        if (length > layout.oldEnd()) {
            throw new ElfFormatException(
                    file.toString(),
                    (length - layout.oldEnd())
                            + " bytes behind the last section, such as a signature: cut them off before changing sections",
                    layout.oldEnd());
        }
    }

    /** By how much a section moves. */
    long shift(ElfSection section) {
        return layout.offset(section.index()) - section.offset();
    }

    /**
     * Returns the difference.
     *
     * @param more patches in addition, at their offsets in the copy
     */
    FileChange change(List<BytePatch> more) {
        List<BytePatch> all = new ArrayList<>(patches);
        all.addAll(more);
        return new FileChange(layout.length(), layout.moves(), all);
    }
}
