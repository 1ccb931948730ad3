package org.btfkit.cli.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBpfObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf core list}, {@code btf core apply} and {@code btf min-core} on the sample. */
class CoreCommandsTest {
    @TempDir
    Path folder;

    private Path object;
    private Path kernel;

    @BeforeEach
    void write() {
        object = SampleModule.writeBpfObject(folder);
        kernel = SampleModule.writeVmlinuxBtf(folder);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private Path write(String name, RawBtf btf) throws IOException {
        Files.createDirectories(file(name).getParent());
        return Files.write(file(name), btf.toBytes());
    }

    @Test
    void shouldListWhatAnObjectDependsOn() {
        List<String> lines = CommandRun.btfOk("core", "list", object).outLines();
        assertEquals(
                "guarded+4    mov    task.started                                  byte offset 8       core.bpf.c:33",
                lines.get(0));
        assertEquals(
                "direct+1     ldx32  buffer.length                                 byte offset 0       core.bpf.c:53 not"
                        + " loaded",
                lines.get(5));
        assertEquals(6, lines.size());
    }

    @Test
    void shouldListWhatBecomesOfItOnAKernel() {
        String text = CommandRun.btfOk("core", "list", "-v", object, "--on", kernel)
                .outText()
                .replaceAll(" {2,}", "  ");
        assertEquals("""
                guarded+4  mov  task.started  byte offset 8 -> 56  core.bpf.c:33
                  [21] struct task: matches
                guarded+11  mov  task.nice  exists 1 -> 0  core.bpf.c:34
                  task has no member nice; was at 0 (4 bytes)
                  [21] struct task: task has no member nice; was at 0 (4 bytes)
                guarded+13  mov  task.nice  byte offset 0 -> poisoned  core.bpf.c:35
                  task has no member nice; was at 0 (4 bytes)
                  [21] struct task: task has no member nice; was at 0 (4 bytes)
                guarded+28  lddw  enum task_state___local::TASK_ASLEEP___local  enumerator value 7 -> 2  core.bpf.c:36
                  [12] enum task_state: matches
                unguarded+0  mov  task.nice  byte offset 0 -> poisoned  core.bpf.c:42
                  task has no member nice; was at 0 (4 bytes)
                  [21] struct task: task has no member nice; was at 0 (4 bytes)
                direct+1  ldx32  buffer.length  byte offset 0  core.bpf.c:53 not loaded
                  [33] struct buffer: matches
                """, text);
    }

    @Test
    void shouldListAsJson() {
        String text = CommandRun.btfOk("core", "list", "--json", object, "--on", kernel)
                .outText()
                .replaceAll("\\s+", " ");
        assertTrue(
                text.startsWith(
                        "[ { \"program\" : \"guarded\", \"insn\" : 4, \"kind\" : \"byte_off\", \"type\" : \"struct"
                                + " task\", \"path\" : \"started\", \"outcome\" : \"patched\", \"local\" : 8, \"value\" : 56 }, {"),
                text);
        assertTrue(
                text.contains(
                        "{ \"program\" : \"unguarded\", \"insn\" : 0, \"kind\" : \"byte_off\", \"type\" : \"struct"
                                + " task\", \"path\" : \"nice\", \"outcome\" : \"poisoned\", \"local\" : 0, \"value\" : 0 }"),
                text);
        String without = CommandRun.btfOk("core", "list", "--json", object, object)
                .outText()
                .replaceAll("\\s+", " ");
        assertTrue(without.startsWith("[ { \"object\" : \"" + object + "\", \"program\" : \"guarded\""), without);
        assertTrue(without.contains("\"outcome\" : null, \"local\" : 8, \"value\" : null }"), without);
    }

    @Test
    void shouldListTheOtherObjectsIfOneIsBroken() throws IOException {
        Path broken = Files.write(file("broken.o"), new byte[] {1, 2, 3});
        CommandRun run = CommandRun.btf("core", "list", broken, object);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.errLines().size());
        assertTrue(run.errors().get(0).startsWith("ERROR: " + broken + ": "), run.err());
        assertEquals(object.toString(), run.outLines().get(0));
        assertEquals(8, run.outLines().size());
    }

    @Test
    void shouldSayWhatLooksAtSeveralKernels() {
        CommandRun run = CommandRun.btf("core", "list", object, "--on", kernel, kernel);
        assertEquals(
                "ERROR: " + kernel + ": not an ELF file, at 0x0; to look at several kernels, use btf core check\n",
                run.err());
        assertEquals(ExitCode.FAILURE, run.status());
    }

    @Test
    void shouldApplyToStandardOutput() throws IOException {
        Path out = file("out.o");
        CommandRun.btf("core", "apply", object, "--on", kernel, "-o", out);
        CommandRun run = CommandRun.btf("core", "apply", object, "--on", kernel, "-o", "-");
        assertArrayEquals(Files.readAllBytes(out), run.out());
        assertFalse(Files.exists(Path.of("-")));
        assertEquals(ExitCode.OK, run.status());
    }

    @Test
    void shouldSayOfARefusedRecordWhereItIs() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("int", 4, 0);
        btf.addStruct("task", 8, Member.of("name", 1, 0));
        byte[] bytes = RawBpfObject.of(btf)
                .relo("raw_tp/a", 0, 2, "0:9", 0)
                .relo("raw_tp/a", 2, 2, "0:0", 1)
                .toBytes();
        Path bad = Files.write(file("bad.o"), bytes);
        CommandRun run = CommandRun.btf("core", "list", bad);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + bad
                        + ": .BTF.ext core_relo raw_tp/a #0 (instruction at byte 0): access string '0:9' leads at"
                        + " number 1 to member 9 of type [2] STRUCT 'task', which has 1\n",
                run.err());
        assertEquals(3, run.outLines().size());
    }

    @Test
    void shouldWriteTheObjectAsItIsLoaded() throws IOException {
        Path out = file("out.o");
        CommandRun run = CommandRun.btf("core", "apply", object, "--on", kernel, "-o", out);
        assertEquals(ExitCode.OK, run.status(), run.err());
        assertTrue(
                run.err().startsWith("WARN: " + object + ": 2 of 6 relocations have nothing that matches: "),
                run.err());
        BpfObject before = BpfObject.read(object);
        BpfObject after = BpfObject.read(out);
        int section = before.programs().get(0).section();
        assertEquals(8L << 32 | 0x1b7, before.insns(section)[4] & ~0xf000L);
        assertEquals(56L << 32, after.insns(section)[4] & 0xffffffffL << 32);
        assertEquals(0xbad2310_0000_0085L, after.insns(section)[13]);
        assertEquals(List.of(), after.relocations());
        assertEquals(before.ext().lineInfo(), after.ext().lineInfo());
        assertEquals(Files.size(object), Files.size(out));
    }

    @Test
    void shouldApplyNothingToAnObjectThatALoaderGivesUp() throws IOException {
        RawBtf ambiguous = RawBtf.littleEndian();
        ambiguous.addInt("u64", 8, 0);
        ambiguous.addStruct("task", 64, Member.of("started", 1, 64));
        ambiguous.addStruct("task___v2", 64, Member.of("started", 1, 128));
        Path target = write("two.btf", ambiguous);
        CommandRun run = CommandRun.btf("core", "apply", object, "--on", target, "-o", file("out.o"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + object + ": .BTF.ext core_relo raw_tp/guarded #0 (instruction at byte 32): task.started:"
                        + " ambiguous: [2] struct task says 8, but [3] struct task___v2 says 16\n",
                run.err());
        assertFalse(Files.exists(file("out.o")));
    }

    @Test
    void shouldMakeTheSmallestBtfOfEachKernel() throws IOException {
        Path other = Files.copy(kernel, file("other.btf"));
        CommandRun.btfOk("min-core", object, "-B", kernel, other, "--out-dir", file("out"), "-j", 2);
        Btf small = BtfSource.load(file("out/sample.vmlinux.btf"));
        assertArrayEquals(
                Files.readAllBytes(file("out/sample.vmlinux.btf")), Files.readAllBytes(file("out/other.btf")));
        assertTrue(small.typeCount() < 15, small.toString());
        int task = small.find(BtfKind.STRUCT, "task");
        assertEquals(1, small.vlen(task));
        assertEquals(
                CommandRun.btfOk("core", "list", object, "--on", kernel).outText(),
                CommandRun.btfOk("core", "list", object, "--on", file("out/other.btf"))
                        .outText());
    }

    @Test
    void shouldTakeObjectsBehindTheKernels() {
        CommandRun.btfOk("min-core", "-B", kernel, object, "--out-dir", file("out"));
        assertTrue(Files.exists(file("out/sample.vmlinux.btf")));
    }

    @Test
    void shouldKeepTheLayoutOfAFolderAndPackAll() throws IOException {
        Path one = Files.createDirectories(file("kernels/debian/12"));
        Files.copy(kernel, one.resolve("a.btf"));
        Files.copy(kernel, Files.createDirectories(file("kernels/fedora")).resolve("a.btf"));
        Path tar = file("all.tar.gz");
        CommandRun.btfOk("min-core", object, "-B", file("kernels"), "--out-dir", file("out"), "--tar", tar);
        assertTrue(Files.exists(file("out/debian/12/a.btf")));
        byte[] archive = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(tar))).readAllBytes();
        assertEquals("debian/12/a.btf", new String(archive, 0, 15, "UTF-8"));
        byte[] first = Files.readAllBytes(file("out/debian/12/a.btf"));
        byte[] packed = new byte[first.length];
        System.arraycopy(archive, 512, packed, 0, packed.length);
        assertArrayEquals(first, packed);
        int second = 512 + (first.length + 511) / 512 * 512;
        assertEquals("fedora/a.btf", new String(archive, second, 12, "UTF-8"));
    }

    @Test
    void shouldTakeKernelsWithAVersionInTheirNamesFromAFolder() throws IOException {
        Path kernels = Files.createDirectories(file("kernels"));
        Files.copy(kernel, kernels.resolve("vmlinux-6.12.117"));
        Files.copy(kernel, kernels.resolve("5.4.0-91-generic"));
        Files.writeString(kernels.resolve("vmlinux-gdb.py"), "no kernel");
        Files.writeString(kernels.resolve("config-6.12.117"), "no kernel");
        CommandRun.btfOk("min-core", object, "-B", kernels, "--out-dir", file("out"));
        try (var made = Files.list(file("out"))) {
            assertEquals(
                    List.of("5.4.0-91-generic", "vmlinux-6.12.117"),
                    made.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void shouldNotWriteOverKernels() throws IOException {
        byte[] before = Files.readAllBytes(kernel);
        List<List<Object>> calls = List.of(
                List.of("min-core", object, "-B", kernel, "--out-dir", folder),
                List.of("min-core", object, "-B", kernel, "--tar", kernel),
                List.of("core", "apply", object, "--on", kernel, "-o", kernel),
                List.of("graph", "task", kernel, "-o", kernel),
                List.of("report", kernel, "-o", kernel));
        for (List<Object> call : calls) {
            CommandRun run = CommandRun.btf(call.toArray());
            assertEquals(ExitCode.USAGE, run.status(), run::toString);
            assertTrue(
                    run.err().contains(": the result would take the place of " + kernel + ", expected another"),
                    run.err());
            assertArrayEquals(before, Files.readAllBytes(kernel));
        }
    }

    @Test
    void shouldMakeSplitBtfOfModules() throws IOException {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("u32", 4, 0);
        base.addInt("unused", 8, 0);
        RawBtf module = RawBtf.splitOn(base);
        module.addStruct("buffer", 16, Member.of("length", 1, 32), Member.of("capacity", 2, 64));
        RawBtf other = RawBtf.splitOn(base);
        other.addStruct("else", 4, Member.of("x", 1, 0));
        write("6.1/vmlinux", base);
        write("6.1/net.btf", module);
        write("6.1/other.btf", other);
        CommandRun.btfOk("min-core", object, "-B", file("6.1"), "--out-dir", file("out"));
        Btf small = BtfSource.load(file("out/6.1/vmlinux"));
        Btf split = BtfSource.load(file("out/6.1/net.btf"), small);
        assertEquals(2, small.typeCount());
        assertEquals(1, split.vlen(2));
        assertEquals("length", split.string(split.word(2, 3)));
        assertFalse(Files.exists(file("out/6.1/other.btf")));
    }

    @Test
    void shouldLeaveOutABrokenModuleWithAWarning() throws IOException {
        Files.createDirectories(file("k"));
        Files.copy(kernel, file("k/vmlinux"));
        Files.write(file("k/empty.btf"), new byte[] {(byte) 0x9f, (byte) 0xeb, 1, 0, 24, 0, 0, 0});
        CommandRun run = CommandRun.btf("core", "list", object, "--on", file("k"));
        assertEquals(ExitCode.OK, run.status());
        assertEquals(1, run.errLines().size());
        assertTrue(run.err().startsWith("WARN: " + file("k/empty.btf") + ": "), run.err());
        assertTrue(run.err().endsWith("; left out\n"), run.err());
    }

    @Test
    void shouldMinimizeTheOtherKernelsIfOneIsBroken() throws IOException {
        Path broken = Files.write(file("broken.btf"), new byte[] {1, 2, 3});
        CommandRun run = CommandRun.btf("min-core", object, "-B", broken, kernel, "--out-dir", file("out"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.errors().get(0).startsWith("ERROR: " + broken + ": "), run.err());
        assertEquals("2 kernels, 1 failed", run.errLines().get(1));
        assertTrue(Files.exists(file("out/sample.vmlinux.btf")));
        assertFalse(Files.exists(file("out/broken.btf")));
    }

    @Test
    void shouldWriteNothingIfAnObjectIsBroken() throws IOException {
        Path broken = Files.write(file("broken.bpf.o"), new byte[] {1, 2, 3});
        CommandRun run = CommandRun.btf("min-core", object, broken, "-B", kernel, "--out-dir", file("out"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.errors().size());
        assertFalse(Files.exists(file("out")));
    }

    @Test
    void shouldKeepMoreThanBpftoolWhereThatIsTooLittle() throws IOException {
        // The first record is matched by both, the second by the second type only.
        RawBtf two = RawBtf.littleEndian();
        two.addInt("u64", 8, 0);
        two.addInt("int", 4, RawBtf.SIGNED);
        two.addStruct("task", 64, Member.of("started", 1, 64));
        two.addStruct("task___v2", 64, Member.of("started", 1, 64), Member.of("nice", 2, 0));
        Path target = write("two.btf", two);
        CommandRun run = CommandRun.btf("min-core", object, "-B", target, "--out-dir", file("out"));
        assertEquals(ExitCode.OK, run.status());
        assertTrue(run.err().startsWith(target + ": kept all types that match, as "), run.err());
        assertEquals(1, run.errLines().size());
        Path like = file("like");
        CommandRun.btfOk("min-core", "--like-bpftool", object, "-B", target, "--out-dir", like);
        assertTrue(Files.size(like.resolve("two.btf")) < Files.size(file("out/two.btf")));
    }

    @Test
    void shouldRefuseMisuse() throws IOException {
        assertEquals(
                "btf core: no command given, expected one of check, list, apply (see btf core --help)\n",
                CommandRun.btf("core").err());
        assertEquals(
                "btf core: no command 'lst'; there is list (see btf core --help)\n",
                CommandRun.btf("core", "lst", object).err());
        String help = CommandRun.btfOk("core", "--help").outText();
        assertTrue(help.contains("  apply") && !help.contains("  dump"), help);
        assertEquals(
                "btf core list: --loader aya, expected libbpf or cilium (see btf core list --help)\n",
                CommandRun.btf("core", "list", object, "--loader", "aya").err());
        assertEquals(
                "btf core apply: expected -o OUT (see btf core apply --help)\n",
                CommandRun.btf("core", "apply", object, "--on", kernel).err());
        assertEquals(
                "btf min-core: expected --out-dir DIR or --tar FILE (see btf min-core --help)\n",
                CommandRun.btf("min-core", object, "-B", kernel).err());
        Path same = Files.copy(kernel, Files.createDirectories(file("d")).resolve("sample.vmlinux.btf"));
        CommandRun run = CommandRun.btf("min-core", object, "-B", kernel, same, "--out-dir", file("out"));
        assertEquals(ExitCode.USAGE, run.status());
        assertTrue(
                run.err().contains(" would both go to sample.vmlinux.btf; give the folder that both are in"),
                run.err());
    }
}
