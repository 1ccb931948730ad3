package org.btfkit.btf.validate;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Both levels on the oracle's raw cases: same verdicts, and for the same reason. */
class KernelCasesTest {
    /** What the kernel's log says, and what is said here. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            entry("Array size overflows U32_MAX", "4 GiB or more"),
            entry("Invalid arg#1", "parameter 0"),
            entry("Invalid arg#2", "parameter (0|1)"),
            entry("Invalid array of int", "element is .* whole bytes"),
            entry("Invalid btf_info kind_flag", "kflag set"),
            entry("Invalid btf_info", "kind 32"),
            entry("Invalid component_idx", "component index"),
            entry("Invalid func linkage", "linkage"),
            entry("Invalid index", "index is"),
            entry("Invalid member base type", "integer of .* with kflag"),
            entry("Invalid member offset", "offset .* multiple of 8"),
            entry("Invalid member", "member \\d+: is .* which (has no size|is no data type)"),
            entry("Invalid name", "name"),
            entry("Invalid offset", "variable \\d+: (offset|bytes)"),
            entry("Invalid size", "variable \\d+: (size|bytes)"),
            entry("Invalid string section", "string section does not end"),
            entry("Invalid type", "of .* which has no size"),
            entry("Invalid type_id", "type void|refers to|type id|has no size"),
            entry("Invalid value", "no value"),
            entry("Loop detected", "a loop"),
            entry("Member exceeds struct_size", "bytes \\d+ to \\d+ of a type of \\d+ bytes"),
            entry("Member is not properly aligned", "of a FLOAT, expected a multiple"),
            entry("No type found", "no types"),
            entry("Not a VAR kind member", "expected a VAR"),
            entry("Section overlap found", "overlaps"),
            entry("Total section length too long", "past the end of the data"),
            entry("Type tags don't precede modifiers", "tags stand before modifiers"),
            entry("Unsupported section found", "bytes between belong to none|after the last section|overlaps"),
            entry("size != 0", "size \\d+, expected 0"),
            entry("vlen != 0", "vlen \\d+, expected 0"));

    private record Case(String name, boolean mustBeRefused, String reason, boolean isStructural) {
        byte[] data() throws IOException {
            return Files.readAllBytes(OracleData.file("cases/raw/" + name + ".btf"));
        }
    }

    private static List<Case> cases() throws IOException {
        Path index = OracleData.file("cases/raw/index.tsv");
        return Files.readAllLines(index).stream()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(f -> new Case(f[0], f[1].equals("true"), f[2], f[3].equals("1")))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> shouldJudgeAsTheKernelDoes() throws IOException {
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(Case c) throws IOException {
        byte[] data = c.data();
        BtfFormatException parseError = null;
        BtfFormatException error = null;
        try {
            Btf.parse(data, null, c.name());
        } catch (BtfFormatException e) {
            parseError = e;
        }
        try {
            KernelValidator.kernel(data, null, c.name());
        } catch (BtfFormatException e) {
            error = e;
        }
        assertEquals(c.isStructural(), parseError == null, () -> "structural level of " + c);
        assertEquals(c.mustBeRefused(), error != null, () -> "kernel level of " + c);
        if (error != null) {
            String reason = REASONS.get(c.reason());
            assertTrue(
                    reason != null
                            && Pattern.compile(reason)
                                    .matcher(error.getMessage())
                                    .find(),
                    c.reason() + " <-> " + error.getMessage());
        }
    }

    @Test
    void shouldBeWhatTheRunningKernelSays() throws IOException {
        List<Case> cases = cases();
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            return;
        }
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            for (Case c : cases) {
                assertEquals(c.mustBeRefused(), loader.load(c.data()) != 0, c.name());
            }
        }
    }
}
