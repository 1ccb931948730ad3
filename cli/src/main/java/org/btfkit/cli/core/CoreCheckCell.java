package org.btfkit.cli.core;

import java.util.List;
import org.btfkit.btf.load.LoadAnswer;
import org.btfkit.btf.load.LoadFinding;

/**
 * What came of one object on one kernel.
 *
 * @param answer the verdict; null if the kernel could not be read
 * @param findings why it is not yes
 * @param guarded how many relocations nothing matches, which no program reaches
 * @param warnings what may not be as it was meant
 * @param records what became of each relocation; empty unless that is asked for
 */
record CoreCheckCell(
        LoadAnswer answer,
        List<LoadFinding> findings,
        int guarded,
        List<String> warnings,
        List<CoreCheckRecord> records) {
    /** The cell of an object whose kernel could not be read. */
    static final CoreCheckCell NONE = new CoreCheckCell(null, List.of(), 0, List.of(), List.of());

    /** The cell of an object that cannot be read. */
    static CoreCheckCell broken(String reason) {
        LoadFinding finding = LoadFinding.of(LoadAnswer.NO, "object", reason);
        return new CoreCheckCell(LoadAnswer.NO, List.of(finding), 0, List.of(), List.of());
    }

    /** The cell of an object that could not be judged on a kernel for a reason that the kernel is not to blame for. */
    static CoreCheckCell unknown(String reason) {
        LoadFinding finding = LoadFinding.of(LoadAnswer.UNKNOWN, "object", reason);
        return new CoreCheckCell(LoadAnswer.UNKNOWN, List.of(finding), 0, List.of(), List.of());
    }

    /** What stands in the matrix. */
    String text() {
        if (answer == null) {
            return "-";
        }
        return answer == LoadAnswer.NO && !findings.isEmpty() ? "no  " + findings.size() : answer.label();
    }
}
