package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers of an installation: where they find what they need, and where they keep archives of classes. */
class LauncherTest {
    private static Installation installed;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private Path cache;

    @BeforeAll
    static void install() throws IOException {
        installed = Installation.in(shared.resolve("a folder with spaces"));
    }

    @BeforeEach
    void makeCache() throws IOException {
        cache = Files.createDirectory(folder.resolve("the cache"));
    }

    private ToolResult run(Path launcher, Object... args) {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "XDG_CACHE_HOME", cache.toString(),
                "BTFKIT_SERVER", "");
        return ExternalTool.at(launcher).withEnvironment(environment).runIn(folder, args);
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("btfkit/archives/java"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldSayVersionCommitAndJava() {
        ToolResult result = run(installed.bin("btf"), "--version").orThrow();
        String java = System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vendor") + ")";
        assertEquals(List.of("btf (btfkit) 0.0, commit 123456789abc, Java " + java), result.outLines());
        assertEquals(
                List.of("resolve_btfids (btfkit) 0.0, commit 123456789abc, Java " + java),
                run(installed.bin("resolve_btfids"), "--version").orThrow().outLines());
    }

    @Test
    void shouldKeepOneArchiveForEachKindOfWorkInTheUsersCacheOnly() throws IOException {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        ToolResult first =
                run(installed.bin("resolve-btfids"), "-b", vmlinux, module).orThrow();
        assertEquals(1, first.errLines().size(), first::toString);
        assertTrue(
                first.err().startsWith("resolve-btfids: preparing an archive of classes for Java "), first::toString);
        assertEquals(
                "",
                run(installed.bin("resolve-btfids"), "-b", vmlinux, module)
                        .orThrow()
                        .err());
        List<Path> made = archives();
        assertEquals(1, made.size());
        assertTrue(made.get(0).startsWith(cache.resolve("btfkit/archives")), made::toString);
        assertTrue(Files.size(made.get(0)) > 100_000, () -> "this JDK has made no archive");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made.get(0))));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.resolve("btfkit/archives"))));
        run(installed.bin("btf"), "stats", vmlinux).orThrow();
        assertEquals(2, archives().size());
        try (Stream<Path> files = Files.walk(installed.lib())) {
            assertEquals(5, files.filter(Files::isRegularFile).count()); // nothing was added
        }
    }

    @Test
    void shouldWorkThroughASymbolicLink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("my btf"), installed.bin("btf"));
        ToolResult dump =
                run(link, "dump", SampleModule.writeVmlinuxBtf(folder)).orThrow();
        assertTrue(dump.out().startsWith("[1] "), dump::toString);
    }

    @Test
    void shouldMakeNoArchiveWhereItMayNot() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        cache = file.resolve("cache"); // cannot be made
        ToolResult result = run(installed.bin("btf"), "--version").orThrow();
        assertEquals("", result.err());
        assertEquals(1, result.outLines().size());
    }

    @Test
    void shouldMakeAndTakeNoArchiveInAFolderThatOthersMayWrite() throws IOException {
        Path archives = Files.createDirectories(cache.resolve("btfkit/archives"));
        Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals("", run(installed.bin("btf"), "--version").orThrow().err());
        assertEquals(List.of(), archives());
    }

    /** Also one that was made before; with a Java that only tells how it is called. */
    @Test
    void shouldTakeAnArchiveOnlyFromAFolderThatIsPrivate() throws IOException {
        Path home = folder.toRealPath().resolve("java");
        Files.createDirectories(home.resolve("bin"));
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25\"\nJAVA_RUNTIME_VERSION=\"25-test\"\n");
        Path jar = installed.lib().toRealPath().resolve("btfkit-test-all.jar");
        Path archives = Files.createDirectories(cache.resolve("btfkit/archives"));
        Path archive = Path.of(archives.toString() + jar + home + "/dump-25-test");
        Files.createDirectories(archive.getParent());
        Files.writeString(archive, "an archive");
        String taken = "-XX:AOTCache=" + archive;
        for (String rights : List.of("rwxr-x---", "rwx------")) {
            Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString(rights));
            assertEquals(taken, argumentsOf(home, "dump").get(0), rights);
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archives)), rights);
        }
        for (String rights : List.of("rwxrwx---", "rwx----w-")) {
            Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString(rights));
            assertFalse(argumentsOf(home, "dump").contains(taken), rights);
        }
    }

    private List<String> argumentsOf(Path javaHome, String command) {
        Map<String, String> environment =
                Map.of("JAVA_HOME", javaHome.toString(), "XDG_CACHE_HOME", cache.toString(), "BTFKIT_SERVER", "");
        return ExternalTool.at(installed.bin("btf"))
                .withEnvironment(environment)
                .runIn(folder, command)
                .orThrow()
                .outLines();
    }

    @Test
    void shouldTakeNoArchiveOfAnotherUser() throws IOException {
        assumeTrue(PlainUser.isRoot(), "only root can give a file away");
        run(installed.bin("btf"), "--version").orThrow();
        Path archive = archives().get(0);
        Files.setAttribute(archive, "unix:uid", 65534);
        FileTime before = Files.getLastModifiedTime(archive);
        ToolResult again = run(installed.bin("btf"), "--version").orThrow();
        assertTrue(again.err().contains("preparing an archive"), again::toString);
        assertEquals(0, Files.getAttribute(archive, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.getLastModifiedTime(archive).compareTo(before) >= 0);
    }

    /** With a shell's line of its own, {@code $0} in which is the launcher, in any folder. */
    private ToolResult runByShell(Path launcher, Path in, String line) {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "XDG_CACHE_HOME", cache.toString(),
                "BTFKIT_SERVER", "");
        return ExternalTool.at(Path.of("/bin/sh")).withEnvironment(environment).runIn(in, "-c", line, launcher);
    }

    @Test
    void shouldBeFoundByAnyRelativePath() throws IOException {
        Path bin = installed.bin("btf").getParent();
        Files.createDirectories(folder.resolve("bin"));
        for (String line : List.of(
                "export CDPATH='" + folder + "'; cd ..; bin/btf --version",
                "./btf --version",
                "sh btf --version",
                "PATH=:$PATH; export PATH; btf --version",
                "../bin/btf --version")) {
            ToolResult result = runByShell(installed.bin("btf"), bin, line).orThrow();
            assertEquals(1, result.outLines().size(), result::toString);
            assertTrue(result.out().startsWith("btf (btfkit) 0.0, "), result::toString);
        }
    }

    @Test
    void shouldRunInAFolderThatItCannotComeBackTo() throws IOException {
        PlainUser user = PlainUser.required();
        assumeTrue(PlainUser.isRoot(), "only root is in a folder that others cannot get into");
        try (Scratch scratch = Scratch.create()) {
            Path open = scratch.folder();
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path bin = Installation.in(open.resolve("installed")).bin("btf");
            Path closed = Files.createDirectory(open.resolve("closed"));
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            ToolResult result = runByShell(bin, closed, String.join(" ", user.prefix()) + " \"$0\" --version");
            assertEquals("", result.err());
            assertTrue(result.out().startsWith("btf (btfkit) 0.0, "), result::toString);
        }
    }

    @Test
    void shouldRefuseToRunInAFolderThatIsGone() throws IOException {
        ToolResult result =
                runByShell(installed.bin("btf"), folder, "mkdir gone && cd gone && rmdir ../gone && \"$0\" --version");
        assertEquals(1, result.exitCode(), result::toString);
        assertEquals("", result.out());
        assertTrue(
                result.err().endsWith("btf: the folder in which this was called is gone\n"), // a shell has said so, too
                result::toString);
    }

    @Test
    void shouldFailWhereItsOutputIsLost() throws IOException {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        String work = " --json -b '" + vmlinux + "' '" + module + "'";
        for (String line : List.of("\"$0\" --version", "\"$0\"" + work)) {
            runByShell(installed.bin("resolve-btfids"), folder, line).orThrow();
            for (String lost : List.of(" > /dev/full", " >&-")) {
                ToolResult result = runByShell(installed.bin("resolve-btfids"), folder, line + lost);
                assertEquals("ERROR: cannot write to standard output\n", result.err(), line + lost);
                assertEquals(1, result.exitCode(), result::toString);
            }
            String gone = "{ sleep 0.2; " + line + "; echo $? >&2; } | true";
            assertEquals(
                    "0\n",
                    runByShell(installed.bin("resolve-btfids"), folder, gone).err(),
                    gone);
        }
    }

    /** The installation's own Java may be newer than the one of the tests: this one only tells how it is called. */
    @Test
    void shouldRunOnTheJavaThatIsInstalledWithItWhateverJavaHomeSays() throws IOException {
        Path home = folder.resolve("with its own Java");
        Path bin = Files.createDirectories(home.resolve("bin"));
        for (String name : List.of("btf", "launch")) {
            Files.copy(Path.of("bin", name), bin.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path jar = Files.createFile(Files.createDirectories(home.resolve("lib")).resolve("btfkit-1-all.jar"));
        Path java = Files.createDirectories(home.resolve("lib/runtime/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path archive = Files.createFile(
                Files.createDirectories(home.resolve("lib/aot")).resolve("dump"));
        ToolResult result = ExternalTool.at(bin.resolve("btf"))
                .withEnvironment(Map.of("JAVA_HOME", "/nonexistent", "XDG_CACHE_HOME", cache.toString()))
                .run("dump", "a file")
                .orThrow();
        List<String> arguments = result.outLines();
        assertEquals("-XX:AOTCache=" + archive, arguments.get(0));
        assertEquals(
                List.of("-cp", jar.toString(), "org.btfkit.cli.BtfTool", "dump", "a file"),
                arguments.subList(arguments.size() - 5, arguments.size()));
        assertEquals("", result.err());
        assertEquals(List.of(), archives());
    }

    @Test
    void shouldMakeNoArchiveWithoutAHome() {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "HOME", "",
                "XDG_CACHE_HOME", "",
                "BTFKIT_SERVER", "");
        ToolResult result = ExternalTool.at(installed.bin("btf"))
                .withEnvironment(environment)
                .run("--version")
                .orThrow();
        assertEquals("", result.err());
        assertTrue(Files.notExists(Path.of("/.cache/btfkit")), "a cache in the root folder");
    }

    @Test
    void shouldSayWhatIsMissing() {
        Map<String, String> environment = Map.of("JAVA_HOME", folder.toString(), "XDG_CACHE_HOME", cache.toString());
        ToolResult result = ExternalTool.at(installed.bin("btf"))
                .withEnvironment(environment)
                .run("--version");
        assertEquals(1, result.exitCode());
        assertEquals(
                "btf: " + folder + "/bin/java is no Java launcher; set JAVA_HOME to a JDK of version 17 or later\n",
                result.err());
    }
}
