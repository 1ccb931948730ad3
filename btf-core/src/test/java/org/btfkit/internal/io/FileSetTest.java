package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are replaced together or not at all. */
class FileSetTest {
    @TempDir
    Path folder;

    private void replace(String... contents) throws IOException {
        replaceIn(folder, contents);
    }

    private static void replaceIn(Path folder, String... contents) throws IOException {
        FileSet set = new FileSet();
        for (int i = 0; i < contents.length; i++) {
            byte[] bytes = contents[i] == null ? null : contents[i].getBytes(StandardCharsets.US_ASCII);
            set.put(folder.resolve("abcd".substring(i, i + 1)), bytes);
        }
        set.replace(folder.resolve("b"));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void shouldMakeReplaceAndRemove() throws IOException {
        replace("1", "2", null, "4");
        assertEquals(Map.of("a", "1", "b", "2", "d", "4"), files());
        replace(null, "5", "6", "7");
        assertEquals(Map.of("b", "5", "c", "6", "d", "7"), files());
    }

    @Test
    void shouldTellWhetherAnythingIsToBeDone() throws IOException {
        FileSet set = new FileSet();
        set.put(folder.resolve("a"), new byte[] {'1'});
        set.put(folder.resolve("b"), new byte[] {'2'});
        set.put(folder.resolve("c"), null);
        replace("1", "2", null);
        assertTrue(set.isInPlace());
        for (String[] other : new String[][] {{"1", "3", null}, {"1", "22", null}, {null, "2", null}, {"1", "2", ""}}) {
            replace(other);
            assertFalse(set.isInPlace(), Arrays.toString(other));
        }
    }

    /** While another replaces the set, it has the lock, and the key is there and gone and there. */
    @Test
    void shouldNotMindThatAnotherRemovesTheKey() throws Exception {
        Path key = folder.toRealPath().resolve("b");
        AtomicBoolean isDone = new AtomicBoolean();
        Thread other = new Thread(() -> {
            while (!isDone.get()) {
                assertDoesNotThrow(() -> {
                    TargetLock lock = TargetLock.take(key);
                    for (int i = 0; i < 10; i++) {
                        Files.delete(Files.createFile(key));
                    }
                    lock.close();
                });
            }
        });
        other.start();
        try {
            for (int i = 0; i < 5_000; i++) {
                assertEquals(key, Replacement.followLinks(folder.resolve("b")));
            }
            FileSet set = new FileSet();
            set.put(key, new byte[0]);
            for (int i = 0; i < 5_000; i++) {
                set.isInPlace();
            }
            for (int i = 0; i < 200; i++) {
                Replacement.of(key).close();
            }
        } finally {
            isDone.set(true);
            other.join();
        }
    }

    @Test
    void shouldLeaveAllIfOneCannotBeWritten() throws IOException {
        replace("1", "2", null, null);
        Files.createDirectory(folder.resolve("d"));
        assertThrows(IOException.class, () -> replace("3", "4", "5", "6"));
        assertEquals(Map.of("a", "1", "b", "2"), files());
        assertThrows(IOException.class, () -> replace(null, "4", "5", "6"));
        assertEquals(Map.of("a", "1", "b", "2"), files());
    }

    @Test
    void shouldRemoveWhatAKilledProcessHasLeft() throws IOException {
        Files.write(folder.resolve(".c.btfkit.lock"), new byte[0x12]);
        Files.write(folder.resolve(".c.btfkit-12.tmp"), new byte[3]);
        Files.write(folder.resolve(".b.btfkit.lock"), new byte[0x13]);
        Files.write(folder.resolve(".b.btfkit-13.tmp"), new byte[3]);
        replace("1", "2", null, null);
        assertEquals(Map.of("a", "1", "b", "2"), files());
    }

    /** Makes the second set of the test below. */
    public static void main(String[] args) throws IOException {
        replaceIn(Path.of(args[0]), "5", "6", null, "8");
    }

    /** Killed at the first renaming, the second, and so on. */
    @ParameterizedTest
    @ValueSource(strings = {"rename", "unlink"})
    void shouldBeOfOneSetWhereTheKeyIs(String call) throws IOException {
        ExternalTool strace = ExternalTool.named("strace", "strace");
        assumeTrue(strace.isAvailable(), "no strace (Debian package strace)");
        assumeTrue(strace.run("-qq", "-o", "/dev/null", "true").isOk(), "no processes can be traced here");
        Map<String, String> old = Map.of("a", "1", "b", "2", "c", "3");
        Map<String, String> made = Map.of("a", "5", "b", "6", "d", "8");
        Set<Set<String>> seen = new HashSet<>();
        boolean killed = true;
        for (int n = 1; killed; n++) {
            replace("1", "2", "3", null);
            assertEquals(old, files());
            ToolResult run = strace.run(
                    "-f",
                    "-qq",
                    "-o",
                    "/dev/null",
                    "-e",
                    "trace=" + call,
                    "-e",
                    "inject=" + call + ":signal=SIGKILL:when=" + n,
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FileSetTest.class.getName(),
                    folder);
            killed = !run.isOk();
            Map<String, String> found = files();
            found.keySet().removeIf(name -> name.startsWith("."));
            seen.add(Set.copyOf(found.keySet()));
            if (found.containsKey("b")) {
                assertTrue(found.equals(old) || found.equals(made), call + " " + n + ": " + found);
            }
            replace("5", "6", null, "8");
            assertEquals(made, files());
            assertTrue(n < 30, "never done");
        }
        assertTrue(seen.size() > 2, "killed in between: " + seen);
    }
}
