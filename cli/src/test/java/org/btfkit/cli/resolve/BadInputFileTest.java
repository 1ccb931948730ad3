package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.btfkit.cli.BtfTool;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.ResolveBtfids;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.SmallDisk;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be read or written, and what is no file at all. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadInputFileTest {
    @TempDir
    Path folder;

    private Path module;
    private Path base;

    @BeforeEach
    void setUp() {
        module = SampleModule.writeModule(folder);
        base = SampleModule.writeVmlinuxBtf(folder);
    }

    /** So that the folder can be removed. */
    @AfterEach
    void tearDown() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private static void allow(String mode, Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void assertFailure(String message, CommandRun run) {
        assertEquals(1, run.status(), run::toString);
        assertEquals(List.of("ERROR: " + message), run.errLines());
        assertEquals(List.of(), run.outLines());
    }

    private void assertUntouched(Path... others) throws IOException {
        assertArrayEquals(SampleModule.module(), Files.readAllBytes(module));
        List<Path> expected = new ArrayList<>(List.of(module, base));
        expected.addAll(Arrays.asList(others));
        assertEquals(expected.stream().sorted().toList(), list(folder));
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the command as somebody whom permissions bind, and whose the folder is then. */
    private CommandRun unprivileged(Object... args) {
        PlainUser user = PlainUser.required();
        user.own(folder);
        ToolResult result = user.java(ResolveBtfids.class, args);
        List<String> strings = Stream.of(args).map(Object::toString).toList();
        return new CommandRun(
                "resolve-btfids",
                strings,
                result.exitCode(),
                result.out().getBytes(StandardCharsets.UTF_8),
                result.err());
    }

    /** Runs {@code btf} as {@link #unprivileged} does. */
    private void assertUnprivilegedBtfFails(String message, Object... args) {
        PlainUser user = PlainUser.required();
        user.own(folder);
        ToolResult result = user.java(BtfTool.class, args);
        assertEquals(1, result.exitCode(), result::toString);
        assertEquals(List.of("ERROR: " + message), result.errLines());
    }

    // ---- what is no file to read

    @Test
    void shouldRefuseMissingFiles() throws IOException {
        Path missing = folder.resolve("missing");
        assertFailure(missing + " (No such file or directory)", CommandRun.resolveBtfids("-b", base, missing));
        assertFailure(missing + " (No such file or directory)", CommandRun.resolveBtfids("-b", missing, module));
        assertFailure(
                missing + " (No such file or directory)",
                CommandRun.resolveBtfids("--btf", missing, "-b", base, module));
        Path link = Files.createSymbolicLink(folder.resolve("link"), missing);
        assertFailure(link + " (No such file or directory)", CommandRun.resolveBtfids("-b", base, link));
        Path below = module.resolve("below");
        assertFailure(below + " (Not a directory)", CommandRun.resolveBtfids("-b", base, below));
        assertUntouched(link);
    }

    @Test
    void shouldRefuseFolders() throws IOException {
        assertFailure(folder + " (Is a directory)", CommandRun.resolveBtfids("-b", base, folder));
        assertFailure(folder + " (Is a directory)", CommandRun.resolveBtfids("-b", folder, module));
        assertFailure(folder + " (Is a directory)", CommandRun.resolveBtfids("--check", "-b", base, folder));
        assertUntouched();
    }

    @Test
    void shouldRefuseDevices() throws IOException {
        Path none = Path.of("/dev/null");
        assertFailure(
                none + ": is no regular file, so it cannot be changed in place; name a file to write with -o",
                CommandRun.resolveBtfids(none));
        assertFailure(none + ": not an ELF file: it is empty, at 0x0", CommandRun.resolveBtfids("--check", none));
        assertFailure(none + ": not BTF: it is empty, at 0x0", CommandRun.resolveBtfids("-b", none, module));
        assertUntouched();
    }

    @Test
    void shouldRefuseLoopOfLinks() throws IOException {
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertFailure(loop + " (Too many levels of symbolic links)", CommandRun.resolveBtfids("-b", base, loop));
        assertFailure(
                module + ": " + loop + ": too many levels of symbolic links",
                CommandRun.resolveBtfids("-b", base, "-o", loop, module));
        assertUntouched(loop);
    }

    // ---- pipes

    private Path pipe() {
        ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
        assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
        Path pipe = folder.resolve("pipe");
        mkfifo.check(pipe);
        return pipe;
    }

    private static CompletableFuture<Void> feed(Path pipe, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void shouldReadObjectFromPipe() throws Exception {
        Path pipe = pipe();
        Path output = folder.resolve("out.ko");
        CompletableFuture<Void> writer = feed(pipe, SampleModule.module());
        assertEquals(0, CommandRun.resolveBtfids("-b", base, "-o", output, pipe).status());
        writer.get();
        byte[] written = Files.readAllBytes(output);
        assertArrayEquals(SampleModule.goldenIds(), new RawElfReader(written).bytes(".BTF_ids"));
        assertUntouched(pipe, output);
    }

    /** Nobody writes to the pipe: who opens it to read waits for ever. */
    @Test
    void shouldRefuseToChangePipeInPlaceWithoutReadingIt() throws IOException {
        Path pipe = pipe();
        String inPlace = pipe + ": is no regular file, so it cannot be changed in place";
        String beside = pipe + ": is no regular file, so nothing can be written beside it";
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertFailure(inPlace + "; name a file to write with -o", CommandRun.resolveBtfids("-b", base, pipe));
            assertFailure(
                    inPlace + "; name a file to write with -o", CommandRun.resolveBtfids("--repair", "-b", base, pipe));
            assertFailure(
                    inPlace + "; name a file to write with -o", CommandRun.resolveBtfids("--embed", "-b", base, pipe));
            assertFailure(inPlace + "; name a file to write with -o", CommandRun.genBtf("-b", base, pipe));
            assertFailure(beside, CommandRun.resolveBtfids("--detached", "-b", base, pipe));
            assertFailure(beside, CommandRun.genBtf("--vmlinux", pipe));
            assertFailure(inPlace, CommandRun.btf("encode", "--in-place", pipe));
        });
        assertUntouched(pipe);
    }

    @Test
    void shouldReadBaseFromPipe() throws Exception {
        Path pipe = pipe();
        CompletableFuture<Void> writer = feed(pipe, SampleModule.vmlinuxBtf());
        assertEquals(0, CommandRun.resolveBtfids("-b", pipe, module).status());
        writer.get();
        assertArrayEquals(SampleModule.goldenIds(), new RawElfReader(Files.readAllBytes(module)).bytes(".BTF_ids"));
    }

    @Test
    void shouldNotReplacePipes() throws IOException {
        Path pipe = pipe();
        assertFailure(
                module + ": " + pipe + ": is no regular file, so it cannot be replaced",
                CommandRun.resolveBtfids("-b", base, "-o", pipe, module));
        assertFalse(Files.isRegularFile(pipe));
        assertUntouched(pipe);
    }

    // ---- where nothing can be written

    @Test
    void shouldNotWriteToFoldersOrMissingOnes() throws IOException {
        Path below = Files.createDirectory(folder.resolve("below"));
        assertFailure(
                module + ": " + below + ": is a folder, expected a file to write",
                CommandRun.resolveBtfids("-b", base, "-o", below, module));
        Path missing = folder.resolve("missing");
        assertFailure(
                missing + ": no such file or folder",
                CommandRun.resolveBtfids("-b", base, "-o", missing.resolve("out.ko"), module));
        assertUntouched(below);
    }

    @Test
    void shouldRefuseFilesThatMustNotBeRead() throws IOException {
        allow("---------", module);
        assertFailure(module + " (Permission denied)", unprivileged("-b", base, module));
        allow("rw-------", module);
        allow("---------", base);
        assertFailure(base + " (Permission denied)", unprivileged("-b", base, module));
        allow("rw-------", base);
        assertUntouched();
    }

    @Test
    void shouldNotWriteOverFilesThatMustNotBeWrittenTo() throws IOException {
        allow("r--r--r--", module);
        assertFailure(module + ": permission denied", unprivileged("-b", base, module));
        Path output = Files.write(folder.resolve("out.ko"), new byte[] {1});
        allow("r--r--r--", output);
        assertFailure(output + ": permission denied", unprivileged("-b", base, "-o", output, module));
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(output));
        assertUntouched(output);

        Files.delete(output);
        CommandRun run = unprivileged("-b", base, "-o", output, module);
        assertEquals(0, run.status(), run::toString);
        assertEquals("r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(output)));
    }

    @Test
    void shouldNotWriteToFoldersThatMustNotBeWrittenTo() throws IOException {
        allow("r-xr-xr-x", folder);
        assertFailure(module + ": " + folder + ": permission denied", unprivileged("-b", base, module));
        assertFailure(
                module + ": " + folder + ": permission denied",
                unprivileged("-b", base, "-o", folder.resolve("out.ko"), module));
        assertUntouched();
    }

    /** Without the right to search (x), nothing in a folder can be found, though its names can be listed. */
    @Test
    void shouldNotWriteToFoldersThatMustNotBeSearched() throws IOException {
        Path below = Files.createDirectories(folder.resolve("below/deep")).getParent();
        Path there = Files.copy(module, below.resolve("there.ko"));
        allow("rw-rw-rw-", below);
        try {
            Path made = below.resolve("made.ko");
            assertFailure(module + ": " + below + ": permission denied", unprivileged("-b", base, "-o", made, module));
            assertFailure(module + ": " + below + ": permission denied", unprivileged("-b", base, "-o", there, module));
            Path deep = below.resolve("deep");
            assertFailure(
                    deep + ": permission denied", unprivileged("-b", base, "-o", deep.resolve("made.ko"), module));
            assertFailure(there + " (Permission denied)", unprivileged("-b", base, there));
            assertFailure(there + " (Permission denied)", unprivileged("-b", there, module));
            assertUnprivilegedBtfFails(below + ": permission denied", "sort", base, "-o", made);
            assertUnprivilegedBtfFails(deep + ": permission denied", "sort", base, "-o", deep.resolve("made.btf"));
            assertUnprivilegedBtfFails(there + " (Permission denied)", "sort", "-B", base, there, "-o", there);
        } finally {
            allow("rwxrwxrwx", below);
        }
        assertEquals(List.of(below.resolve("deep"), there), list(below));
        assertArrayEquals(SampleModule.module(), Files.readAllBytes(there));
        assertUntouched(below);
    }

    @Test
    void shouldReadWhatIsThereInFoldersThatMustNotBeWrittenTo() throws IOException {
        assertEquals(0, CommandRun.resolveBtfids("-b", base, module).status());
        byte[] resolved = Files.readAllBytes(module);
        allow("r-xr-xr-x", folder);
        CommandRun run = unprivileged("-b", base, module);
        assertEquals(0, run.status(), run::toString);
        assertArrayEquals(resolved, Files.readAllBytes(module));
    }

    // ---- no room

    @Test
    void shouldLeaveEverythingAsItWasWhereThereIsNoRoom() throws IOException {
        Path small = folder.resolve("small");
        try (SmallDisk disk = SmallDisk.mount(small, 64)) {
            Path full = Files.write(disk.folder().resolve("m.ko"), SampleModule.module());
            byte[] filler = new byte[4096];
            Path rest = small.resolve("rest");
            for (boolean room = true; room; ) {
                try (OutputStream out =
                        Files.newOutputStream(rest, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                    out.write(filler);
                } catch (IOException e) {
                    room = false;
                }
            }
            List<Path> before = list(small);
            for (CommandRun run : List.of(
                    CommandRun.resolveBtfids("-b", base, full),
                    CommandRun.resolveBtfids("-b", base, "-o", small.resolve("out.ko"), module),
                    CommandRun.resolveBtfids("-b", base, "-o", rest, module))) {
                assertEquals(1, run.status(), run::toString);
                assertEquals(1, run.errLines().size(), run::toString);
                assertTrue(run.errLines().get(0).startsWith("ERROR: "), run::toString);
                assertTrue(run.errLines().get(0).contains("No space left on device"), run::toString);
                assertFalse(run.errLines().get(0).contains("Exception"), run::toString);
            }
            assertEquals(before, list(small));
            assertArrayEquals(SampleModule.module(), Files.readAllBytes(full));
        }
        assertUntouched(small);
    }
}
