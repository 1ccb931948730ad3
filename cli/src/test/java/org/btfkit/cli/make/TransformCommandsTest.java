package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.transform.Distilled;
import org.btfkit.transform.Distiller;
import org.btfkit.transform.Merger;
import org.btfkit.transform.NameSorter;
import org.btfkit.transform.Relocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf dedup}, {@code merge}, {@code distill}, {@code relocate} and {@code sort}, on the sample. */
class TransformCommandsTest {
    @TempDir
    Path folder;

    private Path vmlinux;
    private Path module;
    private Path rawModule;
    private Btf base;
    private Btf split;

    @BeforeEach
    void writeSample() throws IOException {
        vmlinux = SampleModule.writeVmlinuxBtf(folder);
        module = SampleModule.writeModule(folder);
        base = BtfSource.load(vmlinux);
        split = BtfSource.load(module, base);
        rawModule = folder.resolve("module.btf");
        BtfWriter.write(split, rawModule);
    }

    private Path out(String name) {
        return folder.resolve(name);
    }

    private static void assertHolds(Path file, Btf expected) throws IOException {
        assertArrayEquals(BtfWriter.toBytes(expected), Files.readAllBytes(file));
    }

    private static byte[] section(Path elf, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(elf)).bytes(name);
    }

    @Test
    void shouldDeduplicateAllInputsTogether() throws IOException {
        CommandRun.btfOk("dedup", vmlinux, vmlinux, "-o", out("all.btf"));
        Btf merged = Merger.merge(List.of(base, base)).btf();
        assertHolds(out("all.btf"), new Deduplicator().dedup(merged).btf());
        assertEquals(base.typeCount(), BtfSource.load(out("all.btf")).typeCount());
    }

    @Test
    void shouldPutInputsThatNeedNoBaseOnTheBase() throws IOException {
        CommandRun.btfOk("dedup", "-B", vmlinux, vmlinux, "-o", out("none.btf"));
        assertEquals(base.typeCount(), BtfSource.load(out("none.btf"), base).typeCount(), "all types are the base's");
    }

    @Test
    void shouldWriteToAPipe() throws IOException {
        CommandRun run = CommandRun.btfOk("dedup", "-B", vmlinux, module, "-o", "-");
        assertArrayEquals(BtfWriter.toBytes(new Deduplicator().dedup(split).btf()), run.out());
    }

    @Test
    void shouldDeduplicateEachInputByItself() throws IOException {
        Path results = out("results");
        CommandRun run =
                CommandRun.btf("dedup", "-B", vmlinux, "--out-dir", results, "--raw", "-j", 2, module, rawModule);
        assertEquals(ExitCode.OK, run.status(), run.err());
        assertEquals("2 inputs, 2 deduplicated\n", run.err());
        Btf expected = new Deduplicator().dedup(split).btf();
        assertHolds(results.resolve("sample.ko.BTF"), expected);
        assertHolds(results.resolve("module.btf"), expected);
    }

    @Test
    void shouldGoOnAfterAnInputThatFails() throws IOException {
        Path broken = Files.write(out("broken.btf"), new byte[] {1, 2, 3});
        Path results = out("results");
        CommandRun run = CommandRun.btf("dedup", "-B", vmlinux, "--out-dir", results, broken, rawModule);
        assertEquals(ExitCode.FAILURE, run.status());
        List<String> lines = run.err().lines().toList();
        assertTrue(lines.get(0).startsWith("ERROR: " + broken), run.err());
        assertEquals(List.of("2 inputs, 1 deduplicated, 1 failed"), lines.subList(1, lines.size()));
        assertHolds(
                results.resolve("module.btf"), new Deduplicator().dedup(split).btf());
        assertFalse(Files.exists(results.resolve("broken.btf")));
    }

    @Test
    void shouldFlattenBaseAndSplitIntoOneWithTheSameIds() throws IOException {
        CommandRun.btfOk("merge", "--flatten", "-B", vmlinux, module, "-o", out("flat.btf"));
        Btf flat = BtfSource.load(out("flat.btf"));
        Btf base = BtfSource.load(vmlinux);
        Btf split = BtfSource.load(module, base);
        assertEquals(split.typeCount(), flat.typeCount());
        for (int typeId = 1; typeId < flat.typeCount(); typeId++) {
            assertEquals(split.type(typeId).toString(), flat.type(typeId).toString());
        }
        CommandRun.btfOk("validate", out("flat.btf"));
        CommandRun.btfOk("merge", "--flatten", "-B", vmlinux, module, rawModule, "-o", out("two.btf"));
        int own = split.typeCount() - split.firstTypeId();
        assertEquals(flat.typeCount() + own, BtfSource.load(out("two.btf")).typeCount());
    }

    @Test
    void shouldRequireBaseToFlatten() {
        CommandRun run = CommandRun.btf("merge", "--flatten", module, "-o", out("flat.btf"));
        assertEquals(ExitCode.USAGE, run.status());
        assertTrue(run.err().contains("no base given, expected -B BASE"), run.err());
        assertFalse(Files.exists(out("flat.btf")));
    }

    @Test
    void shouldMerge() throws IOException {
        CommandRun.btfOk("merge", "-B", vmlinux, module, rawModule, vmlinux, "-o", out("merged.btf"));
        assertHolds(
                out("merged.btf"),
                Merger.merge(List.of(split, split, base), base).btf());
    }

    @Test
    void shouldSort() throws IOException {
        CommandRun.btfOk("sort", vmlinux, "-o", out("sorted.btf"));
        assertHolds(out("sorted.btf"), NameSorter.sort(base).btf());
        CommandRun.btfOk("sort", "-B", vmlinux, rawModule, "-o", rawModule);
        assertHolds(rawModule, NameSorter.sort(split).btf());
    }

    @Test
    void shouldDistillAndRelocateRawBtf() throws IOException {
        CommandRun.btfOk("distill", "-B", vmlinux, rawModule, "-o", out("split.btf"), "--out-base", out("base.btf"));
        Distilled distilled = Distiller.distill(split);
        assertHolds(out("split.btf"), distilled.split());
        assertHolds(out("base.btf"), distilled.base());
        CommandRun.btfOk("relocate", "-B", out("base.btf"), "--onto", vmlinux, out("split.btf"), "-o", out("back.btf"));
        assertHolds(out("back.btf"), Relocator.relocate(distilled.split(), base).btf());
    }

    @Test
    void shouldDistillAndRelocateWithinElf() throws IOException {
        CommandRun.btfOk("distill", "-B", vmlinux, module, "-o", out("portable.ko"));
        Distilled distilled = Distiller.distill(split);
        assertArrayEquals(BtfWriter.toBytes(distilled.split()), section(out("portable.ko"), ".BTF"));
        assertArrayEquals(BtfWriter.toBytes(distilled.base()), section(out("portable.ko"), ".BTF.base"));
        assertArrayEquals(section(module, ".BTF_ids"), section(out("portable.ko"), ".BTF_ids"));

        CommandRun.btfOk("relocate", "--onto", vmlinux, out("portable.ko"), "-o", out("back.ko"));
        Btf back = Relocator.relocate(distilled.split(), base).btf();
        assertArrayEquals(BtfWriter.toBytes(back), section(out("back.ko"), ".BTF"));
        assertTrue(new RawElfReader(Files.readAllBytes(out("back.ko")))
                .section(".BTF.base")
                .isEmpty());
    }

    @Test
    void shouldKeepTheDistilledBaseBesideWhatIsOnIt() throws IOException {
        CommandRun.btfOk("distill", "-B", vmlinux, module, "-o", out("portable.ko"));
        byte[] distilledBase = section(out("portable.ko"), ".BTF.base");
        CommandRun.btfOk("sort", out("portable.ko"), "-o", out("sorted.ko"));
        assertArrayEquals(distilledBase, section(out("sorted.ko"), ".BTF.base"));
        assertEquals(ExitCode.OK, CommandRun.btf("validate", out("sorted.ko")).status());
    }

    @Test
    void shouldReplaceTheSectionOfAnElfFileThatIsThere() throws IOException {
        Files.copy(module, out("target.ko"));
        CommandRun.btfOk("merge", "-B", vmlinux, module, rawModule, "-o", out("target.ko"));
        Btf merged = Merger.merge(List.of(split, split), base).btf();
        assertArrayEquals(BtfWriter.toBytes(merged), section(out("target.ko"), ".BTF"));
        assertArrayEquals(section(module, ".BTF_ids"), section(out("target.ko"), ".BTF_ids"));
    }

    @Test
    void shouldNotTouchAnElfFileThatStaysAsItIs() throws IOException {
        CommandRun.btfOk("sort", "-B", vmlinux, module, "-o", module);
        byte[] sorted = Files.readAllBytes(module);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(module, longAgo);
        CommandRun.btfOk("sort", "-B", vmlinux, module, "-o", module);
        assertArrayEquals(sorted, Files.readAllBytes(module));
        assertEquals(longAgo, Files.getLastModifiedTime(module));
    }

    @Test
    void shouldRefuseToPartIdsFromTheirBtf() throws IOException {
        assertEquals(
                ExitCode.OK, CommandRun.resolveBtfids("-b", vmlinux, module).status());
        byte[] resolved = Files.readAllBytes(module);
        CommandRun run = CommandRun.btf("sort", "-B", vmlinux, module, "-o", module);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().contains(".BTF_ids holds ids") && run.err().contains("--embed"), run.err());
        assertArrayEquals(resolved, Files.readAllBytes(module));
        CommandRun.btfOk("sort", "-B", vmlinux, module, "--raw", "-o", out("sorted.btf"));
    }

    @Test
    void shouldRefuseToInvalidateASignature() throws IOException {
        byte[] signature = signature();
        byte[] plain = Files.readAllBytes(module);
        Files.write(module, concat(plain, signature));
        CommandRun run = CommandRun.btf("distill", "-B", vmlinux, module, "-o", out("portable.ko"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().contains("--strip_signature"), run.err());
        assertFalse(Files.exists(out("portable.ko")));

        CommandRun.btfOk("distill", "--strip_signature", "-B", vmlinux, module, "-o", out("portable.ko"));
        Files.write(out("unsigned.ko"), plain);
        CommandRun.btfOk("distill", "-B", vmlinux, out("unsigned.ko"), "-o", out("other.ko"));
        assertArrayEquals(Files.readAllBytes(out("other.ko")), Files.readAllBytes(out("portable.ko")));
    }

    /** Five bytes of a signature and what the kernel's sign-file puts behind one. */
    private static byte[] signature() {
        byte[] info = {1, 2, 3, 4, 5, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 5};
        return concat(info, "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void shouldLeaveNothingBehindWhenItFails() throws IOException {
        Path broken = Files.write(out("broken.btf"), new byte[] {1, 2, 3});
        Path target = Files.write(out("target.btf"), new byte[] {7});
        for (String command : List.of("dedup", "merge", "sort")) {
            CommandRun run = CommandRun.btf(command, broken, "-o", target);
            assertEquals(ExitCode.FAILURE, run.status(), run.toString());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().startsWith("ERROR: " + broken), run.err());
        }
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(target));
        CommandRun run = CommandRun.btf("relocate", "-B", vmlinux, "--onto", vmlinux, broken, "-o", target);
        assertNotEquals(ExitCode.OK, run.status());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    0, files.filter(file -> file.toString().endsWith(".tmp")).count());
        }
    }

    @Test
    void shouldNotReplaceWhatItCannotRead() throws IOException {
        Path target = Files.write(out("target.ko.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0});
        CommandRun run = CommandRun.btf("sort", vmlinux, "-o", target);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().contains("remove it or name another file"), run.err());
        assertEquals(7, Files.size(target));
    }

    @Test
    void shouldSayWhatIsWrongWithItsArguments() throws IOException {
        assertFailure(
                vmlinux + ": is no split BTF",
                CommandRun.btf("distill", "-B", vmlinux, vmlinux, "-o", out("x.btf"), "--out-base", out("y.btf")));
        assertFailure(
                vmlinux + ": is a file, expected a folder",
                CommandRun.btf("dedup", "-B", vmlinux, "--out-dir", vmlinux, rawModule));
        assertFailure(
                "distilled base",
                CommandRun.btf("relocate", "-B", vmlinux, "--onto", vmlinux, rawModule, "-o", out("x")));
        assertFailure("give its base with -B", CommandRun.btf("sort", rawModule, "-o", out("x.btf")));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count());
        }
    }

    private static void assertFailure(String message, CommandRun run) {
        assertEquals(ExitCode.FAILURE, run.status(), run.toString());
        assertEquals(1, run.err().lines().count(), run.toString());
        assertTrue(run.err().startsWith("ERROR: ") && run.err().contains(message), run.toString());
    }
}
