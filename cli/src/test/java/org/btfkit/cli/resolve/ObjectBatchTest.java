package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.Json;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many objects at a time: lists of them, several at once, reports for people and for programs. */
class ObjectBatchTest {
    @TempDir
    Path folder;

    private Path base;

    @BeforeEach
    void setUp() {
        base = SampleModule.writeVmlinuxBtf(folder);
    }

    private Path module(String name) throws IOException {
        return Files.write(folder.resolve(name), SampleModule.module());
    }

    private Path plain(String name) throws IOException {
        return Files.write(folder.resolve(name), RawElf.of(ElfVariant.MODULE).toBytes());
    }

    /** One name that the BTF does not have. */
    private Path warned(String name) throws IOException {
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdList("", List.of(Entry.of(BtfIdsObject.Kind.STRUCT, "gone"))))
                .withBtf(RawBtf.littleEndian().toBytes());
        return Files.write(folder.resolve(name), object.toBytes());
    }

    private static boolean isResolved(Path module) throws IOException {
        byte[] ids = new RawElfReader(Files.readAllBytes(module)).bytes(".BTF_ids");
        return Arrays.equals(SampleModule.goldenIds(), ids);
    }

    // ---- many objects

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64, Integer.MAX_VALUE})
    void shouldDoTheOthersIfOneIsBad(int jobs) throws IOException {
        Path first = module("a.ko");
        Path bad = Files.write(folder.resolve("b.ko"), new byte[100]);
        Path missing = folder.resolve("c.ko");
        Path nothing = plain("d.ko");
        Path last = module("e.ko");
        CommandRun run = CommandRun.resolveBtfids("-j", jobs, "-b", base, first, bad, missing, nothing, last);
        assertEquals(1, run.status());
        assertEquals(
                List.of(
                        "ERROR: " + bad + ": not an ELF file, at 0x0",
                        "ERROR: " + missing + " (No such file or directory)",
                        "5 objects, 1 without ids, 2 written, 2 failed"),
                run.errLines());
        assertTrue(isResolved(first));
        assertTrue(isResolved(last));
        assertArrayEquals(new byte[100], Files.readAllBytes(bad));

        CommandRun again = CommandRun.resolveBtfids("-j", jobs, "-b", base, first, nothing, last);
        assertEquals(0, again.status());
        assertEquals(List.of("3 objects, 1 without ids, 2 unchanged"), again.errLines());
    }

    @Test
    void shouldSayWhoseWarningItIs() throws IOException {
        Path one = warned("one.ko");
        Path two = warned("two.ko");
        CommandRun run = CommandRun.resolveBtfids(one, two);
        assertEquals(0, run.status());
        String warning = ": WARN: resolve_btfids: unresolved symbol gone (struct: not in BTF)";
        assertEquals(List.of(one + warning, two + warning, "2 objects, 2 unchanged"), run.errLines());
    }

    @Test
    void shouldReportInTheOrderGiven() throws IOException {
        List<Object> args = new ArrayList<>(List.of("-v", "-j", 8, "-b", base));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Path module = module("m" + i * 7 % 40 + ".ko");
            args.add(module);
            expected.add(module + ": 18 ids in 2 sets and outside, 10 symbols moved");
        }
        expected.add("40 objects, 40 written");
        assertEquals(expected, CommandRun.resolveBtfids(args.toArray()).errLines());
    }

    @Test
    void shouldFailAllForTheSameBadBase() throws IOException {
        Path missing = folder.resolve("missing.btf");
        CommandRun run = CommandRun.resolveBtfids("-b", missing, module("a.ko"), module("b.ko"), plain("c.ko"));
        assertEquals(1, run.status());
        String error = "ERROR: " + missing + " (No such file or directory)";
        assertEquals(List.of(error, error, "3 objects, 1 without ids, 2 failed"), run.errLines());
    }

    @Test
    void shouldWorkOnEachObjectOnce() throws IOException {
        Path module = module("a.ko");
        Path link = Files.createSymbolicLink(folder.resolve("link.ko"), module);
        Path detour = folder.resolve("..").resolve(folder.getFileName()).resolve("a.ko");
        CommandRun run = CommandRun.resolveBtfids("-j", 4, "-b", base, module, link, detour, module);
        assertEquals(0, run.status(), run::toString);
        assertEquals(List.of(), run.errLines(), "one object, so no summary");
        assertTrue(isResolved(module));
        assertTrue(Files.isSymbolicLink(link));
    }

    /** What ".." means behind a symbolic link is for the system to say. */
    @Test
    void shouldNotShortenPaths() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("far/inner"));
        Path right = Files.write(folder.resolve("far/m.ko"), SampleModule.module());
        Path wrong = module("m.ko");
        Path link = Files.createSymbolicLink(folder.resolve("link"), inner);
        CommandRun run = CommandRun.resolveBtfids("-b", base, link.resolve("..").resolve("m.ko"));
        assertEquals(0, run.status(), run::toString);
        assertTrue(isResolved(right));
        assertArrayEquals(SampleModule.module(), Files.readAllBytes(wrong));
    }

    @Test
    void shouldFailIfAnyObjectIsStale() throws IOException {
        Path module = module("a.ko");
        byte[] bytes = SampleModule.module();
        int at = (int) new RawElfReader(bytes).section(".BTF_ids").orElseThrow().offset();
        System.arraycopy(SampleModule.goldenIds(), 0, bytes, at, SampleModule.goldenIds().length);
        Path stale = Files.write(folder.resolve("stale.ko"), bytes);
        CommandRun run = CommandRun.resolveBtfids("--check", "-b", base, stale, module);
        assertEquals(1, run.status());
        assertEquals(List.of("2 objects, 2 checked (1 with stale symbols)"), run.errLines());
        assertEquals(6, run.outLines().size(), run::toString);
        assertTrue(run.outLines().get(0).startsWith(stale + ": set8 'sample_"), run::toString);
        assertTrue(run.outLines().get(3).startsWith(module + ": set8 'sample_"), run::toString);
    }

    // ---- lists of arguments

    private Path list(String text) throws IOException {
        return Files.writeString(folder.resolve("list"), text);
    }

    @Test
    void shouldReadArgumentsFromList() throws IOException {
        Path first = module("a.ko");
        Path second = module("with space.ko");
        Path list = list("-b\n" + base + "\n\n# a comment\n" + first + "\n" + second + "\n");
        CommandRun run = CommandRun.resolveBtfids("@" + list);
        assertEquals(0, run.status(), run::toString);
        assertEquals(List.of("2 objects, 2 written"), run.errLines());
        assertTrue(isResolved(first));
        assertTrue(isResolved(second));
    }

    @Test
    void shouldReadListWithoutLastLineEndAndWithWindowsLineEnds() throws IOException {
        Path first = module("a.ko");
        Path second = module("b.ko");
        Path list = list(first + "\r\n" + second);
        CommandRun run = CommandRun.resolveBtfids("-b", base, "@" + list);
        assertEquals(List.of("2 objects, 2 written"), run.errLines());
    }

    @Test
    void shouldTakeOneObjectInListAsOne() throws IOException {
        Path module = module("a.ko");
        Path output = folder.resolve("out.ko");
        CommandRun run = CommandRun.resolveBtfids("-b", base, "-o", output, "@" + list(module + "\n"));
        assertEquals(0, run.status(), run::toString);
        assertTrue(isResolved(output));
    }

    @Test
    void shouldRefuseEmptyList() throws IOException {
        CommandRun run = CommandRun.resolveBtfids("-b", base, "@" + list("# nothing\n\n"));
        assertEquals(2, run.status());
        assertTrue(run.err().contains("no object given"), run::toString);
    }

    @Test
    void shouldRefuseListThatCannotBeRead() {
        CommandRun missing = CommandRun.resolveBtfids("@" + folder.resolve("missing"));
        assertEquals(1, missing.status());
        assertEquals(List.of("ERROR: @" + folder + "/missing (No such file or directory)"), missing.errLines());
        CommandRun directory = CommandRun.resolveBtfids("@" + folder);
        assertEquals(1, directory.status());
        assertEquals(List.of("ERROR: Could not read argument file @" + folder), directory.errLines());
    }

    @Test
    void shouldRefuseNamesThatAreNone() throws IOException {
        CommandRun run = CommandRun.resolveBtfids("@" + list("a\0b.ko\n"));
        assertEquals(1, run.status());
        assertEquals(List.of("ERROR: a?b.ko: cannot be a file name"), run.errLines());
    }

    @Test
    void shouldReadListOfManyObjects() throws IOException {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            names.append(folder.resolve("missing" + i)).append('\n');
        }
        CommandRun run = CommandRun.resolveBtfids("@" + list(names.toString()));
        assertEquals(1, run.status());
        assertEquals(3_001, run.errLines().size());
        assertEquals("3000 objects, 3000 failed", run.errLines().get(3_000));
    }

    // ---- JSON

    @Test
    void shouldReportInJson() throws IOException {
        Path module = module("a.ko");
        Path warned = warned("b.ko");
        Path bad = Files.write(folder.resolve("c \"quoted\" \\ \t.ko"), new byte[3]);
        Path nothing = plain("d.ko");
        CommandRun run = CommandRun.resolveBtfids("--json", "-b", base, module, warned, bad, nothing);
        assertEquals(1, run.status());
        Json json = Json.parse(run.outText());
        assertEquals(1, json.at("exitStatus"));
        assertEquals(4, json.size("objects"));

        assertEquals(module.toString(), json.at("objects", 0, "file"));
        assertEquals("written", json.at("objects", 0, "outcome"));
        assertEquals(10, json.at("objects", 0, "movedSymbols"));
        assertEquals(0, json.at("objects", 0, "missingNames"));
        assertEquals(3, json.size("objects", 0, "sets"));
        Map<?, ?> set = (Map<?, ?>) json.at("objects", 0, "sets", 0);
        assertEquals("set8", set.get("kind"));
        assertEquals(0, set.get("offset"));
        assertEquals(5, set.get("count"));
        assertEquals(5, set.get("missing"));
        assertEquals("unresolved", set.get("state"));
        assertEquals("list", json.at("objects", 0, "sets", 2, "kind"));
        assertEquals("", json.at("objects", 0, "sets", 2, "name"));

        assertEquals(1, json.at("objects", 1, "missingNames"));
        assertEquals(
                "WARN: resolve_btfids: unresolved symbol gone (struct: not in BTF)",
                json.at("objects", 1, "warnings", 0));

        assertEquals(bad.toString(), json.at("objects", 2, "file"));
        assertEquals("failed", json.at("objects", 2, "outcome"));
        assertTrue(json.at("objects", 2, "error").toString().endsWith(": not an ELF file, at 0x0"));
        assertEquals(List.of(), json.at("objects", 2, "notes"));

        assertEquals("nothing_to_do", json.at("objects", 3, "outcome"));
        assertEquals(0, json.size("objects", 3, "sets"));
    }

    @Test
    void shouldReportOneObjectInJsonAsWell() throws IOException {
        Path module = module("a.ko");
        Json written = Json.parse(
                CommandRun.resolveBtfids("--json", "-b", base, module).outText());
        assertEquals("written", written.at("objects", 0, "outcome"));
        assertEquals(0, written.at("exitStatus"));
        Json unchanged = Json.parse(
                CommandRun.resolveBtfids("--json", "-b", base, module).outText());
        assertEquals("unchanged", unchanged.at("objects", 0, "outcome"));
        assertEquals("resolved", unchanged.at("objects", 0, "sets", 0, "state"));
        assertEquals(0, unchanged.at("objects", 0, "movedSymbols"));
        CommandRun check = CommandRun.resolveBtfids("--json", "--check", "-b", base, module);
        assertEquals("checked", Json.parse(check.outText()).at("objects", 0, "outcome"));
        assertEquals(List.of(), check.errLines());
    }

    @Test
    void shouldReportFailureInJsonAndOnStandardError() {
        CommandRun run = CommandRun.resolveBtfids("--json", folder.resolve("missing.ko"));
        assertEquals(1, run.status());
        String error = folder.resolve("missing.ko") + " (No such file or directory)";
        assertEquals(List.of("ERROR: " + error), run.errLines());
        assertEquals(error, Json.parse(run.outText()).at("objects", 0, "error"));
        assertEquals(1, Json.parse(run.outText()).at("exitStatus"));
    }

    @Test
    void shouldReportNotesInJson() throws IOException {
        byte[] bytes = SampleModule.module();
        int at = (int) new RawElfReader(bytes).section(".BTF_ids").orElseThrow().offset();
        System.arraycopy(SampleModule.goldenIds(), 0, bytes, at, SampleModule.goldenIds().length);
        Path stale = Files.write(folder.resolve("stale.ko"), bytes);
        Json check = Json.parse(
                CommandRun.resolveBtfids("--json", "--check", "-b", base, stale).outText());
        assertEquals(1, check.at("exitStatus"));
        assertEquals("stale", check.at("objects", 0, "sets", 0, "state"));
        Json repair = Json.parse(CommandRun.resolveBtfids("--json", "--repair", "-b", base, stale)
                .outText());
        assertEquals("written", repair.at("objects", 0, "outcome"));
        assertEquals(1, repair.size("objects", 0, "notes"));
    }
}
