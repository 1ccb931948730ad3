package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;

/** The variables by section, of which each with any becomes a DATASEC. */
final class DataSections {
    /** Words of an entry of a DATASEC. */
    private static final int ENTRY_WORDS = 3;

    private final VariableSections sections;
    private final IntList[] entries;

    DataSections(VariableSections sections) {
        this.sections = sections;
        this.entries = new IntList[sections.count()];
    }

    void add(int section, int variable, int offset, int size) {
        if (entries[section] == null) {
            entries[section] = new IntList();
        }
        entries[section].add(variable);
        entries[section].add(offset);
        entries[section].add(size);
    }

    /** Appends the sections, by number. */
    void write(Tail tail, EncodedStrings strings) {
        for (int section = 1; section < entries.length; section++) {
            if (entries[section] != null) {
                int[] words = sorted(entries[section]);
                int last = words.length - ENTRY_WORDS;
                int size = words[last + 1] + words[last + 2];
                int info = BtfWords.info(BtfWords.DATASEC, words.length / ENTRY_WORDS, false);
                tail.add(strings.add(sections.name(section)), info, size);
                for (int word : words) {
                    tail.word(word);
                }
            }
        }
    }

    /** By offset; variables at one offset stay in their order. */
    private static int[] sorted(IntList list) {
        int count = list.size / ENTRY_WORDS;
        Integer[] order = new Integer[count];
        for (int i = 0; i < count; i++) {
            order[i] = i * ENTRY_WORDS;
        }
        java.util.Arrays.sort(order, (a, b) -> Integer.compareUnsigned(list.items[a + 1], list.items[b + 1]));
        int[] words = new int[list.size];
        for (int i = 0; i < count; i++) {
            System.arraycopy(list.items, order[i], words, i * ENTRY_WORDS, ENTRY_WORDS);
        }
        return words;
    }
}
