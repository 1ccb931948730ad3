package org.btfkit.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.Json;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf check} and {@code diff} on Debian's kernels and modules. */
@Tag("conformance")
class CompareCommandsConformance {
    @TempDir
    Path folder;

    private final KernelPackages packages = KernelPackages.ofUser();

    @Test
    void allModulesShouldLoadOnTheirOwnKernelAndOnNoOther() {
        Path own = packages.cloud().vmlinux();
        Path flavour = packages.otherFlavour().vmlinux();
        Path version = packages.otherVersion().vmlinux();
        CommandRun run =
                CommandRun.btf("check", "--json", packages.modules(), "--on", own, "--on", flavour, "--on", version);
        assertEquals("", run.err());
        assertEquals(ExitCode.FAILURE, run.status());
        Json json = Json.parse(run.outText());
        int modules = json.size("modules");
        assertEquals(packages.moduleFiles().size(), modules);
        for (int i = 0; i < modules; i++) {
            String file = json.at("modules", i, "file").toString();
            assertEquals(true, json.at("modules", i, "verdicts", 0, "good"), file);
            assertEquals(false, json.at("modules", i, "verdicts", 1, "good"), file);
            assertEquals(false, json.at("modules", i, "verdicts", 2, "good"), file);
        }
    }

    @Test
    void moduleWithDistilledBaseShouldLoadOnAnotherVersion() {
        Path module = folder.resolve("nf_conntrack.ko");
        Path own = packages.cloud().vmlinux();
        CommandRun made = CommandRun.resolveBtfids(
                "--embed",
                "--distill_base",
                "--strip_signature",
                "-b",
                own,
                "-o",
                module,
                packages.module("nf_conntrack"));
        assertEquals(ExitCode.OK, made.status(), made.err());
        String text = CommandRun.btfOk(
                        "check",
                        module,
                        "--on",
                        own,
                        "--on",
                        packages.otherVersion().vmlinux())
                .outText();
        assertTrue(text.contains("brings a distilled one along"), text);
    }

    @Test
    void sortedKernelShouldNotDiffer() throws IOException {
        Path vmlinux = packages.cloud().vmlinux();
        Path sorted = folder.resolve("sorted.btf");
        CommandRun.btfOk("sort", vmlinux, "--raw", "-o", sorted);
        assertTrue(Files.size(sorted) > 1_000_000);
        List<String> lines = CommandRun.btfOk("diff", vmlinux, sorted).outLines();
        assertEquals("No difference.", lines.get(lines.size() - 1));
    }
}
