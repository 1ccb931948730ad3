package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gen-btf}, on an object with kfuncs whose ids no one has resolved, and on others with DWARF. */
class GenBtfTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);
    private static final String FEATURES =
            "encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func";

    @TempDir
    Path folder;

    private Path vmlinux;
    private Path otherVmlinux;

    @BeforeEach
    void setUp() throws IOException {
        vmlinux = Files.write(folder.resolve("vmlinux.btf"), DwarfSample.expected("quals", "k7"));
        otherVmlinux = Files.write(folder.resolve("other.btf"), DwarfSample.expected("base_types", "k7"));
    }

    /** A copy of an object, as it was linked. */
    private Path module(String object, String name) throws IOException {
        Path module = folder.resolve(name);
        Files.createDirectories(module.getParent());
        return Files.copy(DwarfSample.unpacked(object, Files.createTempDirectory(folder, "unpacked")), module);
    }

    private static byte[] section(Path file, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(file)).bytes(name);
    }

    private static boolean has(Path file, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(file)).section(name).isPresent();
    }

    private static CommandRun ok(CommandRun run) {
        assertEquals(ExitCode.OK, run.status(), run::toString);
        assertEquals(List.of(), run.errors(), run::toString);
        return run;
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, LONG_AGO);
    }

    private static boolean isTouched(Path file) throws IOException {
        return !Files.getLastModifiedTime(file).equals(LONG_AGO);
    }

    @Test
    void shouldMakeWhatItsStepsMakeOneByOne() throws IOException {
        Path expected = module("kfuncs", "steps.ko");
        Path btf = folder.resolve("steps.BTF.1");
        CommandRun.btfOk("encode", "-B", vmlinux, "--features", FEATURES, expected, "-o", btf);
        ok(CommandRun.resolveBtfids("--embed", "--btf", btf, "-b", vmlinux, expected));
        Path actual = module("kfuncs", "once.ko");
        CommandRun run = ok(CommandRun.genBtf("-b", vmlinux, actual));
        assertEquals("", run.err());
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(actual));
        IdsView ids = IdsView.of(actual);
        assertEquals(
                4, ids.ids().stream().filter(id -> ids.word(id.offset()) != 0).count());
    }

    @Test
    void shouldMakeForAnOlderKernelWhatPaholeAndResolvingMake() throws IOException {
        Path expected = module("kfuncs", "steps.ko");
        String features = FEATURES + ",decl_tag_kfuncs";
        CommandRun.btfOk("encode", "-B", vmlinux, "--features", features, expected, "--in-place");
        ok(CommandRun.resolveBtfids("-b", vmlinux, expected));
        Path actual = module("kfuncs", "once.ko");
        ok(CommandRun.genBtf("--kernel", "6.12.117", "-b", vmlinux, actual));
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(actual));
    }

    @Test
    void shouldDoTheSameAsEmbeddingFromDwarf() throws IOException {
        Path expected = module("kfuncs", "embedded.ko");
        ok(CommandRun.resolveBtfids("--embed", "--from-dwarf", "--distill_base", "-b", vmlinux, expected));
        Path actual = module("kfuncs", "once.ko");
        ok(CommandRun.genBtf("--distill_base", "-b", vmlinux, actual));
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(actual));
        assertTrue(has(actual, ".BTF.base"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.12", "7.0", "7.3"})
    void shouldTouchNothingTheSecondTimeAndSaySo(String kernel) throws IOException {
        Path module = module("kfuncs", "module.ko");
        ok(CommandRun.genBtf("--kernel", kernel, "-b", vmlinux, module));
        byte[] once = Files.readAllBytes(module);
        for (String how : List.of("--ignore_seals", "--verbose")) {
            age(module);
            CommandRun run = ok(CommandRun.genBtf("--kernel", kernel, "-b", vmlinux, how, module));
            assertTrue(run.err().endsWith(module + ": is as it has to be, nothing written\n"), run::toString);
            assertFalse(isTouched(module));
            assertArrayEquals(once, Files.readAllBytes(module));
        }
    }

    /**
     * Whatever was there, the result is that of a fresh build: law 2, with the kernel's version as part of the path.
     */
    @Test
    void shouldMakeAfterAnyOtherRunWhatAFreshBuildMakes() throws IOException {
        List<String> kernels = List.of("6.12", "7.1", "7.9");
        for (String first : kernels) {
            for (String second : kernels) {
                Path there = module("kfuncs", first + "-" + second + "/there.ko");
                ok(CommandRun.genBtf("--kernel", first, "-b", vmlinux, there));
                ok(CommandRun.genBtf("--kernel", second, "-b", otherVmlinux, there));
                Path fresh = module("kfuncs", first + "-" + second + "/fresh.ko");
                ok(CommandRun.genBtf("--kernel", second, "-b", otherVmlinux, fresh));
                assertArrayEquals(Files.readAllBytes(fresh), Files.readAllBytes(there), first + " to " + second);
            }
        }
    }

    @Test
    void shouldLeaveAloneWhatAnotherVmlinuxDoesNotChange() throws IOException {
        Path module = module("kfuncs", "module.ko");
        ok(CommandRun.genBtf("-b", vmlinux, module));
        Path same = Files.copy(vmlinux, folder.resolve("vmlinux.built.again"));
        age(module);
        ok(CommandRun.genBtf("-b", same, module));
        assertFalse(isTouched(module));
    }

    @Test
    void shouldGoOnWhenOneModuleIsBad() throws IOException {
        Path good = module("kfuncs", "good.ko");
        Path bad = module("atomic", "bad.ko");
        Path last = module("scopes", "last.ko");
        byte[] before = Files.readAllBytes(bad);
        CommandRun run = CommandRun.genBtf("-b", vmlinux, "-j", 2, good, bad, last);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.errors().size(), run::toString);
        assertTrue(run.errors().get(0).startsWith("ERROR: " + bad + ": "), run::toString);
        assertTrue(run.err().endsWith("3 objects, 2 written, 1 failed\n"), run::toString);
        assertArrayEquals(before, Files.readAllBytes(bad));
        assertTrue(has(good, ".BTF") && has(last, ".BTF"));
        // The next run has only that to do.
        age(good);
        run = CommandRun.genBtf("-b", vmlinux, good, bad, last);
        assertTrue(run.err().endsWith("3 objects, 2 unchanged, 1 failed\n"), run::toString);
        assertFalse(isTouched(good));
    }

    @Test
    void shouldReportAsJson() throws IOException {
        Path module = module("kfuncs", "module.ko");
        Path bad = module("atomic", "bad.ko");
        CommandRun run = CommandRun.genBtf("--json", "-b", vmlinux, module, bad);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.outText().contains("\"outcome\" : \"written\""), run::toString);
        assertTrue(run.outText().contains("\"kfuncs\" : 3"), run::toString);
        assertTrue(run.outText().contains("\"outcome\" : \"failed\""), run::toString);
        assertTrue(run.outText().contains("\"exitStatus\" : 1"), run::toString);
    }

    @Test
    void shouldTakeModulesOrderOfABuild() throws IOException {
        Path build = Files.createDirectories(folder.resolve("build"));
        Path one = module("kfuncs", "build/net/one.ko");
        Path two = module("scopes", "build/fs/two.ko");
        Path list = Files.writeString(build.resolve("modules.order"), "net/one.o\nfs/two.o\n\nnet/one.o\n");
        CommandRun run = ok(CommandRun.genBtf("-b", vmlinux, "@" + list));
        assertEquals("2 objects, 2 written\n", run.err());
        assertTrue(has(one, ".BTF") && has(two, ".BTF"));
        Files.writeString(list, "");
        assertEquals(
                "0 objects\n", ok(CommandRun.genBtf("-b", vmlinux, "@" + list)).err());
        Files.delete(list);
        run = CommandRun.genBtf("-b", vmlinux, "@" + list);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals("ERROR: " + list + ": no such file or folder\n", run.err());
    }

    @Test
    void shouldLeaveAnObjectWithoutDwarfAndBtfAlone() throws IOException {
        Path module = module("nodebug", "module.ko");
        age(module);
        CommandRun run = ok(CommandRun.genBtf("-b", vmlinux, module));
        assertEquals("NOTE: " + module + ": has no DWARF that is encoded, so no BTF was made\n", run.err());
        assertFalse(isTouched(module));
    }

    @Test
    void shouldRefuseAnObjectWithoutDwarfWhoseIdsWantBtf() throws IOException {
        Path module = SampleModule.writeModule(folder);
        byte[] before = Files.readAllBytes(module);
        CommandRun run = CommandRun.genBtf("-b", SampleModule.writeVmlinuxBtf(folder), module);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + module + ": has a section .BTF_ids, but no DWARF that its BTF could be made of; use the"
                        + " object as it was linked, or resolve-btfids --embed for the BTF that it has\n",
                run.err());
        assertArrayEquals(before, Files.readAllBytes(module));
    }

    @Test
    void shouldRefuseASignedModule() throws IOException {
        Path module = module("kfuncs", "module.ko");
        byte[] plain = Files.readAllBytes(module);
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.write(plain);
        signed.write(new byte[] {1, 2, 3, 4, 5, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 5});
        signed.write("~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII));
        Files.write(module, signed.toByteArray());
        CommandRun run = CommandRun.genBtf("-b", vmlinux, module);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().contains("has a module signature"), run::toString);
        assertArrayEquals(signed.toByteArray(), Files.readAllBytes(module));
        ok(CommandRun.genBtf("--strip_signature", "-b", vmlinux, module));
        Path unsigned = Files.write(folder.resolve("unsigned.ko"), plain);
        ok(CommandRun.genBtf("-b", vmlinux, unsigned));
        assertArrayEquals(Files.readAllBytes(unsigned), Files.readAllBytes(module));
    }

    /** A build whose pahole is ours runs it on objects that have been resolved, after only vmlinux has changed. */
    @Test
    void shouldKeepIdsAndBtfTogetherWhenPaholeRunsAgain() throws IOException {
        Path module = module("kfuncs", "module.ko");
        Path fresh = module("kfuncs", "fresh.ko");
        for (Path step : List.of(vmlinux, otherVmlinux)) {
            pahole(step, module);
            ok(CommandRun.resolveBtfids("-b", step, module));
        }
        pahole(otherVmlinux, fresh);
        ok(CommandRun.resolveBtfids("-b", otherVmlinux, fresh));
        assertArrayEquals(Files.readAllBytes(fresh), Files.readAllBytes(module));
    }

    private static void pahole(Path base, Path module) {
        assertEquals(
                ExitCode.OK,
                new PaholeCommand(System.out, System.err)
                        .run("-J", "--btf_features=" + FEATURES, "--btf_base", base.toString(), module.toString()));
    }

    // ---- vmlinux

    @Test
    void shouldMakeWhatTheLinkOfAKernelTakes() throws IOException {
        Path kernel = module("kfuncs", ".tmp_vmlinux1");
        byte[] before = Files.readAllBytes(kernel);
        ok(CommandRun.genBtf("--vmlinux", kernel));
        Path object = folder.resolve(".tmp_vmlinux1.btf.o");
        Path blob = folder.resolve(".tmp_vmlinux1.BTF_ids");
        Path moves = folder.resolve(".tmp_vmlinux1.BTF_ids.syms");
        Path expected = module("kfuncs", "expected");
        ok(CommandRun.resolveBtfids("--embed", "--from-dwarf", expected));
        assertArrayEquals(section(expected, ".BTF"), section(object, ".BTF"));
        assertArrayEquals(section(expected, ".BTF_ids"), Files.readAllBytes(blob));
        assertArrayEquals(before, Files.readAllBytes(kernel));
        RawElfReader elf = new RawElfReader(Files.readAllBytes(object));
        assertEquals(1, Files.readAllBytes(object)[16], "ET_REL");
        assertEquals(2, elf.section(".BTF").orElseThrow().flags());
        for (Path file : List.of(object, blob, moves)) {
            age(file);
        }
        CommandRun run = ok(CommandRun.genBtf("--vmlinux", kernel));
        assertEquals(kernel + ": is as it has to be, nothing written\n", run.err());
        assertFalse(isTouched(object) || isTouched(blob) || isTouched(moves));
        ok(CommandRun.resolveBtfids("--patch_btfids", blob, kernel));
        assertArrayEquals(section(expected, ".BTF_ids"), section(kernel, ".BTF_ids"));
    }

    @Test
    void shouldLeaveTheIdsOfAnOlderKernelToAfterItsLink() throws IOException {
        Path kernel = module("kfuncs", "vmlinux");
        ok(CommandRun.genBtf("--kernel", "6.12", "--vmlinux", kernel));
        assertArrayEquals(DwarfSample.expected("kfuncs", "k612"), section(folder.resolve("vmlinux.btf.o"), ".BTF"));
        assertFalse(Files.exists(folder.resolve("vmlinux.BTF_ids")));
    }

    // ---- usage

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        Path module = module("kfuncs", "module.ko");
        assertUsage("no module given, expected one or more, or --vmlinux FILE", "-b", vmlinux);
        assertUsage("no kernel given, expected -b VMLINUX, or --vmlinux FILE for its own", module);
        assertUsage(
                "--vmlinux is for one kernel alone, which has to be linked before it can be the base of modules",
                "--vmlinux",
                vmlinux,
                module);
        assertUsage(
                "--kernel '5.15', expected a kernel version from 6.12 on", "--kernel", "5.15", "-b", vmlinux, module);
        assertUsage(
                "--kernel 'next', expected a kernel version from 6.12 on", "--kernel", "next", "-b", vmlinux, module);
        assertUsage("-o takes the result of one module", "-b", vmlinux, "-o", folder, module, vmlinux);
    }

    private static void assertUsage(String message, Object... args) {
        CommandRun run = CommandRun.genBtf(args);
        assertEquals(ExitCode.USAGE, run.status(), run::toString);
        assertEquals("gen-btf: " + message + " (see gen-btf --help)\n", run.err());
    }
}
