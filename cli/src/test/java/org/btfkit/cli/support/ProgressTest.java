package org.btfkit.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void shouldPrintALineEveryFiveSecondsInALog() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long[] now = {0};
        Progress progress = Progress.inLog(new PrintStream(bytes, true, StandardCharsets.UTF_8), 20, () -> now[0]);
        for (int i = 0; i < 20; i++) {
            now[0] += 1_000_000_000L;
            progress.step();
        }
        progress.clear();
        assertEquals("5 of 20 objects\n10 of 20 objects\n15 of 20 objects\n", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayNothingOfAShortRun() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Progress progress = Progress.inLog(new PrintStream(bytes, true, StandardCharsets.UTF_8), 2, () -> 0);
        progress.step();
        progress.step();
        assertEquals("", bytes.toString(StandardCharsets.UTF_8));
    }
}
