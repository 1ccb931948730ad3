package org.btfkit.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.xml.parsers.DocumentBuilderFactory;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** The command: what it takes, what it reports, and how it ends; on tools that are small shell scripts. */
class BtfidsLawsTest {
    @TempDir
    Path folder;

    private record Run(int status, String out, String err) {
        List<String> points() {
            return out.lines()
                    .filter(line -> line.startsWith("ok ") || line.startsWith("not ok "))
                    .map(line -> line.replaceFirst(":.*?( # SKIP.*)?$", "$1"))
                    .toList();
        }
    }

    private static Run run(Object... args) {
        List<String> strings = new ArrayList<>();
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new BtfidsLaws(stream(out), stream(err)).run(strings.toArray(new String[0]));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(OutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** A tool that puts a byte behind the object each time it is run, and does nothing else. */
    private Path growing() throws IOException {
        return script("for last; do :; done", "printf x >> \"$last\"");
    }

    /** A tool that takes its time and then changes a byte of the header that means nothing, always to the same. */
    private Path marking() throws IOException {
        return script(
                "for last; do :; done",
                "sleep 0.1",
                "printf x | dd of=\"$last\" bs=1 seek=15 conv=notrunc 2> /dev/null");
    }

    private Path script(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of("#!/bin/sh"));
        all.addAll(List.of(lines));
        Path tool = Files.write(folder.resolve("a tool"), all);
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        return tool;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                           | no --tool given: the resolve_btfids to try",
                "--tool /etc/passwd         | --tool /etc/passwd: no program",
                "--tool /bin/sh --runs -1   | --runs -1: expected a number from 0 on",
                "--tool /bin/sh --from 0    | --from 0: expected a number from 1 on",
                "--tool /bin/sh --seed x    | --seed x: expected a number",
                "--tool /bin/sh --style x   | --style x: expected in-place, patch",
                "--tool /bin/sh --style patch,in-place | --style patch,in-place: expected one",
                "--tool /bin/sh --law fresh,x | --law x: expected fresh, again, path, pairs, symbols, rest, kill",
                "--tool /bin/sh --without x | --without x: expected ties, shared-names, unresolved, unused-in-sets, elf32, big-endian, linked",
            })
    void shouldSayWhatIsWrongWithTheCall(String args, String message) {
        Run run = run((Object[]) (args == null ? new String[0] : args.split(" ")));
        assertEquals(2, run.status);
        assertEquals("btfids-laws: " + message + " (see btfids-laws --help)\n", run.err);
        assertEquals("", run.out);
    }

    @Test
    void shouldNotTakeAnyProgramForATool() {
        Run run = run("--tool", "/bin/true");
        assertEquals(2, run.status);
        assertEquals(
                "btfids-laws: --tool /bin/true: run on a small object it neither changes that nor writes OBJECT.BTF_ids"
                        + " beside it; it ends with status 0 (see btfids-laws --help)\n",
                run.err);
    }

    @Test
    void shouldReportInTap() throws IOException {
        Path keep = folder.resolve("kept");
        Run run = run("--tool", growing(), "--seed", 3, "--runs", 8, "--kills", 0, "--keep", keep);
        assertEquals(1, run.status);
        assertEquals("", run.err);
        assertEquals(
                List.of(
                        "not ok 1 - fresh",
                        "not ok 2 - again",
                        "ok 3 - path",
                        "not ok 4 - pairs",
                        "not ok 5 - symbols",
                        "not ok 6 - rest",
                        "ok 7 - kill # SKIP no kills were asked for"),
                run.points());
        List<String> lines = run.out.lines().toList();
        assertEquals("TAP version 13", lines.get(0));
        assertTrue(run.out.contains("\n1..7\n"), run.out);
        assertTrue(run.out.contains("--seed 3 --runs 8\n"), run.out);
        assertTrue(run.out.contains(" has the count 0, expected "), run.out);
        assertTrue(
                lines.stream().allMatch(line -> line.matches("TAP version 13|1\\.\\.7|(not )?ok \\d - .*|#.*")),
                run.out);
        assertTrue(Files.isExecutable(keep.resolve("rest-seed-3-run-1/repeat.sh")), run.out);
    }

    @Test
    void shouldReportInXml() throws Exception {
        Path junit = folder.resolve("laws.xml");
        Run run = run(
                "--tool",
                growing(),
                "--law",
                "rest,kill",
                "--kills",
                0,
                "--seed",
                3,
                "--runs",
                5,
                "--junit",
                junit,
                "--keep",
                folder.resolve("kept"));
        assertEquals(1, run.status);
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readAllBytes(junit)))
                .getDocumentElement();
        assertEquals("btfids-laws", suite.getAttribute("name"));
        assertEquals("2", suite.getAttribute("tests"));
        assertEquals("1", suite.getAttribute("failures"));
        assertEquals("1", suite.getAttribute("skipped"));
        Element failure = (Element) suite.getElementsByTagName("failure").item(0);
        assertTrue(
                failure.getAttribute("message").startsWith("after the first run: "), failure.getAttribute("message"));
        assertTrue(failure.getTextContent().startsWith("on seed 3 run 1: "), failure.getTextContent());
    }

    @Test
    void shouldKeepXmlWellFormedWhateverAToolSays() {
        assertEquals("a&lt;b&gt;&amp;&quot;?c\n", JunitReport.escape("a<b>&\"\u0007c\n"));
    }

    /** What was kept is an argument of the next call. */
    @Test
    void shouldTryAKeptFailureAgain() throws IOException {
        Path keep = folder.resolve("kept");
        run("--tool", growing(), "--law", "rest", "--seed", 3, "--runs", 5, "--keep", keep);
        Run again = run("--tool", growing(), "--law", "rest", "--keep", keep, keep.resolve("rest-seed-3-run-1"));
        assertEquals(1, again.status);
        assertTrue(again.out.contains("#   on rest-seed-3-run-1, after "), again.out);
        assertFalse(again.out.contains("--seed"), again.out);
    }

    @Test
    void shouldStopAtTheFirst() throws IOException {
        Object[] call = {
            "--tool",
            growing(),
            "--first",
            "--without",
            "ties",
            "--seed",
            3,
            "--runs",
            50,
            "--keep",
            folder.resolve("kept")
        };
        Run run = run(call);
        assertTrue(run.out.contains("--seed 3 --runs 50 --without ties\n"), run.out);
        assertTrue(run.out.contains("held 0 times, was broken 1 times\n"), run.out);
        assertTrue(run.points().get(6).endsWith("# SKIP not tried"), run.out);
    }

    @Test
    void shouldSayWhichModuleIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("text.ko"), "no object at all, but long enough to look at");
        Run run = run("--tool", growing(), "--kills", 0, file);
        assertTrue(run.out.contains("# skipped " + file + ": no ELF magic\n"), run.out + run.err);
        assertEquals(2, run.status);
        assertEquals("ERROR: no law was tried on anything\n", run.err);
        Run gone = run("--tool", growing(), folder.resolve("gone.ko"));
        assertEquals(2, gone.status);
        assertEquals("ERROR: " + folder.resolve("gone.ko") + ": no such file or folder\n", gone.err);
    }

    @Test
    void shouldSayThatAModuleIsOfAnotherKernel() throws IOException {
        Path module = SampleModule.writeModule(folder);
        RawBtf small = RawBtf.littleEndian();
        small.addFunc("f", small.addFuncProto(0), 0);
        Path other = Files.write(folder.resolve("other.btf"), small.toBytes());
        Run run = run("--tool", marking(), "--kills", 0, "-b", other, module);
        assertTrue(
                run.out.contains(
                        "# skipped " + module + ": its BTF is not on that of " + other + "; is that its vmlinux?\n"),
                run.out + run.err);
        Run none = run("--tool", marking(), "--kills", 0, module);
        assertTrue(
                none.out.contains(
                        "# skipped " + module + ": its BTF is cut off, or is on that of a vmlinux, which -b gives\n"),
                none.out + none.err);
    }

    /** Kills are tried on an object of the command's own, and say nothing of the modules. */
    @Test
    void shouldNotPassOnKillsAlone() throws IOException {
        Path text = Files.writeString(folder.resolve("text.ko"), "hi\n");
        Run modules = run("--tool", marking(), "--kills", 6, "--seed", 3, text);
        assertEquals(2, modules.status, modules.out + modules.err);
        assertEquals("ERROR: skipped " + text + ": it is cut off, or no object\n", modules.err);
        Run none = run("--tool", marking(), "--kills", 6, "--seed", 3, "--runs", 0);
        assertEquals(2, none.status, none.out + none.err);
        assertEquals("ERROR: no object to try the laws on\n", none.err);
    }

    @Test
    void shouldSayThatTheBaseIsNone() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "hi\n");
        Run run = run("--tool", marking(), "--kills", 0, "-b", text, SampleModule.writeModule(folder));
        assertEquals(2, run.status, run.out + run.err);
        assertTrue(run.out.contains(": -b " + text + " is no BTF, nor ELF with it\n"), run.out + run.err);
    }

    @Test
    void shouldNameAToolThatRemovesTheObject() throws IOException {
        Run run = run("--tool", script("rm -f object.ko"));
        assertEquals(2, run.status, run.out + run.err);
        assertTrue(run.err.contains(": run on a small object it removes that; it ends with status 0"), run.err);
    }

    /** The launcher finds the command in a jar of its own, and the others by what that refers to. */
    @Test
    void shouldRunFromAnInstallation() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("an installation/bin"));
        for (String name : List.of("btfids-laws", "launch")) {
            Files.copy(Path.of("..", "bin", name), bin.resolve(name));
            Files.setPosixFilePermissions(bin.resolve(name), PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        List<String> classes = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classes.add(Path.of(part).toUri().toString());
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", classes));
        Path lib = Files.createDirectories(folder.resolve("an installation/lib"));
        new JarOutputStream(Files.newOutputStream(lib.resolve("btfkit-test-laws.jar")), manifest).close();
        Files.writeString(lib.resolve("version.txt"), "0.0, commit 123456789abc\n");
        Map<String, String> environment = Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "BTFKIT_SERVER",
                "1",
                "XDG_CACHE_HOME",
                folder.resolve("cache").toString());
        ExternalTool tool = ExternalTool.at(bin.resolve("btfids-laws")).withEnvironment(environment);
        ToolResult version = tool.run("--version").orThrow();
        assertTrue(version.out().startsWith("btfids-laws (btfkit) 0.0, commit 123456789abc, Java "), version::toString);
        ToolResult result = tool.runIn(folder, "--tool", growing(), "--runs", 2, "--seed", 3, "--law", "rest");
        assertEquals(1, result.exitCode(), result::toString);
        assertEquals("", result.err());
        assertTrue(result.out().contains("\nnot ok 1 - rest: "), result::toString);
        assertTrue(Files.isDirectory(folder.resolve("btfids-laws-failures/rest-seed-3-run-1")));
        assertFalse(Files.exists(folder.resolve("cache")));
    }
}
