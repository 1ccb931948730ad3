package org.btfkit.btf.load;

import java.util.List;
import org.btfkit.btf.relo.SourceLine;

/**
 * One thing that speaks against an object's loading on a kernel.
 *
 * @param answer what it makes of the verdict; never {@link LoadAnswer#YES}
 * @param programs names of the programs that it is found in, in the object's order; empty if it is the object's
 * @param line where in the source, null if that is not known
 * @param subject what it is about: a path such as {@code inet_sock.freebind}, a section's name, a function
 * @param reason what is missing or wrong with it, in one line
 * @param relocation index of the CO-RE relocation that it is about, or -1
 */
public record LoadFinding(
        LoadAnswer answer, List<String> programs, SourceLine line, String subject, String reason, int relocation) {
    /** Makes its own copy of the list. */
    public LoadFinding {
        programs = List.copyOf(programs);
    }

    static LoadFinding of(LoadAnswer answer, List<String> programs, SourceLine line, String subject, String reason) {
        return new LoadFinding(answer, programs, line, subject, reason, -1);
    }
}
