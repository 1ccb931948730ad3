package org.btfkit.btf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.kernel.CoreOracle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares verdicts with those of a verifier, program by program: stored tables of what Linux 6.18.44 said of objects
 * that libbpf had relocated on one kernel's BTF or another's.
 */
@Tag("conformance")
class LoadJudgeConformance {
    private static final Map<String, CoreTarget> TARGETS = new HashMap<>();
    private static final Map<String, BpfObject> OBJECTS = new HashMap<>();

    /** A program's verdict in a table. */
    private record Row(String object, String kernel, String section, String program, String verdict, String why) {
        static Row of(String object, String kernel, String[] columns, int from) {
            String why = columns.length > from + 3 ? columns[from + 3] : "";
            return new Row(object, kernel, columns[from], columns[from + 1], columns[from + 2], why);
        }
    }

    private static CoreTarget target(String name) {
        return TARGETS.computeIfAbsent(name, key -> {
            try {
                return CoreTarget.of(BtfSource.load(CoreOracle.target(key)), List.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static BpfObject object(String name) {
        return OBJECTS.computeIfAbsent(name, key -> {
            try {
                return BpfObject.read(CoreOracle.object(key));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static LoadVerdict verdict(Row row) {
        BpfObject object = object(row.object);
        return LoadJudge.of(object)
                .judge(CoreRelocator.of(object).on(target(row.kernel)), LinuxVersion.in("6.18.44"));
    }

    /** What the verdict says of one program: a loader that loads it alone meets its own findings only. */
    private static String of(LoadVerdict verdict, Row row) {
        String said = "loads";
        for (LoadFinding finding : verdict.findings()) {
            if (finding.programs().contains(row.program)) {
                said = finding.answer() != LoadAnswer.NO
                        ? finding.answer().label()
                        : !finding.relocations().isEmpty() ? "poison" : "other";
            }
        }
        return said;
    }

    private static void compare(List<Row> rows, int least) {
        StringJoiner differences = new StringJoiner("\n");
        int compared = 0;
        for (Row row : rows) {
            if (row.verdict.equals("loads") || row.verdict.equals("poison")) {
                String said = of(verdict(row), row);
                compared++;
                if (!said.equals(row.verdict)) {
                    differences.add(row + ": " + said + " " + verdict(row).findings());
                }
            } else if (row.kernel.endsWith("6.18.44") && row.why.contains("failed to find kernel BTF type ID")) {
                String said = of(verdict(row), row);
                compared++;
                if (said.equals("loads")) {
                    differences.add(row + ": " + said);
                }
            }
        }
        assertEquals("", differences.toString());
        int count = compared;
        assertTrue(compared >= least, () -> count + " programs");
    }

    @Test
    void shouldSayWhatTheVerifierSaysOfDebiansObjects() throws IOException {
        Path table = CoreOracle.cases("real-verifier").resolve("verdicts.tsv");
        compare(
                Files.readAllLines(table).stream()
                        .map(line -> line.split("\t"))
                        .map(columns -> Row.of(columns[0], columns[1], columns, 2))
                        .toList(),
                450);
    }

    @Test
    void shouldSayWhatTheVerifierSaysOfHardCases() throws IOException {
        for (Path table : CoreOracle.files(CoreOracle.cases("verifier"), ".tsv")) {
            String[] names = table.getFileName().toString().replaceFirst("\\.tsv$", "").split("@");
            compare(
                    Files.readAllLines(table).stream()
                            .map(line -> Row.of(names[0], names[1], line.split("\t"), 0))
                            .toList(),
                    0);
        }
    }
}
