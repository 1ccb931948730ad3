package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.SmallDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full or read-only, files with other names or more than a mode, and several runs on one file. */
class FaultsTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private Path base;
    private SmallDisk mounted;

    @BeforeEach
    void writeBase() {
        base = SampleModule.writeVmlinuxBtf(folder);
    }

    @AfterEach
    void unmount() {
        if (mounted != null) {
            mounted.close();
        }
    }

    private Path mount() {
        mounted = SmallDisk.mount(folder.resolve("mounted"), 256);
        return mounted.folder();
    }

    private static Map<String, List<Byte>> contents(Path folder) throws IOException {
        Map<String, List<Byte>> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                List<Byte> bytes = new ArrayList<>();
                for (byte value : Files.readAllBytes(file)) {
                    bytes.add(value);
                }
                contents.put(file.getFileName().toString(), bytes);
            }
        }
        contents.remove("filler");
        return contents;
    }

    private static void assertOneError(CommandRun run, String part) {
        assertEquals(ExitCode.FAILURE, run.status(), run::toString);
        assertEquals(1, run.errors().size(), run::toString);
        assertTrue(run.errors().get(0).contains(part), run::toString);
        assertFalse(run.err().contains("Exception"), run::toString);
    }

    // ---- a full disk

    /** From no room at all, page by page, to as much as it takes: all or nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-b BASE m.ko",
                "--embed --distill_base -b BASE m.ko",
                "--detached --distill_base -b BASE m.ko",
                "--patch_btfids m.ko.BTF_ids m.ko",
                "-b BASE -o out.ko m.ko",
                "--embed -b BASE -o there.ko m.ko"
            })
    void shouldDoAllOrNothingOnAFullDisk(String line) throws IOException {
        Path small = mount();
        Path module = SampleModule.writeModule(folder);
        List<String> arguments = new ArrayList<>();
        for (String word : line.split(" ")) {
            arguments.add(
                    word.equals("BASE") ? base.toString() : word.startsWith("-") ? word : small.resolve(word) + "");
        }
        Set<Integer> statuses = new TreeSet<>();
        for (int pages = 0; statuses.size() < 2; pages++) {
            assertTrue(pages < 60, "never enough room for " + line);
            put(small, module);
            Map<String, List<Byte>> before = contents(small);
            fill(small, pages);
            CommandRun run = CommandRun.resolveBtfids(arguments.toArray());
            statuses.add(run.status());
            if (run.status() == ExitCode.OK) {
                assertEquals(
                        List.of(),
                        contents(small).keySet().stream()
                                .filter(name -> name.startsWith("."))
                                .toList());
            } else {
                assertOneError(
                        run,
                        "No space left on device, nothing written; the new file needs room beside the old one: check"
                                + " the disk, quotas and ulimit -f");
                assertFalse(run.err().contains(".btfkit"), run::toString);
                assertEquals(before, contents(small), pages + " pages free: " + run);
            }
        }
        assertEquals(Set.of(ExitCode.OK, ExitCode.FAILURE), statuses);
    }

    /** An object, files beside it from an earlier run, and another file. */
    private void put(Path small, Path module) throws IOException {
        try (Stream<Path> files = Files.list(small)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Path object = Files.copy(module, small.resolve("m.ko"));
        assertEquals(
                ExitCode.OK,
                CommandRun.resolveBtfids("--detached", "-b", base, object).status());
        Files.write(small.resolve("there.ko"), new byte[] {1});
    }

    private static void fill(Path small, int freePages) throws IOException {
        Path filler = small.resolve("filler");
        long free = Files.getFileStore(small).getUsableSpace();
        Files.write(filler, new byte[(int) Math.max(0, free - (long) freePages * PAGE)]);
        assertEquals(
                Math.min(free, (long) freePages * PAGE),
                Files.getFileStore(small).getUsableSpace());
    }

    // ---- where nothing may be written

    @Test
    void shouldSayThatAFileSystemIsReadOnly() throws IOException {
        Path small = mount();
        Path module = Files.copy(SampleModule.writeModule(folder), small.resolve("m.ko"));
        ExternalTool.named("mount", "mount").check("-o", "remount,ro", small);
        for (String mode : List.of("--embed", "--detached", "-v")) {
            assertOneError(
                    CommandRun.resolveBtfids(mode, "-b", base, module),
                    "is on a file system that is mounted read-only");
        }
        assertEquals(Set.of("m.ko"), contents(small).keySet());
    }

    @Test
    void shouldNotReplaceImmutableFiles() throws IOException {
        ExternalTool chattr = ExternalTool.named("chattr", "e2fsprogs");
        assumeTrue(chattr.isAvailable(), "no chattr (Debian package e2fsprogs)");
        Path module = SampleModule.writeModule(folder);
        assertEquals(
                ExitCode.OK,
                CommandRun.resolveBtfids("--detached", "-b", base, module).status());
        Map<String, List<Byte>> before = contents(folder);
        for (String file : List.of("", ".BTF", ".BTF_ids")) {
            Path immutable = Path.of(module + file);
            assumeTrue(chattr.run("+i", immutable).isOk(), "files cannot be made immutable here");
            try {
                if (file.isEmpty()) {
                    assertOneError(CommandRun.resolveBtfids("-b", base, module), "permission denied");
                    assertOneError(CommandRun.resolveBtfids("--embed", "-b", base, module), "permission denied");
                } else {
                    assertOneError(
                            CommandRun.resolveBtfids("--detached", "--distill_base", "-b", base, module),
                            "permission denied");
                }
            } finally {
                chattr.check("-i", immutable);
            }
            assertEquals(before, contents(folder));
        }
    }

    // ---- what a file has besides its bytes

    @Test
    void shouldTellOfHardLinks() throws IOException {
        Path module = SampleModule.writeModule(folder);
        byte[] before = Files.readAllBytes(module);
        Path other = Files.createLink(folder.resolve("other.ko"), module);
        CommandRun run = CommandRun.resolveBtfids("-b", base, module);
        assertEquals(ExitCode.OK, run.status(), run::toString);
        assertEquals(
                List.of("NOTE: " + module + ": the other names of " + module + " (hard links: 1) keep the old content"),
                run.errLines());
        assertArrayEquals(before, Files.readAllBytes(other));
        assertFalse(Arrays.equals(before, Files.readAllBytes(module)));
        assertEquals(List.of(), CommandRun.resolveBtfids("-b", base, module).errLines());

        assertEquals(
                ExitCode.OK,
                CommandRun.resolveBtfids("--detached", "-b", base, module).status());
        Path detached = Path.of(module + ".BTF");
        Files.createLink(folder.resolve("linked"), detached);
        assertEquals(
                List.of("NOTE: " + module + ": " + noteOf(detached)),
                CommandRun.resolveBtfids("--detached", "-b", base, module).errLines());
    }

    private static String noteOf(Path file) {
        return "the other names of " + file + " (hard links: 1) keep the old content";
    }

    /** In the words of resolve-btfids, whether the result goes over its input, another file or a section. */
    @Test
    void shouldTellOfHardLinksInTransformations() throws IOException {
        Path module = SampleModule.writeModule(folder);
        Path raw = folder.resolve("raw.btf");
        CommandRun.btfOk("sort", "-B", base, "--raw", module, "-o", raw);
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(Files.readAllBytes(raw)).align(4);
        Path none = Files.write(folder.resolve("none.o"), elf.toBytes());
        Path results = Files.createDirectory(folder.resolve("results"));
        int number = 0;
        for (Path file : List.of(raw, base, Files.write(folder.resolve("other.btf"), new byte[0]), none)) {
            Path other = folder.resolve("link" + number++);
            Files.createLink(other, file);
            byte[] before = Files.readAllBytes(file);
            Path input = file.getFileName().toString().equals("other.btf") ? base : file;
            String[] options = file == none || file == raw ? new String[] {"-B", base.toString()} : new String[0];
            List<Object> arguments = new ArrayList<>(List.of("dedup"));
            arguments.addAll(Arrays.asList(options));
            arguments.addAll(List.of(input, "-o", file));
            CommandRun run = CommandRun.btf(arguments.toArray());
            assertEquals(ExitCode.OK, run.status(), run.err());
            assertEquals("NOTE: " + file + ": " + noteOf(file) + "\n", run.err());
            assertArrayEquals(before, Files.readAllBytes(other));
        }
        Path result = results.resolve("raw.btf");
        Files.createLink(folder.resolve("link of result"), Files.write(result, new byte[] {1}));
        CommandRun run = CommandRun.btf("dedup", "-B", base, "--out-dir", results, raw);
        assertEquals("NOTE: " + result + ": " + noteOf(result) + "\n", run.err());
        // An ELF file that has the result already is not replaced.
        Files.createLink(folder.resolve("link of same"), none);
        assertEquals("", CommandRun.btf("dedup", "-B", base, none, "-o", none).err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk", "tmpfs"})
    void shouldKeepAccessControlListsAndExtendedAttributes(String where) throws IOException {
        ExternalTool setfacl = ExternalTool.named("setfacl", "acl");
        ExternalTool getfacl = ExternalTool.named("getfacl", "acl");
        ExternalTool setfattr = ExternalTool.named("setfattr", "attr");
        ExternalTool getfattr = ExternalTool.named("getfattr", "attr");
        for (ExternalTool tool : List.of(setfacl, getfacl, setfattr, getfattr)) {
            assumeTrue(tool.isAvailable(), "no " + tool + " (Debian packages acl, attr)");
        }
        Path place = where.equals("tmpfs") ? mount() : folder;
        Path module = place.resolve("m.ko");
        Files.write(module, SampleModule.module());
        assumeTrue(setfacl.run("-m", "u:4321:rw,g:1234:r,m::rw", module).isOk(), "no access control lists in " + place);
        List<String> names = new ArrayList<>(List.of("user.origin"));
        if (PlainUser.isRoot()) {
            names.addAll(List.of("security.btfkit", "trusted.btfkit"));
        }
        int set = 0;
        for (String name : names) {
            set += setfattr.run("-n", name, "-v", "some value", module).isOk() ? 1 : 0;
        }
        assumeTrue(set > 0, "no extended attributes in " + place);
        String acl = getfacl.check("-cpn", module).out();
        String attributes = getfattr.check("-d", "-m", "-", module).out();
        assertTrue(acl.contains("user:4321:rw-"), acl);
        assertEquals(set + 2, attributes.lines().filter(line -> !line.isEmpty()).count(), attributes);
        for (String mode : List.of("-v", "--embed", "--strip_signature")) {
            Files.write(module, SampleModule.module());
            CommandRun run = CommandRun.resolveBtfids(mode, "-b", base, module);
            assertEquals(ExitCode.OK, run.status(), run::toString);
            assertEquals(acl, getfacl.check("-cpn", module).out());
            assertEquals(attributes, getfattr.check("-d", "-m", "-", module).out());
        }
    }

    // ---- several runs on one file

    /** Each says that it is done, or that somebody else was faster; what is there is whole. */
    @ParameterizedTest
    @ValueSource(strings = {"-v", "--embed", "--detached"})
    void shouldRunSeveralTimesAtOnce(String mode) throws Exception {
        Path module = SampleModule.writeModule(folder);
        CommandRun alone = CommandRun.resolveBtfids(mode, "-b", base, module);
        assertEquals(ExitCode.OK, alone.status(), alone::toString);
        Map<String, List<Byte>> expected = contents(folder);
        for (int round = 0; round < 5; round++) {
            Files.write(module, SampleModule.module());
            List<CommandRun> runs = Stream.generate(() -> mode)
                    .limit(8)
                    .parallel()
                    .map(same -> CommandRun.resolveBtfids(same, "-b", base, module))
                    .toList();
            String all = runs.stream().map(CommandRun::toString).collect(Collectors.joining("\n"));
            assertTrue(runs.stream().anyMatch(run -> run.status() == ExitCode.OK), all);
            for (CommandRun run : runs) {
                if (run.status() != ExitCode.OK) {
                    assertOneError(run, "changed by somebody else meanwhile, nothing written");
                }
            }
            assertEquals(expected, contents(folder), all);
        }
    }
}
