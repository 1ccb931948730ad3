package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that fails in training would be missing from the launcher's archive. */
class TrainingTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resolve",
                "embed",
                "help",
                "pahole",
                "gen-btf",
                "dump",
                "encode",
                "look",
                "make",
                "core",
                "btf-help",
                "btf"
            })
    void shouldRunWithoutFailures(String kind) throws IOException {
        SampleModule.writeVmlinuxBtf(folder);
        SampleModule.writeModule(folder);
        SampleModule.writeBpfObject(folder);
        Files.move(DwarfSample.packed("kfuncs", folder), folder.resolve("kfuncs.o.xz"));
        PrintStream before = System.err;
        ByteArrayOutputStream talk = new ByteArrayOutputStream();
        System.setErr(new PrintStream(talk, true, StandardCharsets.UTF_8));
        try {
            Training.main(new String[] {kind, folder.toString()});
        } finally {
            System.setErr(before);
        }
        List<String> failures = talk.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("WARN: "))
                .toList();
        assertEquals(List.of(), failures);
    }

    /** Else the archive of a kind that the launcher asks for would be of no use. */
    @Test
    void shouldKnowTheKindsOfTheLauncher() throws IOException {
        String launcher = Files.readString(Path.of("bin", "launch"));
        Set<String> kinds = new TreeSet<>();
        Matcher kind = Pattern.compile("kind=([a-z-]+)").matcher(launcher);
        while (kind.find()) {
            kinds.add(kind.group(1));
        }
        assertEquals(
                Set.of(
                        "resolve",
                        "embed",
                        "help",
                        "pahole",
                        "gen-btf",
                        "dump",
                        "encode",
                        "look",
                        "make",
                        "core",
                        "btf-help",
                        "btf"),
                kinds);
    }
}
