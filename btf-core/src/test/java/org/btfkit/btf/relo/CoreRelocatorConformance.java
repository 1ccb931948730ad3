package org.btfkit.btf.relo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.CoreOracle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares relocations, record by record, with tables that libbpf's own functions made. */
@Tag("conformance")
class CoreRelocatorConformance {
    /** A row of a table: columns by name, see the README beside the tables. */
    private record Row(Map<String, String> columns) {
        String get(String column) {
            return columns.getOrDefault(column, "");
        }
    }

    private static final Map<String, CoreTarget> TARGETS = new HashMap<>();

    private static CoreTarget target(String name) {
        return TARGETS.computeIfAbsent(name, key -> {
            try {
                Btf vmlinux = BtfSource.load(CoreOracle.target(key.replace("+modules", "")));
                List<Btf> modules = new ArrayList<>();
                for (Path module : key.endsWith("+modules") ? CoreOracle.modules() : List.<Path>of()) {
                    modules.add(BtfSource.load(module, vmlinux));
                }
                return CoreTarget.of(vmlinux, modules);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static List<Row> rows(Path table) throws IOException {
        List<String> lines = Files.readAllLines(table);
        String[] names = lines.get(0).substring(1).split("\t");
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split("\t");
            Map<String, String> columns = new HashMap<>();
            for (int i = 0; i < values.length && i < names.length; i++) {
                columns.put(names[i], values[i]);
            }
            rows.add(new Row(columns));
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"relo", "real"})
    void shouldComeToTheValuesOfLibbpf(String folder) throws IOException {
        List<Path> tables = CoreOracle.files(CoreOracle.cases(folder), ".tsv");
        assertTrue(tables.size() > 100, () -> tables.size() + " tables");
        StringJoiner differences = new StringJoiner("\n");
        int records = 0;
        for (Path table : tables) {
            String[] names =
                    table.getFileName().toString().replaceFirst("\\.tsv$", "").split("@");
            CoreResults results = CoreRelocator.of(BpfObject.read(CoreOracle.object(names[0])))
                    .withScope(CoreScope.RECORDS)
                    .on(target(names[1]));
            List<Row> rows = rows(table);
            assertEquals(rows.size(), results.size(), table.toString());
            for (int i = 0; i < rows.size(); i++) {
                String expected = expected(rows.get(i));
                String actual = actual(results, i);
                records++;
                if (!expected.equals(actual) && !matchesAny(expected, actual)) {
                    differences.add(
                            table.getFileName() + " " + i + "\n  expected " + expected + "\n  actual   " + actual);
                }
            }
        }
        assertEquals("", differences.toString());
        assertTrue(records > 1000, records + " records");
    }

    private static boolean matchesAny(String expected, String actual) {
        return actual.endsWith("* refused")
                && expected.startsWith(actual.substring(0, actual.length() - 9))
                && expected.endsWith(" refused")
                && expected.split(" ").length == actual.split(" ").length;
    }

    private static String expected(Row row) {
        String head = row.get("section") + " " + row.get("insn_off") + " " + row.get("candidates") + " ";
        String result = row.get("result");
        if (result.startsWith("ambiguous")) {
            return head + "ambiguous";
        }
        if (result.startsWith("error")) {
            return head + "refused";
        }
        boolean isFailed = row.get("insn_after").startsWith("error");
        return head + row.get("local_value") + " " + row.get("validate") + " " + row.get("value") + " "
                + row.get("target_id") + " " + row.get("target_access") + " " + row.get("bit_offset") + " "
                + row.get("local_size") + " " + row.get("target_size") + " "
                + (isFailed ? "refused" : row.get("insn_after"));
    }

    private static String actual(CoreResults results, int index) {
        CoreTarget target = results.target();
        CoreRelocation relocation = results.object().relocations().get(index);
        StringJoiner candidates = new StringJoiner(",");
        for (int serial : results.candidates(index)) {
            candidates.add((target.ownerOf(serial) == 0 ? "" : "m") + target.typeIdOf(serial));
        }
        if (results.outcome(index) == CoreOutcome.REFUSED && results.candidates(index).length == 0) {
            // What the object's own types refuse already is not searched on the target.
            return relocation.sectionName() + " " + relocation.insnOffsetBytes() + " * refused";
        }
        String head = relocation.sectionName() + " " + relocation.insnOffsetBytes() + " "
                + (candidates.length() == 0 ? "-" : candidates) + " ";
        CoreOutcome outcome = results.outcome(index);
        if (outcome == CoreOutcome.AMBIGUOUS) {
            return head + "ambiguous";
        }
        boolean isRefused = outcome == CoreOutcome.REFUSED;
        Reason reason = isRefused ? results.get(index).reason() : null;
        boolean isOfInstruction = reason instanceof Reason.BadInstruction || reason instanceof Reason.TooBig;
        if (isRefused && !isOfInstruction) {
            return head + "refused";
        }
        StringJoiner path = new StringJoiner(":");
        boolean isMatched = results.matchCount(index) > 0;
        for (int step : isMatched ? results.matchPath(index, 0) : new int[0]) {
            path.add(Integer.toString(step));
        }
        return head + Long.toUnsignedString(results.localValue(index)) + " " + (results.isChecked(index) ? 1 : 0) + " "
                + Long.toUnsignedString(results.value(index)) + " "
                + (isMatched ? target.typeIdOf(results.matchSerial(index, 0)) : 0) + " "
                + (path.length() == 0 ? "-" : path) + " " + results.offsetBits(index) + " "
                + results.localAccessBytes(index) + " " + results.accessBytes(index) + " "
                + (isRefused ? "refused" : insns(results, relocation));
    }

    private static String insns(CoreResults results, CoreRelocation relocation) {
        int at = relocation.insnOffsetBytes() / BpfInsn.BYTES;
        long[] before = results.object().insns(relocation.section());
        long[] after = results.insns(relocation.section());
        StringBuilder hex = new StringBuilder();
        for (int i = at; i < at + (BpfInsn.isLoadImm64(before[at]) ? 2 : 1); i++) {
            hex.append(String.format("%016x", Long.reverseBytes(after[i])));
        }
        return hex.toString();
    }
}
