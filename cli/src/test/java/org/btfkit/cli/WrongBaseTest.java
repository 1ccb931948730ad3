package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A module of one kernel on the base of another, which fits by chance. */
class WrongBaseTest {
    @TempDir
    Path folder;

    private Path right;
    private Path wrong;
    private Path raw;
    private Path module;

    @BeforeEach
    void writeFiles() throws IOException {
        RawBtf base = base();
        right = Files.write(folder.resolve("right"), base.toBytes());
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("aa", 1);
        split.addFunc("exit_tiny", 2, 0);
        raw = Files.write(folder.resolve("m.btf"), split.toBytes());
        RawBtf larger = base();
        larger.addTypedef("information", 1);
        wrong = Files.write(folder.resolve("wrong"), larger.toBytes());
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(split.toBytes());
        RawElf.Section ids =
                elf.section(".BTF_ids").flags(RawElf.SHF_ALLOC).align(4).data(new byte[4]);
        elf.symbol("__BTF_ID__func__exit_tiny__1").in(ids).type(1).size(4);
        module = Files.write(folder.resolve("m.ko"), elf.toBytes());
    }

    private static RawBtf base() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addFuncProto(1);
        return base;
    }

    /** Asserts that standard error is one line, that the base is another one and how to take it for right anyway. */
    private void assertSaid(String start, Path file, String option, String err) {
        assertEquals(1, err.lines().count(), err);
        assertTrue(
                err.startsWith(start + file + " was not made on the base " + wrong
                        + " (3 types and 17 bytes of strings): the name of type [5] FUNC would be 'ormation', the end of"
                        + " 'information' in the base; give the right one with " + option
                        + ", one with an unknown number of types and 5 bytes of strings"),
                err);
        assertTrue(err.stripTrailing().endsWith("; or take it as it is with --trust_base"), err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dump FILE",
                "dump -f json FILE",
                "dump -f c FILE",
                "stats FILE",
                "find * FILE",
                "show ormation FILE"
            })
    void shouldWarnWhereItIsLookedAt(String arguments) {
        CommandRun run = CommandRun.btf(arguments(arguments, wrong));
        assertEquals(ExitCode.OK, run.status(), run.toString());
        assertSaid("WARN: ", raw, "-B", run.err());
        CommandRun trusting =
                CommandRun.btf(Stream.concat(Stream.of(arguments(arguments, wrong)), Stream.of("--trust_base"))
                        .toArray());
        assertFalse(trusting.err().contains("was not made"), trusting.toString());
        assertArrayEquals(run.out(), trusting.out());
        CommandRun.btfOk(arguments(arguments.replace("ormation", "aa"), right));
    }

    private Object[] arguments(String text, Path base) {
        return Stream.concat(
                        Stream.of(text.split(" ")).map(word -> word.equals("FILE") ? raw.toString() : word),
                        Stream.of("-B", base.toString()))
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "structural"})
    void shouldNotCallItValid(String level) {
        CommandRun run = CommandRun.btf("validate", "--level", level, "-B", wrong, raw);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(0, run.out().length);
        assertSaid("ERROR: ", raw, "-B", run.err());
        CommandRun.btfOk("validate", "--level", level, "-B", wrong, "--trust_base", raw);
        CommandRun.btfOk("validate", "--level", level, "-B", right, raw);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dedup", "merge", "sort", "distill"})
    void shouldRefuseToWriteWhatIsMadeOfIt(String command) {
        Path out = folder.resolve("out.btf");
        Path outBase = folder.resolve("out.base.btf");
        Object[] options = command.equals("distill") ? new Object[] {"--out-base", outBase} : new Object[] {};
        CommandRun run = CommandRun.btf(with(options, command, "-B", wrong, raw, "-o", out));
        assertEquals(ExitCode.FAILURE, run.status());
        assertSaid("ERROR: ", raw, "-B", run.err());
        assertFalse(Files.exists(out) || Files.exists(outBase));
        CommandRun.btfOk(with(options, command, "-B", wrong, "--trust_base", raw, "-o", out));
        CommandRun.btfOk(with(options, command, "-B", right, raw, "-o", out));
    }

    private static Object[] with(Object[] more, Object... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray();
    }

    @Test
    void shouldRefuseItAmongSeveralInputs() throws IOException {
        Path out = folder.resolve("out");
        for (List<Object> arguments : List.<List<Object>>of(
                List.of("merge", "-B", wrong, raw, raw, "-o", out),
                List.of("dedup", "-B", wrong, raw, raw, "-o", out),
                List.of("relocate", "-B", wrong, "--onto", right, raw, "-o", out))) {
            CommandRun run = CommandRun.btf(arguments.toArray());
            assertEquals(ExitCode.FAILURE, run.status(), run.toString());
            assertSaid("ERROR: ", raw, "-B", run.err());
            assertFalse(Files.exists(out));
        }
        CommandRun run = CommandRun.btf("dedup", "-B", wrong, "--out-dir", folder.resolve("dir"), raw);
        assertEquals(ExitCode.FAILURE, run.status(), run.toString());
        assertSaid("ERROR: ", raw, "-B", run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--embed", "--detached", "--embed --distill_base"})
    void shouldNotResolveIdsWithIt(String mode) throws IOException {
        byte[] before = Files.readAllBytes(module);
        Object[] options = mode.isEmpty() ? new Object[] {} : mode.split(" ");
        CommandRun run = CommandRun.resolveBtfids(with(options, "-b", wrong, module));
        assertEquals(ExitCode.FAILURE, run.status());
        assertSaid("ERROR: ", Path.of(module + "(.BTF)"), "-b", String.join("\n", run.errLines()));
        assertArrayEquals(before, Files.readAllBytes(module));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(4, files.count(), "nothing beside it");
        }
        CommandRun trusting = CommandRun.resolveBtfids(with(options, "-b", wrong, "--trust_base", module));
        assertFalse(String.join("\n", trusting.errLines()).contains("was not made"), trusting.toString());
    }

    @Test
    void shouldResolveIdsWithTheRightOne() throws IOException {
        CommandRun run = CommandRun.resolveBtfids("-b", right, module);
        assertEquals(ExitCode.OK, run.status());
        assertEquals(List.of(), run.errLines());
    }

    /** The BTF fits any base, but the module says for which kernel it is. */
    @Test
    void shouldRefuseModuleOfAnotherKernel() throws IOException {
        RawBtf split = RawBtf.splitOn(base());
        split.addPtr(1);
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".modinfo").data("vermagic=6.1.0-9 SMP \0".getBytes(StandardCharsets.US_ASCII));
        elf.section(".BTF").data(split.toBytes());
        Path other = Files.write(folder.resolve("other.ko"), elf.toBytes());
        Path release = Files.createDirectories(folder.resolve("include/config")).resolve("kernel.release");
        Files.writeString(release, "7.0.0\n");
        CommandRun run = CommandRun.btf("validate", "-B", right, other);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().contains("): it is for kernel 6.1.0-9, the base of 7.0.0; give the right one"), run.err());
        Files.writeString(release, "6.1.0-9\n");
        CommandRun.btfOk("validate", "-B", right, other);
    }
}
