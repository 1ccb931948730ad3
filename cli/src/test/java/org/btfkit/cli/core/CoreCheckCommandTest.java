package org.btfkit.cli.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.load.LoadAnswer;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.raw.RawBpfObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf core check}: the matrix, and what is below it. */
class CoreCheckCommandTest {
    private static final int BYTE_OFF = 0;
    private static final int EXISTS = 2;
    private static final int S = 2;
    private static final String NOT_JUDGED =
            "by BTF alone; not judged: helpers, map and program types, the verifier's other rules, licences and values"
                    + " of .kconfig\n";

    @TempDir
    Path folder;

    private Path plain;
    private Path guarded;
    private Path oldKernel;
    private Path newKernel;

    /** A struct with a member, and one more. */
    private static RawBtf types(String more) {
        RawBtf btf = RawBtf.littleEndian();
        int wide = btf.addInt("u64", 8, 0);
        btf.addStruct("s", 16, Member.of("a", wide, 0), Member.of(more, wide, 64));
        return btf;
    }

    private static long insn(int code, int dst, int off, int imm) {
        return (long) imm << 32 | (off & 0xffffL) << 16 | (long) dst << 8 | code;
    }

    private static String text(CommandRun run) {
        return new String(run.out(), StandardCharsets.UTF_8);
    }

    private static RawBpfObject reading() {
        return RawBpfObject.of(types("b")).reloIn("raw_tp/a", BYTE_OFF, S, "0:1", insn(0xb7, 1, 0, 8));
    }

    @BeforeEach
    void write() throws IOException {
        plain = Files.write(folder.resolve("plain.bpf.o"), reading().toBytes());
        guarded = Files.write(
                folder.resolve("guarded.bpf.o"),
                RawBpfObject.of(types("b"))
                        .reloIn("raw_tp/a", EXISTS, S, "0:1", insn(0xb7, 1, 0, 1), insn(0x15, 1, 1, 0))
                        .reloIn("raw_tp/a", BYTE_OFF, S, "0:1", insn(0xb7, 1, 0, 8))
                        .toBytes());
        oldKernel = Files.write(folder.resolve("vmlinux-5.4.1.btf"), types("b").toBytes());
        newKernel = Files.write(folder.resolve("vmlinux-6.1.2.btf"), types("c").toBytes());
    }

    @Test
    void shouldShowTheMatrixAndWhatIsMissing() {
        CommandRun run = CommandRun.btf("core", "check", plain, guarded, "--on", oldKernel, newKernel);
        assertEquals("""
                          5.4.1   6.1.2
                plain     yes     no  1   1 relocation
                guarded   yes     yes     2 (1 guarded)

                plain  6.1.2   prog_raw_tp_a
                  s.b  no such member; was at 8 (8 bytes); nearest: c at 8, same offset and size

                1 of 2 objects does not load everywhere
                """ + NOT_JUDGED, text(run));
        assertEquals("", run.err());
        assertEquals(ExitCode.FAILURE, run.status());
    }

    @Test
    void shouldExitWith0WhereAllLoad() {
        CommandRun run = CommandRun.btf("core", "check", guarded, "--on", oldKernel, newKernel);
        assertEquals("""
                          5.4.1   6.1.2
                guarded   yes     yes     2 relocations (1 guarded)

                the object loads on both kernels
                """ + NOT_JUDGED, text(run));
        assertEquals(ExitCode.OK, run.status());
    }

    @Test
    void shouldTellObjectsAndKernelsApartInAnyOrder() {
        CommandRun run = CommandRun.btf("core", "check", "--on", oldKernel, newKernel, guarded);
        assertTrue(text(run).contains("guarded   yes     yes"), text(run));
    }

    @Test
    void shouldFailTheRowOfABrokenObjectOnly() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.bpf.o"), "no object");
        CommandRun run = CommandRun.btf("core", "check", broken, guarded, "--on", newKernel);
        assertTrue(text(run).contains("\nbroken    no  1\n"), text(run));
        assertTrue(text(run).contains("\nguarded   yes     2 relocations (1 guarded)\n"), text(run));
        assertTrue(text(run).contains("  object  " + broken + ": not an ELF file: it is a text, at 0x0\n"), text(run));
        assertEquals(ExitCode.FAILURE, run.status());
    }

    @Test
    void shouldSayWhichObjectIsNotThere() {
        Path missing = folder.resolve("missing.bpf.o");
        CommandRun run = CommandRun.btf("core", "check", missing, guarded, "--on", newKernel);
        assertTrue(text(run).contains("\nmissing   -\n"), text(run));
        assertTrue(run.err().startsWith("ERROR: " + missing), run.err());
        assertEquals(ExitCode.FAILURE, run.status());
    }

    @Test
    void shouldFailTheColumnOfABrokenKernelOnly() throws IOException {
        Path broken = Files.writeString(folder.resolve("vmlinux-5.10.btf"), "no BTF at all, but long enough");
        CommandRun run = CommandRun.btf("core", "check", guarded, "--on", broken, newKernel);
        assertTrue(text(run).contains("\nguarded   -      yes     2 relocations (1 guarded)\n"), text(run));
        assertTrue(run.err().startsWith("ERROR: " + broken + ": not BTF: it is a text, at 0x0"), run.err());
        assertEquals(ExitCode.FAILURE, run.status());
    }

    @Test
    void shouldSayWhatCouldNotBeJudged() throws IOException {
        Path broken = Files.writeString(folder.resolve("vmlinux-5.10.btf"), "no BTF at all, but long enough");
        Path missing = folder.resolve("missing.bpf.o");
        String all = text(CommandRun.btf("core", "check", guarded, missing, "--on", broken, newKernel));
        assertTrue(
                all.contains("\nthe object loads on the kernel; not judged, as it cannot be read: kernel 5.10, object"
                        + " missing\n"),
                all);
        String noKernel = text(CommandRun.btf("core", "check", guarded, "--on", broken));
        assertTrue(noKernel.contains("\nnothing could be judged, as no kernel can be read\n"), noKernel);
        String noObject = text(CommandRun.btf("core", "check", missing, "--on", newKernel));
        assertTrue(noObject.contains("\nnothing could be judged, as no object can be read\n"), noObject);
    }

    @Test
    void shouldTakeTheObjectsOfAFolder() throws IOException {
        Path objects = Files.createDirectories(folder.resolve("objects/below"));
        Files.copy(guarded, objects.resolve("b.bpf.o"));
        Files.copy(guarded, folder.resolve("objects/a.bpf.o"));
        Files.writeString(folder.resolve("objects/notes.o"), "no object");
        CommandRun run = CommandRun.btf("core", "check", folder.resolve("objects"), "--on", newKernel);
        assertTrue(text(run).contains("\na   yes     2 relocations (1 guarded)\nb   yes "), text(run));
        assertEquals(ExitCode.OK, run.status());
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertEquals(
                "ERROR: " + empty + ": no BPF object in this folder, expected files named *.o\n",
                CommandRun.btf("core", "check", empty, "--on", newKernel).err());
    }

    /** As where somebody has copied /sys/kernel/btf without its vmlinux. */
    @Test
    void shouldNotTakeModulesInAFolderForKernels() throws IOException {
        Path modules = Files.createDirectory(folder.resolve("modules"));
        RawBtf base = RawBtf.littleEndian();
        base.addInt("u64", 8, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("s", 16, Member.of("a", 1, 0));
        Path raw = Files.write(modules.resolve("nf"), split.toBytes());
        CommandRun run = CommandRun.btf("core", "check", guarded, "--on", modules);
        assertEquals(
                "ERROR: " + modules + ": a module, " + raw + ", without a file vmlinux in a folder above; modules are"
                        + " read on their kernel's, put it there\n",
                run.err());
        assertEquals(ExitCode.FAILURE, run.status());
        Files.copy(newKernel, modules.resolve("vmlinux-6.1.2"));
        Files.copy(raw, modules.resolve("xfs.ko"));
        run = CommandRun.btf("core", "check", guarded, "--on", modules);
        assertEquals(
                "WARN: " + modules + ": 2 modules, such as " + raw
                        + ", without a file vmlinux in a folder above; left out\n",
                run.err());
        assertTrue(text(run).contains("\nguarded   yes     2 relocations (1 guarded)\n"), text(run));
        assertEquals(ExitCode.OK, run.status());
    }

    @Test
    void shouldNotTakeObjectsInAFolderForKernels() throws IOException {
        Path objects = Files.createDirectory(folder.resolve("objects"));
        Files.copy(guarded, objects.resolve("a.bpf.o"));
        assertEquals(
                "ERROR: " + objects + ": only BPF objects in this folder, expected kernels\n",
                CommandRun.btf("core", "check", guarded, "--on", objects).err());
    }

    @Test
    void shouldLeaveOutABrokenModuleAndSaySo() throws IOException {
        Path kernel = Files.createDirectory(folder.resolve("6.2"));
        Files.write(kernel.resolve("vmlinux"), types("b").toBytes());
        Path module = Files.writeString(kernel.resolve("nf.ko"), "no module");
        CommandRun run = CommandRun.btf("core", "check", plain, "--on", kernel);
        assertTrue(text(run).contains("\nplain   yes   1 relocation\n"), text(run));
        assertTrue(run.err().startsWith("WARN: " + module + ": ") && run.err().contains("left out"), run.err());
        assertEquals(ExitCode.OK, run.status());
    }

    @Test
    void shouldTakeModulesBehindTheirKernel() throws IOException {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("u64", 8, 0);
        Path vmlinux = Files.write(folder.resolve("vmlinux-6.3.btf"), base.toBytes());
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("s", 16, Member.of("a", 1, 0), Member.of("b", 1, 64));
        Path module = Files.write(folder.resolve("s.ko"), split.toBytes());
        assertEquals(
                ExitCode.FAILURE,
                CommandRun.btf("core", "check", plain, "--on", vmlinux).status());
        CommandRun run = CommandRun.btf("core", "check", plain, "--on", vmlinux, module);
        assertEquals(ExitCode.OK, run.status(), text(run) + run.err());
        CommandRun misuse = CommandRun.btf("core", "check", plain, "--on", module, vmlinux);
        assertEquals(ExitCode.USAGE, misuse.status());
        assertTrue(misuse.err().contains(": a module, expected the kernel that it is of before it"), misuse.err());
    }

    @Test
    void shouldWriteJson() {
        CommandRun run = CommandRun.btf("core", "check", "--json", plain, "--on", oldKernel, newKernel);
        assertEquals("""
                [ {
                  "object" : "plain",
                  "kernel" : "5.4.1",
                  "verdict" : "yes",
                  "program" : "prog_raw_tp_a",
                  "insn" : 0,
                  "kind" : "byte_off",
                  "type" : "struct s",
                  "path" : "b",
                  "outcome" : "patched",
                  "local" : 8,
                  "value" : 8,
                  "guarded" : false,
                  "finding" : null,
                  "reason" : null
                }, {
                  "object" : "plain",
                  "kernel" : "6.1.2",
                  "verdict" : "no",
                  "program" : "prog_raw_tp_a",
                  "insn" : 0,
                  "kind" : "byte_off",
                  "type" : "struct s",
                  "path" : "b",
                  "outcome" : "poisoned",
                  "local" : 8,
                  "value" : 0,
                  "guarded" : false,
                  "finding" : "no",
                  "programs" : [ "prog_raw_tp_a" ],
                  "lines" : [ ],
                  "subject" : "s.b",
                  "reason" : "no such member; was at 8 (8 bytes)",
                  "near" : [ "c at 8, same offset and size" ]
                } ]
                """, text(run));
    }

    @Test
    void shouldColourIfAsked() {
        CommandRun run = CommandRun.btf("core", "check", "--color", "always", plain, "--on", oldKernel, newKernel);
        assertTrue(text(run).contains("\033[32myes\033[0m"), text(run));
        assertTrue(text(run).contains("\033[31mno  1\033[0m"), text(run));
        assertFalse(
                text(CommandRun.btf("core", "check", plain, "--on", newKernel)).contains("\033"));
    }

    @Test
    void shouldSayTheSameAtAnyThreadCount() {
        Object[] one = {"core", "check", "-j", "1", plain, guarded, "--on", oldKernel, newKernel};
        Object[] many = {"core", "check", "-j", "7", plain, guarded, "--on", oldKernel, newKernel};
        assertEquals(text(CommandRun.btf(one)), text(CommandRun.btf(many)));
    }

    @Test
    void shouldRefuseMisuse() {
        assertMisuse("no BPF object, expected one or more", "core", "check", "--on", newKernel);
        assertMisuse("expected --on KERNEL...", "core", "check", plain);
        assertMisuse(
                "--color blue: expected auto, always or never",
                "core",
                "check",
                plain,
                "--color",
                "blue",
                "--on",
                newKernel);
        assertMisuse(
                "--release nine, expected one such as 6.12.117",
                "core",
                "check",
                plain,
                "--release",
                "nine",
                "--on",
                newKernel);
    }

    private static void assertMisuse(String message, Object... arguments) {
        CommandRun run = CommandRun.btf(arguments);
        assertEquals("btf core check: " + message + " (see btf core check --help)\n", run.err());
        assertEquals(ExitCode.USAGE, run.status());
    }

    @Test
    void shouldFoldTheMatrixWhereItIsWiderThanTheTerminal() {
        CoreCheckCell yes = new CoreCheckCell(LoadAnswer.YES, List.of(), 0, List.of(), List.of());
        CoreCheckCell no = CoreCheckCell.broken("why not");
        CoreCheckReport report = new CoreCheckReport(
                List.of("one", "other"),
                List.of("5.4.1", "5.10.1", "5.15.1", "6.1.1"),
                new int[] {3, 4},
                new CoreCheckCell[][] {{yes, yes, no, yes}, {yes, yes, yes, yes}});
        assertEquals("""
                one     3 relocations
                  yes     5.4.1 5.10.1
                          6.1.1
                  no  1   5.15.1
                other   4
                  yes     5.4.1 5.10.1
                          5.15.1 6.1.1

                one  5.15.1
                  object  why not

                1 of 2 objects does not load everywhere
                """ + NOT_JUDGED, new CoreCheckText(report, Colors.NONE, 24).write());
    }
}
