package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.btfkit.cli.support.Progress;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far many objects are, or the units of one; what becomes of them is in {@link EncodeCommandTest}. */
class EncodeBatchTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    /** Encodes objects, each step two seconds after the last; returns what a terminal is sent. */
    private String progressOf(int objects, int steps) throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < objects; i++) {
            Path packed = DwarfSample.packed("quals", folder);
            files.add(Files.move(packed, folder.resolve(i + ".o.xz")));
        }
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        AtomicLong clock = new AtomicLong();
        Progress bar = Progress.bar(new PrintStream(terminal), steps, () -> clock.addAndGet(2 * SECOND));
        EncodeBatch batch = new EncodeBatch(
                EncodeOptions.DEFAULT, object -> object + ".btf", false, false, OutputStream.nullOutputStream());
        batch.run(files, null, 2, bar).forEach(result -> assertEquals(null, result.failure));
        return terminal.toString();
    }

    @Test
    void shouldStepForEachOfManyObjects() throws Exception {
        String drawn = progressOf(3, 3);
        assertTrue(drawn.contains("1/3") && drawn.contains("2/3") && drawn.endsWith("3/3"), drawn);
    }

    @Test
    void shouldStepForUnitsOfTheOnlyObject() throws Exception {
        String drawn = progressOf(1, Progress.SHARES);
        assertTrue(drawn.endsWith("100/100"), drawn);
    }
}
