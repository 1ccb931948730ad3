package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.SmallDisk;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stops a user who is not root: room, limits, quotas, and folders that are shared with others. */
class PlainUserFaultsTest {
    private static final String NO_ROOM =
            ", nothing written; the new file needs room beside the old one: check the disk, quotas and ulimit -f";

    @TempDir
    Path folder;

    private PlainUser user;
    private Path base;
    private Path module;

    @BeforeEach
    void setUp() throws IOException {
        user = PlainUser.required();
        base = SampleModule.writeVmlinuxBtf(folder);
        module = SampleModule.writeModule(folder);
        allow("rwxr-xr-x", folder);
        user.own(folder);
    }

    private static void allow(String mode, Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        contents.remove("filler");
        return contents;
    }

    private static void assertSame(Map<String, byte[]> before, Path folder) throws IOException {
        Map<String, byte[]> now = contents(folder);
        assertEquals(before.keySet(), now.keySet());
        before.forEach((name, bytes) -> assertArrayEquals(bytes, now.get(name), name));
    }

    /** Runs a command after some shell code. */
    private ToolResult after(String shell, Class<?> main, Object... arguments) {
        List<Object> command = new ArrayList<>(List.of("/bin/sh", "-c", shell + "; exec \"$@\"", "sh"));
        command.addAll(user.javaCommand(main, arguments));
        return user.run(command.toArray());
    }

    private static void assertOneError(String error, ToolResult run) {
        assertEquals(ExitCode.FAILURE, run.exitCode(), run::toString);
        List<String> errors = run.errLines().stream()
                .filter(line -> !line.startsWith("WARN: "))
                .toList();
        assertEquals(List.of("ERROR: " + error), errors);
    }

    // ---- room

    /** As FaultsTest has it for root, for whom disks keep some room. */
    @ParameterizedTest
    @ValueSource(strings = {"resolve-btfids --embed --distill_base -b BASE m.ko", "btf sort m.btf -o m.btf"})
    void shouldDoAllOrNothingOnAFullDisk(String line) throws IOException {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 256)) {
            Path small = disk.folder();
            String[] words = line.split(" ");
            String changed = words[words.length - 1];
            Path file = small.resolve(changed);
            Object[] arguments = Stream.of(words)
                    .skip(1)
                    .map(word -> word.equals("BASE") ? base : word.equals(changed) ? file : word)
                    .toArray();
            int failures = 0;
            for (int pages = 0; ; pages += 2) {
                assertTrue(pages < 60, "never enough room");
                Files.copy(changed.equals("m.ko") ? module : base, file);
                Path filler = small.resolve("filler");
                long free = Files.getFileStore(small).getUsableSpace();
                Files.write(filler, new byte[(int) Math.max(0, free - pages * 4096L)]);
                user.own(small);
                Map<String, byte[]> before = contents(small);
                ToolResult run = user.java(words[0].equals("btf") ? BtfTool.class : ResolveBtfids.class, arguments);
                if (run.isOk()) {
                    assertEquals(before.keySet(), contents(small).keySet());
                    assertFalse(Arrays.equals(before.get(changed), Files.readAllBytes(file)));
                    break;
                }
                failures++;
                assertOneError(file + ": No space left on device" + NO_ROOM, run);
                assertSame(before, small);
                Files.delete(file);
                Files.delete(filler);
            }
            assertTrue(failures > 0, "room from the start");
        }
    }

    /** In units of 512 bytes; the object has some 12,000, the base some 3,000. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void shouldSayThatAFileWouldBeLargerThanALimit(int units) throws IOException {
        Map<String, byte[]> before = contents(folder);
        String limit = "ulimit -f " + units;
        assertOneError(module + ": File too large" + NO_ROOM, after(limit, ResolveBtfids.class, "-b", base, module));
        Path made = folder.resolve("made");
        assertOneError(
                module + ": " + made + ": File too large" + NO_ROOM,
                after(limit, ResolveBtfids.class, "-b", base, "-o", made, module));
        assertOneError(made + ": File too large" + NO_ROOM, after(limit, BtfTool.class, "sort", base, "-o", made));
        assertSame(before, folder);
    }

    /** A quota is met where bytes are written, or only when they go to the disk: here the tracer stands for it. */
    @ParameterizedTest
    @ValueSource(strings = {"pwrite64", "fsync"})
    void shouldSayThatAQuotaIsExceeded(String call) throws IOException {
        ExternalTool strace = ExternalTool.named("strace", "strace");
        assumeTrue(strace.isAvailable(), "no strace (Debian package strace)");
        assumeTrue(user.run(strace.path(), "-qq", "-o", "/dev/null", "true").isOk(), "no processes can be traced here");
        Map<String, byte[]> before = contents(folder);
        List<Object> command = new ArrayList<>(List.of(
                strace.path(),
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":error=EDQUOT"));
        command.addAll(user.javaCommand(ResolveBtfids.class, "--embed", "-b", base, module));
        ToolResult run = user.run(command.toArray());
        assertOneError(module + ": Disk quota exceeded" + NO_ROOM, run);
        assertSame(before, folder);
    }

    // ---- folders that are shared with others

    /** What root has left is not for others to open or remove, but in nobody's way. */
    @Test
    void shouldWriteBesideWhatAKilledRunOfRootHasLeft() throws IOException {
        assumeTrue(PlainUser.isRoot(), "only root can leave files of others");
        Files.write(folder.resolve(".sample.ko.btfkit.lock"), new byte[0x12]);
        Files.write(folder.resolve(".sample.ko.btfkit-12.tmp"), new byte[3]);
        ToolResult run = user.java(ResolveBtfids.class, "-b", base, module);
        assertEquals(ExitCode.OK, run.exitCode(), run::toString);
        assertEquals(List.of(), run.errLines());
        assertEquals(4, contents(folder).size());
        // The other way round nothing remains.
        user.own(folder);
        run = user.java(ResolveBtfids.class, "-b", base, module);
        assertEquals(ExitCode.OK, run.exitCode(), run::toString);
        assertEquals(2, contents(folder).size());
    }

    /** In a sticky folder only the owner of a file may rename over it, whatever the mode of the file. */
    @Test
    void shouldSayThatAFileOfOthersCannotBeReplacedInAStickyFolder() throws IOException {
        assumeTrue(PlainUser.isRoot(), "only root can make files of others");
        Path sticky = Files.createDirectory(folder.resolve("sticky"));
        Files.setAttribute(sticky, "unix:mode", 01777);
        Path others = Files.copy(module, sticky.resolve("m.ko"));
        allow("rw-rw-rw-", others);
        Map<String, byte[]> before = contents(sticky);
        assertOneError(
                others + ": cannot be replaced: Operation not permitted",
                user.java(ResolveBtfids.class, "-b", base, others));
        assertSame(before, sticky);
    }
}
