package org.btfkit.btf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.btfkit.BtfException;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.Requirement;
import org.btfkit.fixtures.kernel.CoreOracle;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.KernelProgramLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares verdicts with those of a verifier, program by program: stored tables of what Linux 6.18.44 said of objects
 * that libbpf had relocated on one kernel's BTF or another's, and what the running kernel says.
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
        return LoadJudge.of(object).judge(CoreRelocator.of(object).on(target(row.kernel)), LinuxVersion.in("6.18.44"));
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

    /** What the running kernel makes of an object, and what the verdict says of it, where relocation is the reason. */
    private static String compareLive(Path path, CoreTarget running) throws IOException {
        BpfObject object = BpfObject.read(path);
        LoadVerdict verdict =
                LoadJudge.of(object).judge(CoreRelocator.of(object).on(running));
        StringJoiner differences = new StringJoiner("\n");
        List<KernelProgramLoader.Verdict> verdicts = KernelProgramLoader.load(path);
        assertEquals(
                object.programs().stream()
                        .filter(program -> !program.isSubprogram())
                        .count(),
                verdicts.size(),
                path.toString());
        for (KernelProgramLoader.Verdict live : verdicts) {
            String said = "loads";
            for (LoadFinding finding : verdict.findings()) {
                if (finding.programs().contains(live.program())) {
                    said = finding.answer().label() + " " + finding.subject() + ": " + finding.reason();
                }
            }
            boolean isSaid = switch (live.outcome()) {
                case LOADS -> said.equals("loads") || said.startsWith("depends");
                case UNREACHABLE -> said.startsWith("no ");
                case FAILS -> !live.reason().contains("failed to find kernel BTF type ID") || said.startsWith("no ");
            };
            if (!isSaid) {
                differences.add(path.getFileName() + ": " + live + ", but " + said);
            }
        }
        return differences.toString();
    }

    private static CoreTarget runningKernel() throws IOException {
        if (!Files.isReadable(KernelProgramLoader.RUNNING_KERNEL)) {
            throw Requirement.optionalMissing("no kernel with BTF to load programs into");
        }
        return CoreTarget.of(BtfSource.load(KernelProgramLoader.RUNNING_KERNEL), List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3"})
    void shouldSayWhatTheRunningKernelSaysOfGuards(String cpu, @TempDir Path folder) throws IOException {
        Path source = folder.resolve("guards.c");
        try (InputStream in = LoadJudgeConformance.class.getResourceAsStream("guards.c")) {
            Files.copy(in, source);
        }
        Path object = folder.resolve("guards.bpf.o");
        Clang.tool().check("-target", "bpfel", "-mcpu=" + cpu, "-O2", "-g", "-c", source, "-o", object);
        assertEquals("", compareLive(object, runningKernel()));
    }

    @Test
    void shouldSayWhatTheRunningKernelSaysOfDebiansObjects() throws IOException {
        CoreTarget running = runningKernel();
        StringJoiner differences = new StringJoiner("\n");
        for (Path object : CoreOracle.files(CoreOracle.debianObjects(), ".bpf.o")) {
            String difference = compareLive(object, running);
            if (!difference.isEmpty()) {
                differences.add(difference);
            }
        }
        assertEquals("", differences.toString());
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
            String[] names =
                    table.getFileName().toString().replaceFirst("\\.tsv$", "").split("@");
            compare(
                    Files.readAllLines(table).stream()
                            .map(line -> Row.of(names[0], names[1], line.split("\t"), 0))
                            .toList(),
                    0);
        }
    }

    /** Broken objects: libbpf refuses them, or, worse, loads them without having relocated them. */
    @Test
    void shouldSayOfBrokenObjectsWhatALoadSays() throws IOException {
        Path folder = CoreOracle.cases("hostile");
        CoreTarget target = target("t06_anonymous.el");
        StringJoiner differences = new StringJoiner("\n");
        List<String> lines = Files.readAllLines(folder.resolve("outcomes.tsv"));
        for (String line : lines) {
            String[] columns = line.split("\t");
            String load = columns[columns.length - 1];
            boolean isUnread = line.contains("!object");
            String expected = load.endsWith(" loads") && !isUnread ? "yes" : "no";
            String said;
            try {
                BpfObject object = BpfObject.read(folder.resolve(columns[0] + ".o"));
                said = LoadJudge.of(object)
                        .judge(CoreRelocator.of(object).on(target))
                        .answer()
                        .label();
            } catch (BtfException e) {
                said = isUnread ? "no" : e.getMessage();
            }
            if (!said.equals(expected)) {
                differences.add(columns[0] + ": " + said + ", expected " + expected);
            }
        }
        assertEquals("", differences.toString());
        assertTrue(lines.size() > 50, () -> lines.size() + " objects");
    }
}
