package org.btfkit.btf;

import static org.btfkit.btf.Parsing.assertFault;
import static org.btfkit.btf.Parsing.parse;
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
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;

/**
 * The parser accepts what libbpf's {@code btf__new} accepts, of July 2026.
 *
 * <p>The differences are known, and each has a test here:
 *
 * <ul>
 *   <li>A header length below 24 is refused in either byte order; libbpf looks at it only in foreign byte order.
 *   <li>The return type of a FUNC_PROTO has to exist; libbpf does not look, the kernel refuses it.
 *   <li>Unknown kinds are stepped over in either byte order; libbpf cannot swap the bytes of their words.
 * </ul>
 */
class LibbpfAgreementTest {
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

    @Test
    void shouldRefuseShortHeaderLength() {
        RawBtf raw = RawBtf.littleEndian().header(HeaderField.HDR_LEN, 16);
        assertFault(raw, 0, 4, "hdr_len 16, expected 24 to 33");
    }

    @Test
    void shouldRefuseReturnTypeThatDoesNotExist() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addFuncProto(2);
        assertFault(raw, 1, 32 + 8, "type [1] FUNC_PROTO: type id 2 of no type (there are 2)");
    }

    @Test
    void shouldStepOverUnknownKindsInForeignByteOrder() {
        RawBtf raw = RawBtf.bigEndian().layout(new byte[4 * 21]);
        raw.add(20, "", 5, false, 0);
        assertEquals(2, parse(raw).typeCount());
    }
}
