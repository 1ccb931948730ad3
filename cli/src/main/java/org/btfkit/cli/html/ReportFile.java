package org.btfkit.cli.html;

import java.util.List;
import org.btfkit.btf.Btf;

/**
 * A file of a report.
 *
 * @param name what it is called on the page
 * @param btf its BTF
 * @param kfuncs the functions that it offers to BPF programs
 */
public record ReportFile(String name, Btf btf, List<Kfunc> kfuncs) {
    /**
     * A function that BPF programs may call.
     *
     * @param name its name
     * @param funcId id of its FUNC, 0 if there is none
     * @param set name of the set that it is in
     * @param flags names of its flags
     * @param programs for which types of programs the set is; none if that is not known
     */
    public record Kfunc(String name, int funcId, String set, List<String> flags, List<String> programs) {}
}
