package org.btfkit.btf.load;

import java.util.List;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.Reason;

/**
 * What a finding is about, in words.
 *
 * @param subject the field, type, function or section
 * @param reason what is missing or wrong with it
 * @param near what comes nearest to what is missing
 */
record Cause(String subject, String reason, List<String> near) {
    static Cause of(String subject, String reason) {
        return new Cause(subject, reason, List.of());
    }

    /** Why a relocation fails; what the subject has named is not named again. */
    static Cause of(CoreResults results, int relocation) {
        String path = results.path(relocation).toString();
        String subject = path.isEmpty() ? "relocation " + relocation : path;
        Reason reason = results.get(relocation).reason();
        List<String> near = List.of();
        String text = reason.toString();
        if (reason instanceof Reason.NoCandidate missing) {
            near = missing.near();
        } else if (reason instanceof Reason.MissingEnumerator missing) {
            near = missing.near();
            text = shortened(text, missing.holder() + " has no enumerator " + missing.name(), "no such enumerator");
        } else if (reason instanceof Reason.MissingMember missing) {
            near = missing.near();
            String opening = missing.holder() + " has no member " + missing.member();
            if (subject.equals(missing.holder() + "." + missing.member())) {
                text = shortened(text, opening, "no such member");
            } else if (subject.endsWith("." + missing.member())) {
                text = shortened(text, opening, missing.holder() + " has no such member");
            }
        }
        String end = "; nearest: " + String.join(", ", near);
        boolean isNamed = !near.isEmpty() && text.endsWith(end);
        return new Cause(
                subject, isNamed ? text.substring(0, text.length() - end.length()) : text, isNamed ? near : List.of());
    }

    private static String shortened(String text, String opening, String by) {
        return text.startsWith(opening) ? by + text.substring(opening.length()) : text;
    }

    /** The same with something added to the reason. */
    Cause with(String remark) {
        return new Cause(subject, reason + remark, near);
    }
}
