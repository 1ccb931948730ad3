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
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.CoreOracle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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

    /** What libbpf says while it prepares an object: what each record is of, and what becomes of its instruction. */
    @ParameterizedTest
    @ValueSource(strings = {"6.1.192", "6.12.100", "6.12.117"})
    void shouldPatchWhatLibbpfPatches(String kernel) throws IOException {
        List<Path> logs = CoreOracle.files(CoreOracle.debianRelocations(), "." + kernel + ".txt");
        assertEquals(56, logs.size());
        StringJoiner differences = new StringJoiner("\n");
        int patched = 0;
        for (Path log : logs) {
            String name = log.getFileName().toString().replace("." + kernel + ".txt", "");
            List<String> expected = Files.readAllLines(log).stream()
                    .filter(line ->
                            line.contains(": <") || line.contains(": patched insn") || line.contains("invalid insn"))
                    .filter(line -> !line.contains("matching candidate"))
                    .map(line -> line.replaceFirst("^libbpf: ", "").replaceFirst(" \\([0-9:]+ @ offset .*", ""))
                    .toList();
            List<String> actual = log(CoreRelocator.of(BpfObject.read(CoreOracle.object(name)))
                    .withScope(CoreScope.PROGRAMS)
                    .on(target(kernel)));
            patched += actual.size();
            if (!expected.equals(actual)) {
                for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
                    String one = i < expected.size() ? expected.get(i) : "-";
                    String other = i < actual.size() ? actual.get(i) : "-";
                    if (!one.equals(other)) {
                        differences.add(name + "\n  expected " + one + "\n  actual   " + other);
                        break;
                    }
                }
            }
        }
        assertEquals("", differences.toString());
        assertTrue(patched > 500, patched + " lines");
    }

    /** The lines that libbpf writes of the same. */
    private static List<String> log(CoreResults results) {
        List<String> lines = new ArrayList<>();
        for (CoreRelocation relocation : results.object().relocations()) {
            BpfProgram program = results.object().program(relocation);
            if (program == null) {
                continue;
            }
            int index = relocation.index();
            String head = "prog '" + program.name() + "': relo #" + relocation.record() + ": ";
            CorePath path = results.path(index);
            String separator = path.path().isEmpty() || path.path().startsWith("[") ? "" : ".";
            lines.add(head + "<" + relocation.kind().label() + "> [" + relocation.localTypeId() + "] " + path.type()
                    + (relocation.kind().isEnumerator() ? "::" : separator) + path.path());
            int at = relocation.insnOffsetBytes() / BpfInsn.BYTES;
            int shown = at - program.firstInsn();
            long before = results.object().insns(relocation.section())[at];
            if (results.outcome(index) == CoreOutcome.POISONED) {
                if (BpfInsn.isLoadImm64(before)) {
                    lines.add(head + "substituting insn #" + (shown + 1) + " w/ invalid insn");
                }
                lines.add(head + "substituting insn #" + shown + " w/ invalid insn");
                continue;
            }
            boolean isArithmetic = (BpfInsn.classOf(before) & 4) != 0;
            long held = isArithmetic ? BpfInsn.imm(before) : BpfInsn.off(before);
            String change = held + " -> " + results.value(index);
            lines.add(head + "patched insn #" + shown + (isArithmetic ? " (ALU/ALU64) imm " : " (LDX/ST/STX) off ")
                    + change);
            if (!isArithmetic && results.accessBytes(index) != results.localAccessBytes(index)) {
                lines.add(head + "patched insn #" + shown + " (LDX/ST/STX) mem_sz " + results.localAccessBytes(index)
                        + " -> " + results.accessBytes(index));
            }
        }
        return lines;
    }

    /**
     * An object that is broken in one place: where the C tools cannot read {@code .BTF.ext}, neither can this; else
     * only the record that is broken is refused, where libbpf gives the object up, and all others stay.
     */
    @Test
    void shouldRefuseOfBrokenObjectsOnlyWhatIsBroken() throws IOException {
        Path folder = CoreOracle.cases("hostile");
        CoreTarget target = target("t06_anonymous.el");
        CoreResults whole = CoreRelocator.of(BpfObject.read(CoreOracle.object("s06_anonymous.el")))
                .on(target);
        StringJoiner wrong = new StringJoiner("\n");
        List<String> lines = Files.readAllLines(folder.resolve("outcomes.tsv"));
        assertTrue(lines.size() > 50, lines.size() + " objects");
        for (String line : lines) {
            String name = line.substring(0, line.indexOf('\t'));
            boolean isReadable = !line.contains("!object");
            boolean isLoaded = line.contains("raw_tp/a all loads");
            try {
                CoreResults results = CoreRelocator.of(BpfObject.read(folder.resolve(name + ".o")))
                        .on(target);
                String fault = isReadable ? "" : "is read; ";
                for (int i = 1; i < results.size() && !name.startsWith("sec_name"); i++) {
                    boolean isSame = results.outcome(i) == whole.outcome(i) && results.value(i) == whole.value(i);
                    fault += isSame ? "" : "record " + i + " changes; ";
                }
                // What libbpf reads as a number, and what it computes in 32 bits, is refused here.
                boolean isLenient = name.equals("acc_plus") || name.equals("acc_space") || name.equals("acc_first_big");
                fault += results.isFatal() == (!isLoaded || isLenient) ? "" : "fatal " + results.isFatal() + "; ";
                if (!fault.isEmpty()) {
                    wrong.add(name + " " + fault);
                }
            } catch (BtfException e) {
                boolean isClear = e.getMessage().contains(name + ".o(.BTF.ext): ")
                        && !e.getMessage().contains("\n");
                if (isReadable || !isClear) {
                    wrong.add(name + " " + e.getMessage());
                }
            }
        }
        assertEquals("", wrong.toString());
    }
}
