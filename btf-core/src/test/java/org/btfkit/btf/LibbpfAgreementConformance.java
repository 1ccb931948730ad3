package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The parser accepts what libbpf's {@code btf__new} accepts, by its recorded verdicts. */
@Tag("conformance")
class LibbpfAgreementConformance {
    @Test
    void shouldAcceptWhatLibbpfAccepts() throws IOException {
        Map<String, String> differences = new TreeMap<>();
        List<String> lines = Files.readAllLines(OracleData.file("cases/raw/index.tsv"));
        List<String> columns = List.of(lines.get(0).split("\t", -1));
        int accepts = columns.indexOf("libbpf_accepts");
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            String expected = cells[accepts].equals("1") ? "accepted" : "refused";
            String actual = verdict(OracleData.file("cases/raw/" + cells[0] + ".btf"));
            if (!actual.startsWith(expected)) {
                differences.put(cells[0], actual);
            }
        }
        assertEquals(Map.of(), differences);
        assertTrue(lines.size() > 100, "cases: " + lines.size());
    }

    @Test
    void shouldAcceptEveryOtherOracleFile() throws IOException {
        List<Path> files = new ArrayList<>(OracleData.list("cases/dedup", ".btf"));
        files.addAll(OracleData.list("cases/dump", ".btf"));
        Map<String, String> refused = new TreeMap<>();
        for (Path file : files) {
            String verdict = verdict(file);
            if (!verdict.equals("accepted")) {
                refused.put(file.getFileName().toString(), verdict);
            }
        }
        assertEquals(Map.of(), refused);
    }

    private static String verdict(Path file) throws IOException {
        try {
            Btf.parse(Files.readAllBytes(file), null, file.getFileName().toString());
            return "accepted";
        } catch (BtfFormatException e) {
            return "refused: " + e.getMessage();
        }
    }
}
