package org.btfkit.btf.load;

import java.util.List;
import org.btfkit.btf.relo.SourceLine;

/**
 * One thing that speaks against an object's loading on a kernel.
 *
 * @param answer what it makes of the verdict; never {@link LoadAnswer#YES}
 * @param programs names of the programs that it is found in, in the object's order; empty if it is the object's
 * @param lines where in the source, each once, in the order found; empty if that is not known
 * @param subject what it is about: a path such as {@code inet_sock.freebind}, a section's name, a function
 * @param reason what is missing or wrong with it, in one line
 * @param near what of the kernel comes nearest to what is missing, the nearest first
 * @param relocations indexes of the CO-RE relocations that it is about; empty if it is of none
 */
public record LoadFinding(
        LoadAnswer answer,
        List<String> programs,
        List<SourceLine> lines,
        String subject,
        String reason,
        List<String> near,
        List<Integer> relocations) {
    /**
     * Makes a finding with its own copies of the lists.
     *
     * @param answer what it makes of the verdict
     * @param programs names of the programs
     * @param lines where in the source
     * @param subject what it is about
     * @param reason what is wrong with it
     * @param near what comes nearest
     * @param relocations indexes of the relocations
     */
    public LoadFinding {
        programs = List.copyOf(programs);
        lines = List.copyOf(lines);
        near = List.copyOf(near);
        relocations = List.copyOf(relocations);
    }

    /**
     * Makes a finding of a whole object.
     *
     * @param answer what it makes of the verdict
     * @param subject what it is about
     * @param reason what is wrong with it
     * @return the finding
     */
    public static LoadFinding of(LoadAnswer answer, String subject, String reason) {
        return of(answer, subject, reason, List.of());
    }

    static LoadFinding of(LoadAnswer answer, String subject, String reason, List<String> near) {
        return new LoadFinding(answer, List.of(), List.of(), subject, reason, near, List.of());
    }
}
