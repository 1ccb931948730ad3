package org.btfkit.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.Requirement;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.laws.LawSample;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the laws say of the kernel's own tools. */
@Tag("conformance")
class BtfidsLawsConformance {
    private static final List<String> BROKEN_BY_C = List.of(
            "ok 1 - fresh",
            "not ok 2 - again",
            "not ok 3 - path",
            "not ok 4 - pairs",
            "not ok 5 - symbols",
            "ok 6 - rest");

    @TempDir
    Path folder;

    private String report(int status, Object... args) {
        List<String> strings =
                new ArrayList<>(List.of("--keep", folder.resolve("kept").toString()));
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int actual = new BtfidsLaws(stream, stream).run(strings.toArray(new String[0]));
        String text = out.toString(StandardCharsets.UTF_8);
        assertEquals(status, actual, text);
        return text;
    }

    private static List<String> points(String report) {
        return report.lines()
                .filter(line -> line.matches("(not )?ok [1-6] - .*"))
                .map(line -> line.replaceFirst(":.*", ""))
                .toList();
    }

    private static Path cTool() {
        return CResolveBtfids.tool().path();
    }

    /** The corruption, and nothing else. */
    @Test
    void shouldFindTheFlagsThatTheCToolMovesToOtherKfuncs() throws IOException {
        String report = report(1, "--tool", cTool(), "--seed", 1, "--runs", 40, "--kills", 5);
        assertEquals(BROKEN_BY_C, points(report), report);
        assertTrue(report.contains("FLAGS WERE "), report);
        assertTrue(report.contains("\nok 7 - kill"), report);
        LawSample kept = LawSample.load(folder.resolve("kept/pairs-seed-1-run-1"));
        assertEquals(2, IdsView.of(kept.fresh()).ids().size());
    }

    @Test
    void shouldShowTheCorruptionOfNfConntrack() {
        Path module = KernelPackages.ofUser().moduleFiles().stream()
                .filter(file -> file.endsWith("nf_conntrack.ko.xz"))
                .findFirst()
                .orElseThrow();
        Path vmlinux = KernelPackages.ofUser().cloud().vmlinux();
        String report = report(1, "--tool", cTool(), "-b", vmlinux, "--kills", 0, module);
        assertEquals(BROKEN_BY_C, points(report), report);
        assertTrue(report.contains("#     set8 'nf_ct_kfunc_set' at .BTF_ids+0x0, "), report);
        assertTrue(report.matches("(?s).* func bpf_ct_release .*<- FLAGS WERE 0x2 RELEASE.*"), report);
    }

    /** The commands in what is kept show it to who has no btfkit. */
    @Test
    void shouldKeepAScriptThatRepeatsIt() {
        report(1, "--tool", cTool(), "--seed", 1, "--runs", 5, "--law", "pairs");
        Path kept = folder.resolve("kept/pairs-seed-1-run-1");
        ToolResult repeated = ExternalTool.at(kept.resolve("repeat.sh")).run();
        assertTrue(repeated.out().contains("once.ko twice.ko differ"), repeated::toString);
        assertTrue(Files.isRegularFile(kept.resolve("README.txt")));
    }

    /** Newer ones write beside the object, and have the same fault. */
    @Test
    void shouldFindItInTheNewestCTool() {
        String newest = System.getenv("BTFKIT_RESOLVE_BTFIDS");
        if (newest == null) {
            throw Requirement.optionalMissing("BTFKIT_RESOLVE_BTFIDS names no resolve_btfids of a newer kernel");
        }
        String report = report(1, "--tool", newest, "--seed", 1, "--runs", 40, "--kills", 0);
        assertTrue(report.contains("--patch_btfids OBJECT.BTF_ids OBJECT\n"), report);
        assertEquals(BROKEN_BY_C, points(report), report);
    }
}
