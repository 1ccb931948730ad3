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
    void shouldDrawABarOnceItHasTakenASecondAndRemoveIt() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long[] now = {0};
        try (Progress progress = Progress.bar(new PrintStream(bytes, true, StandardCharsets.UTF_8), 4, () -> now[0])) {
            now[0] = 999_999_999L;
            progress.step();
            assertEquals("", bytes.toString(StandardCharsets.UTF_8));
            now[0] = 1_000_000_000L;
            progress.step();
            progress.moveTo(2);
        }
        String bar = "\r[" + "#".repeat(20) + " ".repeat(20) + "] 2/4";
        assertEquals(bar + "\r" + " ".repeat(70) + "\r", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayNothingWhereNobodyWatches() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Progress progress = Progress.on(new PrintStream(bytes, true, StandardCharsets.UTF_8), 2)) {
            progress.step();
        }
        Progress.NONE.step();
        assertEquals("", bytes.toString(StandardCharsets.UTF_8));
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
