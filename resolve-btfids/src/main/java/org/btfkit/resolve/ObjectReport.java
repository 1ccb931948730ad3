package org.btfkit.resolve;

import java.nio.file.Path;
import java.util.List;

/**
 * What was found in an object, and what became of it.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param file the object
 * @param outcome what was done
 * @param sets its sets by offset, after them the ids outside sets if there are any
 * @param movedSymbols how many symbols were moved, or would be
 * @param missingNames how many different names have no id
 * @param btf what became of its BTF, null if that was left alone
 * @param files what was written beside it
 */
public record ObjectReport(
        Path file,
        Outcome outcome,
        List<SetReport> sets,
        int movedSymbols,
        int missingNames,
        BtfReport btf,
        List<Path> files) {

    /** A report on an object whose BTF was left alone. */
    ObjectReport(Path file, Outcome outcome, List<SetReport> sets, int movedSymbols, int missingNames) {
        this(file, outcome, sets, movedSymbols, missingNames, null, List.of());
    }

    /** What became of an object. */
    public enum Outcome {
        /** It has no .BTF_ids section, no symbol table, or no id symbols; or, where BTF is made of DWARF, no DWARF. */
        NOTHING_TO_DO,
        /** It was examined only. */
        CHECKED,
        /** What it is to carry was written beside it. */
        DETACHED,
        /** Everything was as it has to be; the file was not touched. */
        UNCHANGED,
        /** It was written. */
        WRITTEN
    }

    /**
     * Tells whether any set has a certain state.
     *
     * @param state the state to look for
     * @return true if at least one has it
     */
    public boolean hasAny(SetReport.State state) {
        for (SetReport set : sets) {
            if (set.state() == state) {
                return true;
            }
        }
        return false;
    }
}
