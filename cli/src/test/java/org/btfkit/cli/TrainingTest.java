package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that fails in training would be missing from the launcher's archive. */
class TrainingTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {BtfTool.class, ResolveBtfids.class, Pahole.class, GenBtf.class})
    void shouldRunWithoutFailures(Class<?> launched) {
        PrintStream before = System.err;
        ByteArrayOutputStream talk = new ByteArrayOutputStream();
        System.setErr(new PrintStream(talk, true, StandardCharsets.UTF_8));
        try {
            Training.main(new String[] {
                launched.getName(),
                SampleModule.writeVmlinuxBtf(folder).toString(),
                SampleModule.writeModule(folder).toString(),
                DwarfSample.packed("kfuncs", folder).toString()
            });
        } finally {
            System.setErr(before);
        }
        List<String> failures = talk.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("WARN: "))
                .toList();
        assertEquals(List.of(), failures);
    }
}
