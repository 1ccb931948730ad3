package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a linker makes of objects with BTF: one section with one BTF behind the other. */
class JoinedObjectsTest {
    private static final int PADDING = 11;

    @TempDir
    Path folder;

    private Path one;
    private Path two;
    private Path joined;
    private Path object;
    private String another;

    @BeforeEach
    void writeFiles() throws IOException {
        byte[] first = btf("first");
        byte[] second = btf("second");
        byte[] both = Arrays.copyOf(first, first.length + PADDING + second.length);
        System.arraycopy(second, 0, both, first.length + PADDING, second.length);
        one = Files.write(folder.resolve("one.btf"), first);
        two = Files.write(folder.resolve("two.btf"), second);
        joined = Files.write(folder.resolve("joined.btf"), both);
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(both);
        RawElf.Section ids =
                elf.section(".BTF_ids").flags(RawElf.SHF_ALLOC).align(4).data(new byte[4]);
        elf.symbol("__BTF_ID__func__second__1").in(ids).type(1).size(4);
        object = Files.write(folder.resolve("joined.ko"), elf.toBytes());
        another = ": another BTF stands behind the first, at 0x" + Integer.toHexString(first.length + PADDING)
                + ", as a linker leaves those of several objects; ";
    }

    private static byte[] btf(String function) {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("int", 4, RawBtf.SIGNED);
        btf.addFunc(function, btf.addFuncProto(1), 1);
        return btf.toBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dump", "stats", "validate --level structural", "find *", "show int"})
    void shouldWarnThatOnlyTheFirstIsRead(String command) {
        for (Path file : List.of(joined, object)) {
            CommandRun run = CommandRun.btf(Stream.concat(Stream.of(command.split(" ")), Stream.of(file))
                    .toArray());
            assertEquals(ExitCode.OK, run.status(), run.toString());
            String section = file.equals(object) ? "(.BTF)" : "";
            assertEquals(
                    "WARN: " + file + section + another + "only the first is read, btf merge and dedup take all\n",
                    run.err());
        }
    }

    @Test
    void shouldNotCallItValidForTheKernel() {
        CommandRun run = CommandRun.btf("validate", joined);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(
                run.err()
                        .contains(" bytes after the last section (another BTF, as a linker leaves those of several"
                                + " objects: make one of them), at 0x"),
                run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "dedup"})
    void shouldTakeThemForSeveralInputs(String command) throws IOException {
        Path expected = folder.resolve("expected.btf");
        Path out = folder.resolve("out.btf");
        CommandRun.btfOk(command, one, two, "-o", expected);
        CommandRun.btfOk(command, joined, "-o", out);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(out));
        CommandRun.btfOk(command, "--raw", object, "-o", out);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(out));
        CommandRun.btfOk(command, one, two, one, "-o", expected);
        CommandRun.btfOk(command, joined, one, "-o", out);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(out));
        CommandRun.btfOk("validate", out);
    }

    @Test
    void shouldDeduplicateThemOnABase() throws IOException {
        Path base = folder.resolve("base.btf");
        Files.write(base, btf("first"));
        Path expected = folder.resolve("expected.btf");
        Path out = folder.resolve("out.btf");
        CommandRun.btfOk("dedup", "-B", base, one, two, "-o", expected);
        CommandRun.btfOk("dedup", "-B", base, joined, "-o", out);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(out));
        CommandRun.btfOk("dedup", "-B", base, joined, "--out-dir", folder.resolve("dir"));
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(folder.resolve("dir/joined.btf")));
    }

    @Test
    void shouldPutTheOneIntoTheObject() throws IOException {
        CommandRun.btfOk("dedup", object, "-o", object);
        CommandRun.btfOk("dedup", one, two, "-o", folder.resolve("expected.btf"));
        byte[] section = new RawElfReader(Files.readAllBytes(object)).bytes(".BTF");
        assertArrayEquals(Files.readAllBytes(folder.resolve("expected.btf")), section);
        CommandRun.btfOk("validate", object);
        assertEquals(List.of(), CommandRun.resolveBtfids(object).errLines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sort", "relocate", "distill"})
    void shouldRefuseToLoseAllButTheFirst(String command) throws IOException {
        Path out = folder.resolve("out.btf");
        String option = command.equals("relocate") ? "--onto" : "-B";
        CommandRun run = CommandRun.btf(command, option, one, joined, "-o", out);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + joined + another
                        + "all but the first would be lost, make one of them with btf merge or dedup\n",
                run.err());
        assertFalse(Files.exists(out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--embed", "--detached"})
    void shouldNotResolveIdsWithTheFirst(String mode) throws IOException {
        byte[] before = Files.readAllBytes(object);
        CommandRun run = mode.isEmpty() ? CommandRun.resolveBtfids(object) : CommandRun.resolveBtfids(mode, object);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                List.of("ERROR: " + object + "(.BTF)" + another
                        + "expected one that is of all of them; make it with btf"
                        + " dedup, or encode BTF after linking, with pahole -J"),
                run.errLines());
        assertArrayEquals(before, Files.readAllBytes(object));
    }

    @Test
    void shouldNotTakeThemForABase() throws IOException {
        byte[] before = Files.readAllBytes(object);
        CommandRun run = CommandRun.resolveBtfids("--btf", one, "-b", joined, object);
        assertEquals(List.of("ERROR: " + joined + another + "expected one, to be a base"), run.errLines());
        assertArrayEquals(before, Files.readAllBytes(object));
    }

    @Test
    void shouldNameBytesThatAreIgnored() throws IOException {
        byte[] bytes = Files.readAllBytes(one);
        Path stray = Files.write(folder.resolve("stray.btf"), Arrays.copyOf(bytes, bytes.length + 4));
        String text = stray + ": 4 bytes after the last section, at 0x" + Integer.toHexString(bytes.length);
        assertEquals("ERROR: " + text + "\n", CommandRun.btf("validate", stray).err());
        assertEquals(
                "WARN: " + text + ", ignored\n", CommandRun.btf("dump", stray).err());
        Path out = folder.resolve("out.btf");
        for (String command : List.of("sort", "merge", "dedup")) {
            CommandRun run = CommandRun.btf(command, stray, "-o", out);
            assertEquals("WARN: " + text + ", ignored\n", run.err());
            assertEquals(ExitCode.OK, run.status());
            assertEquals(4, BtfSource.load(out).typeCount());
        }
        assertEquals(
                "WARN: " + text + ", ignored\n",
                CommandRun.btf("dump", "-B", stray, one).err());
    }
}
