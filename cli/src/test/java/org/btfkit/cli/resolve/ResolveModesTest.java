package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.Json;
import org.btfkit.cli.ResolveBtfids;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --embed}, {@code --detached} and {@code --patch_btfids}, on the sample. */
class ResolveModesTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

    @TempDir
    Path folder;

    private Path module;
    private Path base;

    @BeforeEach
    void setUp() {
        module = SampleModule.writeModule(folder);
        base = SampleModule.writeVmlinuxBtf(folder);
    }

    private Path beside(String suffix) {
        return folder.resolve("sample.ko" + suffix);
    }

    private static byte[] section(Path file, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(file)).bytes(name);
    }

    private static boolean hasSection(Path file, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(file)).section(name).isPresent();
    }

    private static CommandRun ok(CommandRun run) {
        assertEquals(ExitCode.OK, run.status(), run::toString);
        assertEquals(List.of(), run.errLines(), run::toString);
        return run;
    }

    /** With a distilled base the sample loses four functions and a typedef of the kernel, and is told so. */
    private static CommandRun distilled(CommandRun run) {
        assertEquals(ExitCode.OK, run.status(), run::toString);
        List<String> lost = run.errLines().stream()
                .map(line -> line.replaceFirst(
                        ".* unresolved symbol (\\w+) .*a distilled base cannot carry a (\\w+).*", "$2 $1"))
                .toList();
        assertEquals(
                List.of(
                        "typedef tick_t",
                        "func buffer_put",
                        "func task_wake",
                        "func device_send",
                        "func buffer_append"),
                lost);
        return run;
    }

    /** Each kfunc has to be tagged, and each slot to hold the id of its symbol's name. */
    private void assertEmbedded(Path object, Btf onBase) throws IOException {
        Btf btf = BtfSource.load(object, onBase);
        int tags = 0;
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            boolean isTag = btf.kind(id) == BtfKind.DECL_TAG && btf.name(id).equals("bpf_kfunc");
            tags += isTag ? 1 : 0;
            assertTrue(!isTag || SampleModule.KFUNCS.contains(btf.name(btf.sizeOrType(id))));
        }
        assertEquals(SampleModule.KFUNCS.size(), tags);
        RawElfReader elf = new RawElfReader(Files.readAllBytes(object));
        int[] words = elf.words(".BTF_ids");
        long address = elf.section(".BTF_ids").orElseThrow().addr();
        int checked = 0;
        for (RawElfReader.Symbol symbol : elf.symbols()) {
            for (String kfunc : SampleModule.KFUNCS) {
                if (symbol.name().matches("__BTF_ID__func__" + kfunc + "__\\d+")) {
                    assertEquals(btf.find(BtfKind.FUNC, kfunc), words[(int) (symbol.value() - address) / 4]);
                    checked++;
                }
            }
        }
        assertTrue(checked >= SampleModule.KFUNCS.size());
    }

    @Test
    void shouldEmbed() throws IOException {
        ok(CommandRun.resolveBtfids("--embed", "-b", base, module));
        assertEmbedded(module, BtfSource.load(base));
        assertFalse(hasSection(module, ".BTF.base"));
    }

    @Test
    void shouldEmbedADistilledBase() throws IOException {
        distilled(CommandRun.resolveBtfids("--embed", "--distill_base", "-b", base, module));
        assertTrue(hasSection(module, ".BTF.base"));
        assertEmbedded(module, null);
        assertEquals(ExitCode.OK, CommandRun.resolveBtfids("--check", module).status());
    }

    @Test
    void shouldTouchNothingWhenItEmbedsAgain() throws IOException {
        ok(CommandRun.resolveBtfids("--embed", "-b", base, module));
        byte[] embedded = Files.readAllBytes(module);
        Files.setLastModifiedTime(module, LONG_AGO);
        ok(CommandRun.resolveBtfids("--embed", "-b", base, module));
        assertArrayEquals(embedded, Files.readAllBytes(module));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(module));
    }

    @Test
    void shouldTouchNothingWhenItEmbedsADistilledBaseAgain() throws IOException {
        distilled(CommandRun.resolveBtfids("--embed", "--distill_base", "-b", base, module));
        byte[] embedded = Files.readAllBytes(module);
        Files.setLastModifiedTime(module, LONG_AGO);
        CommandRun again = CommandRun.resolveBtfids("--embed", "--distill_base", "-b", base, module);
        assertEquals(ExitCode.OK, again.status(), again::toString);
        assertArrayEquals(embedded, Files.readAllBytes(module));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(module));
    }

    @Test
    void shouldEmbedIntoAnotherFile() throws IOException {
        byte[] before = Files.readAllBytes(module);
        Path target = folder.resolve("out.ko");
        ok(CommandRun.resolveBtfids("--embed", "-b", base, "-o", target, module));
        assertArrayEquals(before, Files.readAllBytes(module));
        ok(CommandRun.resolveBtfids("--embed", "-b", base, module));
        assertArrayEquals(Files.readAllBytes(module), Files.readAllBytes(target));
    }

    @Test
    void shouldWriteBesideAndPatch() throws IOException {
        byte[] before = Files.readAllBytes(module);
        ok(CommandRun.resolveBtfids("--detached", "-b", base, module));
        assertArrayEquals(before, Files.readAllBytes(module), "the object is left alone");
        assertFalse(Files.exists(beside(".BTF.base")));

        Path embedded = folder.resolve("embedded.ko");
        ok(CommandRun.resolveBtfids("--embed", "-b", base, "-o", embedded, module));
        assertArrayEquals(section(embedded, ".BTF"), Files.readAllBytes(beside(".BTF")));
        assertArrayEquals(section(embedded, ".BTF_ids"), Files.readAllBytes(beside(".BTF_ids")));

        ok(CommandRun.resolveBtfids("--patch_btfids", beside(".BTF_ids"), module));
        assertFalse(Files.exists(beside(".BTF_ids.syms")), "the moves are done");
        assertArrayEquals(section(embedded, ".BTF_ids"), section(module, ".BTF_ids"));
        assertEquals(
                new RawElfReader(Files.readAllBytes(embedded))
                        .symbols().stream().map(RawElfReader.Symbol::value).toList(),
                new RawElfReader(Files.readAllBytes(module))
                        .symbols().stream().map(RawElfReader.Symbol::value).toList());
    }

    @Test
    void shouldWriteADistilledBaseBesideAndRemoveItWhenThereIsNone() {
        distilled(CommandRun.resolveBtfids("--detached", "--distill_base", "-b", base, module));
        assertTrue(Files.exists(beside(".BTF.base")));
        ok(CommandRun.resolveBtfids("--detached", "-b", base, module));
        assertFalse(Files.exists(beside(".BTF.base")), "would be embedded with BTF that is not on it");
    }

    /** As the build of a kernel from 7.0 on calls it. */
    @Test
    void shouldWriteBesideUnderTheKernelsNameWhenBtfIsGiven() throws IOException {
        byte[] before = Files.readAllBytes(module);
        Path encoded = Files.write(beside(".BTF.1"), section(module, ".BTF"));
        inKernel(ExitCode.OK, "--btf_base", base, "--btf", encoded, module);
        assertArrayEquals(before, Files.readAllBytes(module));
        assertTrue(Files.exists(beside(".BTF")) && Files.exists(beside(".BTF_ids")));
        inKernel(ExitCode.OK, "--patch_btfids", beside(".BTF_ids"), module);
        inKernel(ExitCode.OK, "--embed", "-b", base, module);
        assertTrue(inKernel(ExitCode.USAGE, "--bogus").startsWith("resolve_btfids: Unknown option"));
    }

    /** As the build of a kernel before 7.0 calls it: what is not written into the object then is lost. */
    @Test
    void shouldResolveInPlaceUnderTheKernelsNameWhenNoBtfIsGiven() throws IOException {
        Path expected = folder.resolve("expected.ko");
        ok(CommandRun.resolveBtfids("-b", base, "-o", expected, module));
        inKernel(ExitCode.OK, "-b", base, module);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(module));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count(), "nothing beside the object");
        }
        Files.setLastModifiedTime(module, LONG_AGO);
        inKernel(ExitCode.OK, "-b", base, module);
        assertEquals(LONG_AGO, Files.getLastModifiedTime(module));
    }

    /** Runs the command as the build of a kernel does, which expects it to be silent unless something is wrong. */
    private static String inKernel(int status, Object... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream talk = new PrintStream(bytes);
        String[] strings = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        assertEquals(status, ResolveBtfids.asInKernel(talk, talk).run(strings), bytes::toString);
        assertEquals(status == ExitCode.OK, bytes.size() == 0, bytes::toString);
        return bytes.toString();
    }

    private static BtfIdsObject vmlinux(RawBtf btf) {
        return BtfIdsObject.of(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC))
                .with(new BtfIdsObject.IdSet8(
                        "kfuncs", 0, List.of(Entry.func("late", 1), Entry.func("early", 2), Entry.func("mid", 4))))
                .withBtf(btf.toBytes());
    }

    private static RawBtf kernelBtf() {
        RawBtf btf = RawBtf.littleEndian();
        int pointer = btf.addPtr(0);
        int proto = btf.addFuncProto(pointer, new Param("object", pointer)); // which any of the flags may be on
        for (String name : List.of("early", "late", "mid")) {
            btf.addFunc(name, proto, 1);
        }
        return btf;
    }

    /** A build has put the symbols of vmlinux into it by then, and ends if they are not where they were. */
    @Test
    void shouldLeaveSymbolsOfVmlinuxUnderTheKernelsName() throws IOException {
        RawBtf btf = kernelBtf();
        byte[] expected = vmlinux(btf).staleBytes(IdLookup.in(btf));
        Path vmlinux = Files.write(folder.resolve("vmlinux"), vmlinux(btf).toBytes());
        inKernel(ExitCode.OK, vmlinux);
        assertArrayEquals(expected, Files.readAllBytes(vmlinux));
        Files.setLastModifiedTime(vmlinux, LONG_AGO);
        inKernel(ExitCode.OK, "--fatal_warnings", vmlinux); // as with CONFIG_WERROR
        assertArrayEquals(expected, Files.readAllBytes(vmlinux));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(vmlinux));

        Files.write(vmlinux, vmlinux(btf).toBytes());
        ok(CommandRun.resolveBtfids("--keep_symbols", vmlinux));
        assertArrayEquals(expected, Files.readAllBytes(vmlinux));
        assertEquals(
                ExitCode.FAILURE, CommandRun.resolveBtfids("--check", vmlinux).status());
        CommandRun repaired = CommandRun.resolveBtfids(vmlinux);
        assertEquals(ExitCode.OK, repaired.status(), repaired::toString);
        assertArrayEquals(vmlinux(btf).resolvedBytes(IdLookup.in(btf)), Files.readAllBytes(vmlinux));
    }

    /** The link of a kernel from 7.0 on: ids are made of a first link and copied into the last. */
    @Test
    void shouldLeaveSymbolsOfVmlinuxWhenItPatches() throws IOException {
        RawBtf btf = kernelBtf();
        Path first = Files.write(folder.resolve(".tmp_vmlinux1"), vmlinux(btf).toBytes());
        Path encoded = Files.write(folder.resolve(".tmp_vmlinux1.BTF.1"), btf.toBytes());
        inKernel(ExitCode.OK, "--btf", encoded, first);
        Path ids = folder.resolve(".tmp_vmlinux1.BTF_ids");
        Path moves = folder.resolve(".tmp_vmlinux1.BTF_ids.syms");
        byte[] movesBefore = Files.readAllBytes(moves);
        Path vmlinux = Files.write(folder.resolve("vmlinux"), vmlinux(btf).toBytes());
        inKernel(ExitCode.OK, "--patch_btfids", ids, vmlinux);
        assertArrayEquals(Files.readAllBytes(ids), section(vmlinux, ".BTF_ids"));
        assertEquals(symbolValues(first), symbolValues(vmlinux));
        assertFalse(Files.exists(moves));

        // Without moves, such as those of a C tool's ids; and with them, by the name that does not stand for a build.
        Files.write(vmlinux, vmlinux(btf).toBytes());
        inKernel(ExitCode.OK, "--patch_btfids", ids, vmlinux);
        assertEquals(symbolValues(first), symbolValues(vmlinux));
        Files.write(vmlinux, vmlinux(btf).toBytes());
        Files.write(moves, movesBefore);
        ok(CommandRun.resolveBtfids("--patch_btfids", ids, vmlinux));
        assertFalse(symbolValues(first).equals(symbolValues(vmlinux)));
    }

    private static List<Long> symbolValues(Path file) throws IOException {
        return new RawElfReader(Files.readAllBytes(file))
                .symbols().stream().map(RawElfReader.Symbol::value).toList();
    }

    @Test
    void shouldReportOnBtfInJson() {
        Json json = Json.parse(
                distilled(CommandRun.resolveBtfids("--json", "--detached", "--distill_base", "-b", base, module))
                        .outText());
        assertEquals("detached", json.at("objects", 0, "outcome"));
        assertEquals(
                List.of(
                        beside(".BTF_ids.syms").toString(),
                        beside(".BTF_ids").toString(),
                        beside(".BTF").toString(),
                        beside(".BTF.base").toString()),
                json.at("objects", 0, "files"));
        Map<?, ?> btf = (Map<?, ?>) json.at("objects", 0, "btf");
        assertEquals(
                List.of("kfuncs", "inputTypes", "types", "bytes", "baseTypes", "baseBytes"), List.copyOf(btf.keySet()));
        assertEquals(SampleModule.KFUNCS.size(), btf.get("kfuncs"));
        assertEquals(beside(".BTF").toFile().length(), ((Integer) btf.get("bytes")).longValue());
        assertEquals(beside(".BTF.base").toFile().length(), ((Integer) btf.get("baseBytes")).longValue());

        json = Json.parse(ok(CommandRun.resolveBtfids("--json", "--embed", "-b", base, module))
                .outText());
        assertEquals("written", json.at("objects", 0, "outcome"));
        assertEquals(List.of(), json.at("objects", 0, "files"));
        assertEquals(0, json.at("objects", 0, "btf", "baseTypes"));
        assertEquals(0, json.at("exitStatus"));
    }

    static List<List<String>> usageErrors() {
        return List.of(
                List.of("mutually exclusive", "--embed", "--detached", "m.ko"),
                List.of("mutually exclusive", "--embed", "--check", "m.ko"),
                List.of("mutually exclusive", "--patch_btfids", "x", "--repair", "m.ko"),
                List.of("-o takes the result", "--detached", "-o", "x", "m.ko"),
                List.of("-o takes the result", "--embed", "-o", "x", "m.ko", "n.ko"),
                List.of("--distill_base needs --embed or --detached", "--distill_base", "m.ko"),
                List.of("--distill_base needs --embed or --detached", "--distill_base", "--check", "m.ko"),
                List.of("--keep_symbols is for resolving in place", "--keep_symbols", "--embed", "vmlinux"),
                List.of("--keep_symbols is for resolving in place", "--keep_symbols", "--repair", "vmlinux"),
                List.of("--trust_symbols is not for --keep_symbols", "--keep_symbols", "--trust_symbols", "vmlinux"),
                List.of("--patch_btfids takes one object", "--patch_btfids", "x", "m.ko", "n.ko"),
                List.of("--patch_btfids has an empty file name", "--patch_btfids", "", "m.ko"));
    }

    @ParameterizedTest
    @MethodSource("usageErrors")
    void shouldRefuseArgumentsThatMakeNoSense(List<String> row) {
        CommandRun run = CommandRun.resolveBtfids(row.subList(1, row.size()).toArray());
        assertEquals(ExitCode.USAGE, run.status(), run::toString);
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).contains(row.get(0)), run::toString);
    }

    @Test
    void shouldLeaveEverythingAsItIsWhenItFails() throws IOException {
        byte[] before = Files.readAllBytes(module);
        Path wrong = Files.write(folder.resolve("wrong.btf"), new byte[] {1, 2, 3});
        for (String mode : List.of("--embed", "--detached")) {
            CommandRun run = CommandRun.resolveBtfids(mode, "-b", wrong, module);
            assertEquals(ExitCode.FAILURE, run.status(), run::toString);
            assertEquals(1, run.errLines().size(), run::toString);
            assertTrue(run.errLines().get(0).startsWith("ERROR: " + wrong), run::toString);
        }
        CommandRun run = CommandRun.resolveBtfids("--patch_btfids", wrong, module);
        assertEquals(ExitCode.FAILURE, run.status(), run::toString);
        assertTrue(run.err().contains("3 bytes, expected"), run::toString);
        assertArrayEquals(before, Files.readAllBytes(module));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count());
        }
    }
}
