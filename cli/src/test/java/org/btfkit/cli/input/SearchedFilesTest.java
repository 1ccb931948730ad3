package org.btfkit.cli.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.BtfTool;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf find} and {@code btf show} on several files and on folders of the sample kernel and its module. */
class SearchedFilesTest {
    @TempDir
    Path folder;

    private Path kernel;
    private Path vmlinux;
    private Path module;
    private Path twin;
    private String out;
    private String err;

    @BeforeEach
    void writeSample() throws IOException {
        kernel = Files.createDirectory(folder.resolve("kernel"));
        vmlinux = Files.move(SampleModule.writeVmlinuxBtf(folder), kernel.resolve("vmlinux"));
        module = Files.move(SampleModule.writeModule(folder), kernel.resolve("b.ko"));
        twin = Files.copy(module, Files.createDirectory(kernel.resolve("net")).resolve("a.ko"));
        Files.writeString(kernel.resolve("modules.dep"), "no BTF");
        Files.createSymbolicLink(kernel.resolve("build.ko"), module);
    }

    private int run(Object... args) {
        CommandRun run = CommandRun.btf(args);
        out = new String(run.out(), StandardCharsets.UTF_8);
        err = run.err();
        return run.status();
    }

    @Test
    void shouldReadStandardInputWhereverAFileIsRead() throws Exception {
        Path object = SampleModule.writeBpfObject(folder);
        List<List<Object>> calls = List.of(
                List.of("find", "task", "-"),
                List.of("explain", "task", "-"),
                List.of("diff", "-", vmlinux),
                List.of("stats", "-B", "-", module),
                List.of("core", "list", object, "--on", "-"),
                List.of("java", "task", "-B", "-", "--package", "p", "-o", folder));
        for (List<Object> call : calls) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BtfTool.class.getName()));
            call.forEach(argument -> command.add(argument.toString()));
            Process run = new ProcessBuilder(command)
                    .redirectInput(vmlinux.toFile())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(ExitCode.OK, run.waitFor(), () -> call + ": " + text);
        }
    }

    /** The name of a struct that only the module has. */
    private String ownStruct() throws IOException {
        Btf btf = BtfSource.load(module, BtfSource.load(vmlinux));
        for (int typeId = btf.firstTypeId(); typeId < btf.typeCount(); typeId++) {
            String name = btf.name(typeId);
            if (btf.kind(typeId) == BtfKind.STRUCT && btf.findAll(BtfKind.STRUCT, name).length == 1) {
                return name;
            }
        }
        throw new AssertionError("no struct in " + module);
    }

    private List<String> files() {
        return out.lines()
                .map(line -> line.substring(0, line.indexOf(": [")))
                .distinct()
                .toList();
    }

    @Test
    void shouldSearchFolderWithItsVmlinuxAsBase() throws IOException {
        assertEquals(ExitCode.OK, run("find", "*", kernel), err);
        assertEquals("", err);
        assertEquals(List.of(vmlinux.toString(), module.toString(), twin.toString()), files());
        assertEquals(ExitCode.OK, run("find", ownStruct(), "-k", "struct", kernel), err);
        assertEquals(List.of(module.toString(), twin.toString()), files());
        assertEquals(2, out.lines().count(), out);
    }

    @Test
    void shouldSearchSeveralFilesOnBaseGiven() throws IOException {
        assertEquals(
                ExitCode.OK, run("find", "task", ownStruct(), "-k", "struct", "-B", vmlinux, module, vmlinux), err);
        assertEquals(List.of(module.toString(), vmlinux.toString()), files());
        assertEquals(2, out.lines().count(), out);
    }

    @Test
    void shouldSayOnceThatFilesLackTheirBase() throws IOException {
        Files.delete(vmlinux);
        assertEquals(ExitCode.FAILURE, run("find", "*", kernel));
        List<String> lines = err.lines().toList();
        assertEquals(2, lines.size(), err);
        assertTrue(lines.get(0).startsWith("ERROR: " + module + "(.BTF) is split BTF: give its base with -B"), err);
        assertEquals("ERROR: 1 more file lacks its base", lines.get(1));
    }

    @Test
    void shouldTakeSeveralPatternsWithOneFile() {
        assertEquals(ExitCode.OK, run("find", "tas?", "t*k", "int", "-k", "struct,int", vmlinux), err);
        assertTrue(out.matches("(?s)(\\[\\d+] (STRUCT task|INT int)\n){2}"), out);
    }

    @Test
    void shouldGoOnBehindBrokenFile() throws IOException {
        Path broken = Files.writeString(kernel.resolve("a_broken.ko"), "no module");
        assertEquals(ExitCode.FAILURE, run("find", ownStruct(), "-k", "struct", kernel));
        assertEquals(List.of(module.toString(), twin.toString()), files());
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("ERROR: " + broken + ": "), err);
    }

    @Test
    void shouldTakeWhatLooksLikeFileAsOneEvenIfMissing() throws IOException {
        Path missing = kernel.resolve("missing.ko");
        assertEquals(ExitCode.FAILURE, run("find", "task", missing, vmlinux));
        assertEquals("ERROR: " + missing + " (No such file or directory)\n", err);
        assertEquals(List.of(vmlinux.toString()), files());
    }

    @Test
    void shouldRefuseFolderWithoutBtf() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertEquals(ExitCode.FAILURE, run("find", "task", empty));
        assertEquals("ERROR: " + empty + ": no BTF in this folder, expected raw BTF or modules (*.ko, *.ko.xz)\n", err);
    }

    @Test
    void shouldShowTypeOfEachFileThatHasIt() throws IOException {
        String own = ownStruct();
        assertEquals(ExitCode.OK, run("show", own, kernel), err);
        String text = "struct " + own + " {\n";
        assertTrue(out.startsWith("/* " + module + " */\n" + text), out);
        assertTrue(out.contains("\n/* " + twin + " */\n" + text), out);
        assertEquals(ExitCode.OK, run("show", "struct task", kernel), err);
        assertTrue(out.startsWith("/* " + vmlinux + " */\nstruct task {\n"), out);
        assertEquals(1, out.lines().filter(line -> line.startsWith("/* ")).count(), out);
    }

    @Test
    void shouldNameWhatNoFileHas() {
        assertEquals(ExitCode.FAILURE, run("show", "task", "no_such", kernel));
        assertEquals("ERROR: no type named 'no_such' in any of the files\n", err);
        assertTrue(out.startsWith("/* " + vmlinux + " */\nstruct task {\n"), out);
    }

    @Test
    void shouldSayWhichNameMayHaveBeenMeant() {
        for (String command : List.of("show", "who")) {
            assertEquals(ExitCode.FAILURE, run(command, "tsak", kernel));
            assertEquals("ERROR: no type named 'tsak' in any of the files; there is task\n", err);
        }
        assertEquals(ExitCode.FAILURE, run("find", "tsak", kernel));
        assertEquals("NOTE: nothing is named 'tsak'; there is task\n", err);
        assertEquals(ExitCode.FAILURE, run("find", "tsak", vmlinux));
        assertEquals("NOTE: nothing is named 'tsak'; there is task\n", err);
        assertEquals(ExitCode.FAILURE, run("find", "-k", "func", "task", vmlinux));
        assertEquals("", err);
        assertEquals(ExitCode.FAILURE, run("find", "nothing_*", vmlinux));
        assertEquals("", err);
    }

    @Test
    void shouldSayPlaceOfMemberOnceWithItsFile() {
        assertEquals(ExitCode.OK, run("show", "task", vmlinux), err);
        String first = out.lines().skip(1).findFirst().orElseThrow();
        String member = first.trim().replaceAll(";.*", "").replaceAll(".*[ *]", "");
        assertEquals(ExitCode.OK, run("show", "task." + member, kernel), err);
        assertTrue(out.startsWith(vmlinux + ": task." + member + ": offset 0, ["), out);
        assertEquals(1, out.lines().count(), out);
    }
}
