package org.btfkit.btf.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.btfkit.btf.relo.SourceLine;

/** Collects findings; those that say the same of a program, or of several at the same lines, become one. */
final class FindingCollector {
    /** What a finding says of a program; null for the object. */
    private record Saying(LoadAnswer answer, String program, Cause cause) {}

    /** What a finding says of all programs that have it at the same lines, as where a function is inlined. */
    private record Shared(LoadAnswer answer, Set<SourceLine> lines, Cause cause) {}

    /** Where it is found. */
    private record Places(Set<SourceLine> lines, Set<Integer> relocations) {}

    private final Map<Saying, Places> found = new LinkedHashMap<>();

    /**
     * Adds a finding.
     *
     * @param program name of the program, null for none
     * @param line where in the source, null if that is not known
     * @param relocation the relocation that it is about, -1 for none
     */
    void add(LoadAnswer answer, String program, SourceLine line, Cause cause, int relocation) {
        Places places = found.computeIfAbsent(
                new Saying(answer, program, cause), key -> new Places(new LinkedHashSet<>(), new LinkedHashSet<>()));
        if (line != null) {
            places.lines.add(line);
        }
        if (relocation >= 0) {
            places.relocations.add(relocation);
        }
    }

    /** {@return the findings, in the order in which the first of each was added} */
    List<LoadFinding> merged() {
        Map<Shared, List<Map.Entry<Saying, Places>>> shared = new LinkedHashMap<>();
        for (Map.Entry<Saying, Places> entry : found.entrySet()) {
            Saying saying = entry.getKey();
            shared.computeIfAbsent(
                            new Shared(saying.answer, entry.getValue().lines, saying.cause), key -> new ArrayList<>())
                    .add(entry);
        }
        List<LoadFinding> findings = new ArrayList<>();
        shared.forEach((what, entries) -> findings.add(new LoadFinding(
                what.answer,
                entries.stream()
                        .map(entry -> entry.getKey().program)
                        .filter(Objects::nonNull)
                        .toList(),
                List.copyOf(what.lines),
                what.cause.subject(),
                what.cause.reason(),
                what.cause.near(),
                entries.stream()
                        .flatMap(entry -> entry.getValue().relocations.stream())
                        .distinct()
                        .toList())));
        return findings;
    }
}
