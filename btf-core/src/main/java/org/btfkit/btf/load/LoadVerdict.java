package org.btfkit.btf.load;

import java.util.BitSet;
import java.util.List;
import org.btfkit.btf.relo.CoreResults;

/**
 * Whether an object loads on a kernel, and why not.
 *
 * @param answer the answer
 * @param findings what led to it; empty for {@link LoadAnswer#YES}
 * @param guarded indexes of the relocations that nothing on the kernel matches and that no program reaches there
 * @param warnings what works and may not be what was meant, in one line each
 */
public record LoadVerdict(LoadAnswer answer, List<LoadFinding> findings, BitSet guarded, List<String> warnings) {
    /**
     * Makes a verdict with its own copies.
     *
     * @param answer the answer
     * @param findings what led to it
     * @param guarded the relocations that do no harm
     * @param warnings what may not be meant
     */
    public LoadVerdict {
        findings = List.copyOf(findings);
        guarded = (BitSet) guarded.clone();
        warnings = List.copyOf(warnings);
    }

    /** {@return a copy of the indexes of the relocations that nothing matches and no program reaches} */
    @Override
    public BitSet guarded() {
        return (BitSet) guarded.clone();
    }

    /**
     * Judges an object on one kernel; {@link LoadJudge} does it for several.
     *
     * @param results what became of its relocations on the kernel
     * @return the verdict
     */
    public static LoadVerdict of(CoreResults results) {
        return LoadJudge.of(results.object()).judge(results);
    }
}
