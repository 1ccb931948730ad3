package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who write one file wait for one another, and remove what a killed process has left; nothing else. */
@Timeout(120)
class TargetLockTest {
    private static final byte[] OLD = {1, 2, 3};
    private static final byte[] NEW = {4, 5, 6, 7};

    @TempDir
    Path folder;

    private static void write(Path target, byte[] bytes) throws IOException {
        AtomicFile.write(new ArrayInput(bytes), new FileChange(bytes.length, List.of()), target);
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private void assertOnly(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    Stream.of(names).sorted().toList(),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    /** Another process that does what {@code main} says. */
    private static Process start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TargetLockTest.class.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Takes the lock of a file, writes half of it and waits for the end; or counts in a file. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path target = Path.of(args[0]);
        if (args.length > 1) {
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                increment(target);
            }
            return;
        }
        Replacement replacement = Replacement.of(target);
        Files.write(replacement.temporary(), new byte[] {9});
        System.out.println("locked");
        Thread.sleep(100_000);
    }

    private static Process lock(Path target) throws IOException {
        Process process = start(target);
        byte[] said = process.getInputStream().readNBytes("locked".length());
        assertEquals("locked", new String(said, StandardCharsets.US_ASCII));
        return process;
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }

    private static List<Path> hidden(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    // ---- what others have left

    @Test
    void shouldRemoveWhatAKilledProcessHasLeft() throws Exception {
        Path target = file("a.ko", OLD);
        kill(lock(target));
        assertEquals(2, hidden(folder).size(), "a lock and a temporary file");
        assertArrayEquals(OLD, Files.readAllBytes(target));
        write(target, NEW);
        assertArrayEquals(NEW, Files.readAllBytes(target));
        assertOnly("a.ko");
    }

    @Test
    void shouldRemoveThatWithoutWriting() throws Exception {
        Path target = file("a.ko", OLD);
        kill(lock(target));
        AtomicFile.removeLeftovers(target);
        assertArrayEquals(OLD, Files.readAllBytes(target));
        assertOnly("a.ko");
    }

    /** Killed when it had made the lock file, or when it had renamed the temporary file. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x3f2, 4095})
    void shouldRemoveLockFileAlone(int token) throws IOException {
        file(".a.ko.btfkit.lock", new byte[token]);
        write(folder.resolve("a.ko"), NEW);
        assertOnly("a.ko");
    }

    @Test
    void shouldKeepFilesOfOthers() throws IOException {
        for (String name : List.of(".a.ko.btfkit-3f2.tmp", ".b.ko.btfkit-3f1.tmp", ".a.ko.btfkit-.tmp", "a.ko.lock")) {
            file(name, OLD);
        }
        file(".a.ko.btfkit.lock", new byte[0x3f1]);
        file(".a.ko.btfkit-3f1.tmp", OLD);
        write(folder.resolve("a.ko"), NEW);
        assertOnly("a.ko", ".a.ko.btfkit-3f2.tmp", ".b.ko.btfkit-3f1.tmp", ".a.ko.btfkit-.tmp", "a.ko.lock");
    }

    // ---- where there is no lock to be had

    @Test
    void shouldWriteBesideWhatIsNoLockFile() throws IOException {
        Path other = file("other", new byte[5000]);
        Path inTheWay = folder.resolve(".a.ko.btfkit.lock");
        Path target = folder.resolve("a.ko");

        Files.createSymbolicLink(inTheWay, other);
        write(target, NEW);
        assertTrue(Files.isSymbolicLink(inTheWay));
        Files.delete(inTheWay);

        Files.createDirectory(inTheWay);
        write(target, OLD);
        AtomicFile.removeLeftovers(target);
        assertTrue(Files.isDirectory(inTheWay));
        Files.delete(inTheWay);

        Files.createLink(inTheWay, other);
        write(target, NEW);
        AtomicFile.removeLeftovers(target);
        assertArrayEquals(new byte[5000], Files.readAllBytes(inTheWay));
        assertArrayEquals(NEW, Files.readAllBytes(target));
        assertOnly("a.ko", "other", ".a.ko.btfkit.lock");
    }

    /** Opened for writing alone, a pipe would keep the process waiting for a reader. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAPipeInThePlaceOfALockFile() throws IOException {
        ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
        assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
        Path target = file("a.ko", OLD);
        mkfifo.check(folder.resolve(".a.ko.btfkit.lock"));
        write(target, NEW);
        assertArrayEquals(NEW, Files.readAllBytes(target));
    }

    @Test
    void shouldWriteWhereFilesCannotBeLocked() throws Exception {
        ExternalTool strace = ExternalTool.named("strace", "strace");
        assumeTrue(strace.isAvailable(), "no strace (Debian package strace)");
        Path counter = file("counter", new byte[8]);
        String inject = "inject=fcntl:error=ENOLCK";
        Object[] command = {
            "-f",
            "-qq",
            "-e",
            "trace=fcntl",
            "-e",
            inject,
            "-o",
            "/dev/null",
            Path.of(System.getProperty("java.home"), "bin", "java"),
            "-cp",
            System.getProperty("java.class.path"),
            TargetLockTest.class.getName(),
            counter,
            3
        };
        assumeTrue(strace.run("-qq", "-o", "/dev/null", "true").isOk(), "no processes can be traced here");
        strace.check(command);
        assertEquals(3, value(counter));
        assertOnly("counter");
    }

    // ---- several at a time

    @Test
    void shouldWaitForAnotherProcess() throws Exception {
        Path target = file("a.ko", OLD);
        Process other = lock(target);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            List<Path> before = hidden(folder);
            Future<Void> writing = executor.submit(() -> {
                write(target, NEW);
                return null;
            });
            AtomicFile.removeLeftovers(target);
            Thread.sleep(200);
            assertFalse(writing.isDone());
            assertArrayEquals(OLD, Files.readAllBytes(target));
            assertEquals(before, hidden(folder), "nothing of it is removed");
            kill(other);
            writing.get(60, TimeUnit.SECONDS);
            assertArrayEquals(NEW, Files.readAllBytes(target));
            assertOnly("a.ko");
        } finally {
            kill(other);
            executor.shutdownNow();
        }
    }

    @Test
    void shouldNotWaitForThoseWhoWriteOtherFiles() throws Exception {
        Process other = lock(file("a.ko", OLD));
        try {
            write(folder.resolve("b.ko"), NEW);
            assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("b.ko")));
        } finally {
            kill(other);
        }
    }

    /** Adds one to the number in a file, as often as it takes: others do so, too. */
    private static void increment(Path counter) throws IOException {
        while (true) {
            BasicFileAttributes stamp = Files.readAttributes(counter, BasicFileAttributes.class);
            byte[] next = ByteBuffer.allocate(8).putLong(0, value(counter) + 1).array();
            try {
                AtomicFile.copy(counter, stamp, new FileChange(8, List.of(new BytePatch(0, next))), counter);
                return;
            } catch (IOException e) {
                if (!e.getMessage().startsWith("changed by somebody else")) {
                    throw e;
                }
            }
        }
    }

    private static long value(Path counter) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(counter)).getLong();
    }

    @Test
    void shouldLoseNoUpdate() throws Exception {
        Path counter = file("counter", new byte[8]);
        int each = 60;
        List<Process> processes = List.of(start(counter, each), start(counter, each), start(counter, each));
        ExecutorService executor = Executors.newFixedThreadPool(2);
        Callable<Void> task = () -> {
            for (int i = 0; i < each; i++) {
                increment(counter);
            }
            return null;
        };
        for (Future<Void> done : executor.invokeAll(List.of(task, task))) {
            done.get();
        }
        executor.shutdown();
        for (Process process : processes) {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        }
        assertEquals(5 * each, value(counter));
        assertOnly("counter");
    }

    // ---- names

    @Test
    void shouldWriteTargetsWhoseNamesDifferLate() throws Exception {
        String start = "n".repeat(250);
        // The last two have names of one hash code.
        List<String> names = List.of(start + ".a.ko", start + ".b.ko", start + "Aa.k", start + "BB.k");
        ExecutorService executor = Executors.newFixedThreadPool(names.size());
        List<Callable<Void>> tasks = new ArrayList<>();
        for (String name : names) {
            tasks.add(() -> {
                for (int i = 0; i < 20; i++) {
                    write(folder.resolve(name), (name + i).getBytes(StandardCharsets.US_ASCII));
                }
                return null;
            });
        }
        for (Future<Void> done : executor.invokeAll(tasks)) {
            done.get();
        }
        executor.shutdown();
        for (String name : names) {
            assertEquals(name + 19, Files.readString(folder.resolve(name)));
        }
        assertOnly(names.toArray(new String[0]));
    }

    @Test
    void shouldNotCutCharactersInHalf() throws IOException {
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "names of files are not in UTF-8: " + System.getProperty("sun.jnu.encoding"));
        for (int length = 56; length <= 62; length++) {
            String name = "n".repeat(length) + "\ud83d\udc1d".repeat(3);
            write(folder.resolve(name), NEW);
            assertOnly(name);
            Files.delete(folder.resolve(name));
        }
    }

    /** The folder has two names, so that one lock file would have two as well. */
    @Test
    void shouldFindOneLockThroughLinks() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        Process other = lock(real.resolve("made"));
        kill(other);
        write(link.resolve("made"), NEW);
        try (Stream<Path> files = Files.list(real)) {
            assertEquals(List.of(real.resolve("made")), files.toList());
        }
        assertEquals(new File(real.toFile(), "made").length(), NEW.length);
    }
}
