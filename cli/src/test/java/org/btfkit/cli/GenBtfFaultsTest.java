package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.SmallDisk;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gen-btf} on modules some of which are bad, and where there is no room or no right to write. */
class GenBtfFaultsTest {
    private static final String NO_ROOM =
            ": No space left on device, nothing written; the new file needs room beside the old one: check the disk,"
                    + " quotas and ulimit -f";

    @TempDir
    Path folder;

    private Path vmlinux;
    private byte[] fresh;
    private byte[] done;

    @BeforeEach
    void setUp() throws IOException {
        vmlinux = Files.write(folder.resolve("vmlinux.btf"), DwarfSample.expected("quals", "k7"));
        fresh = Files.readAllBytes(DwarfSample.unpacked("kfuncs", Files.createDirectory(folder.resolve("unpacked"))));
        Path module = module("done.ko");
        assertEquals(ExitCode.OK, CommandRun.genBtf("-b", vmlinux, module).status());
        done = Files.readAllBytes(module);
    }

    private Path module(String name) throws IOException {
        return Files.write(folder.resolve(name), fresh);
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** One line for each, in the order of the list; the good ones are done. */
    @Test
    void shouldNameEachBadModuleOfAListAndDoTheOthers() throws IOException {
        Path first = module("first.ko");
        Path last = module("last.ko");
        Path cut = Files.write(folder.resolve("cut.ko"), Arrays.copyOf(fresh, fresh.length / 2));
        Path tiny = Files.write(folder.resolve("tiny.ko"), Arrays.copyOf(fresh, 30));
        Path empty = Files.write(folder.resolve("empty.ko"), new byte[0]);
        Path text = Files.writeString(folder.resolve("text.ko"), "hello\n");
        byte[] other = fresh.clone();
        other[18] = (byte) 183; // e_machine of arm64
        Path foreign = Files.write(folder.resolve("foreign.ko"), other);
        Path link = Files.createSymbolicLink(folder.resolve("link.ko"), first.getFileName());
        List<Object> lines = List.of(
                first, cut, tiny, "", "# a comment", empty, text, foreign, first, link, "gone.o", "a\u0001b.ko", last);
        Path list = Files.write(
                folder.resolve("modules.order"),
                lines.stream().map(Object::toString).toList());
        CommandRun run = CommandRun.genBtf("-j", 2, "-b", vmlinux, "@" + list);
        assertEquals(ExitCode.FAILURE, run.status());
        List<String> starts = List.of(
                "ERROR: " + cut + ": ",
                "ERROR: " + tiny + ": ELF header past the end of the file (30 bytes), at 0x0",
                "ERROR: " + empty + ": not an ELF file: it is empty, at 0x0",
                "ERROR: " + text + ": not an ELF file: it is a text, at 0x0",
                "ERROR: " + foreign + ": ",
                "ERROR: gone.ko (No such file or directory)",
                "ERROR: a?b.ko (No such file or directory)",
                "9 objects, 2 written, 7 failed");
        assertEquals(starts.size(), run.errLines().size(), run::toString);
        for (int i = 0; i < starts.size(); i++) {
            assertTrue(run.errLines().get(i).startsWith(starts.get(i)), starts.get(i) + "\n" + run);
        }
        assertArrayEquals(done, Files.readAllBytes(first));
        assertArrayEquals(done, Files.readAllBytes(last));
        assertArrayEquals(Arrays.copyOf(fresh, fresh.length / 2), Files.readAllBytes(cut));
        assertArrayEquals(other, Files.readAllBytes(foreign));
        assertTrue(namesIn(folder).stream().noneMatch(name -> name.startsWith(".")));
    }

    @Test
    void shouldNameAListThatIsNone() {
        CommandRun run = CommandRun.genBtf("-b", vmlinux, "@" + folder);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals("ERROR: " + folder + ": is a folder, expected a list of modules\n", run.err());
        CommandRun nameless = CommandRun.genBtf("-b", vmlinux, "@");
        assertEquals(ExitCode.USAGE, nameless.status());
        assertEquals("gen-btf: a list has an empty file name (see gen-btf --help)\n", nameless.err());
    }

    /** Of the build that a list is of, or of the tree that one stands in: a guess would change the wrong module. */
    @Test
    void shouldRefuseListThatNamesFilesHereAndBesideIt() throws IOException {
        Path here = Path.of("pom.xml");
        assertTrue(Files.exists(here), "tests run in the folder of their module");
        Path beside = Files.write(folder.resolve(here), fresh);
        Path list = Files.writeString(folder.resolve("modules.order"), here + "\n");
        CommandRun run = CommandRun.genBtf("-b", vmlinux, "@" + list);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + list + ": names pom.xml, of which there is one here and another beside the list, " + beside
                        + ": run it in the folder of the list\n",
                run.err());
        assertArrayEquals(fresh, Files.readAllBytes(beside));
    }

    @Test
    void shouldSayOnceThatTheBaseIsBad() throws IOException {
        Path one = module("one.ko");
        Path two = module("two.ko");
        Path base = folder.resolve("none");
        CommandRun run = CommandRun.genBtf("-b", base, one, two);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals("ERROR: " + base + " (No such file or directory)\n", run.err());
        Files.write(base, Arrays.copyOf(Files.readAllBytes(vmlinux), 100));
        run = CommandRun.genBtf("-b", base, one, two);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.err().startsWith("ERROR: " + base + ": "), run::toString);
        assertArrayEquals(fresh, Files.readAllBytes(one));
        // For a program, there is a report on each.
        run = CommandRun.genBtf("--json", "-b", base, one, two);
        assertEquals(
                2,
                run.outLines().stream()
                        .filter(line -> line.contains("\"error\""))
                        .count(),
                run::toString);
    }

    /** Page by page, until there is room for one of two modules at a time. */
    @Test
    void shouldFinishOnceThereIsRoom() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 512)) {
            Path small = disk.folder();
            List<Path> modules =
                    List.of(Files.write(small.resolve("a.ko"), fresh), Files.write(small.resolve("b.ko"), fresh));
            Path filler = small.resolve("filler");
            int failures = 0;
            for (int pages = 0; ; pages++) {
                Files.deleteIfExists(filler);
                long free = Files.getFileStore(small).getUsableSpace();
                Files.write(filler, new byte[(int) Math.max(0, free - pages * 4096L)]);
                CommandRun run = CommandRun.genBtf("-j", 1, "-b", vmlinux, modules.get(0), modules.get(1));
                for (Path module : modules) {
                    byte[] bytes = Files.readAllBytes(module);
                    boolean failed = run.errors().contains("ERROR: " + module + NO_ROOM);
                    assertArrayEquals(failed ? fresh : done, bytes, pages + " pages free: " + run);
                }
                assertEquals(List.of("a.ko", "b.ko", "filler"), namesIn(small), run::toString);
                if (run.status() == ExitCode.OK) {
                    break;
                }
                failures++;
            }
            assertTrue(failures > 0, "room from the start");
        }
    }

    @Test
    void shouldKeepWhatMayNotBeWritten() throws IOException {
        PlainUser user = PlainUser.required();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path shut = Files.createDirectory(folder.resolve("shut"));
        Path inside = Files.write(shut.resolve("inside.ko"), fresh);
        Path readOnly = module("readonly.ko");
        Path writable = module("writable.ko");
        user.own(folder);
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r--r--r--"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-xr-xr-x"));
        List<Object> arguments = new ArrayList<>(List.of("-b", vmlinux, inside, readOnly, writable));
        ToolResult run = user.java(GenBtf.class, arguments.toArray());
        assertEquals(ExitCode.FAILURE, run.exitCode(), run::toString);
        assertEquals(
                List.of(
                        "ERROR: " + inside + ": " + shut + ": permission denied",
                        "ERROR: " + readOnly + ": permission denied",
                        "3 objects, 1 written, 2 failed"),
                run.errLines(),
                run::toString);
        assertArrayEquals(fresh, Files.readAllBytes(inside));
        assertArrayEquals(fresh, Files.readAllBytes(readOnly));
        assertArrayEquals(done, Files.readAllBytes(writable));
        // What is right need not be writable.
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(inside, done);
        Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("r--r--r--"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-xr-xr-x"));
        run = user.java(GenBtf.class, "-b", vmlinux, inside, writable);
        assertEquals(List.of("2 objects, 2 unchanged"), run.errLines(), run::toString);
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
