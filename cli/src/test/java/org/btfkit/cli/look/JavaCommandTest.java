package org.btfkit.cli.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaCommandTest {
    @TempDir
    Path folder;

    private final BtfBuilder btf = BtfBuilder.create();
    private int intId;
    private int inner;

    @BeforeEach
    void addTypes() {
        intId = btf.addInt("int", 4, BtfBuilder.INT_SIGNED);
        inner = btf.addStruct("inner", 4);
        btf.addMember("x", intId, 0);
        btf.addStruct("outer", 8);
        btf.addMember("in", inner, 0);
        btf.addMember("y", intId, 32);
        btf.addTypedef("alias", inner);
        btf.addTypedef("number", intId);
    }

    private Path file() throws IOException {
        return Files.write(folder.resolve("types.btf"), BtfWriter.toBytes(btf.build()));
    }

    private Path src() {
        return folder.resolve("src");
    }

    private List<String> made(String packageFolder) throws IOException {
        try (Stream<Path> files = Files.list(src().resolve(packageFolder))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldMakeTheTypesAskedForAndThoseTheyHold() throws IOException {
        CommandRun.btfOk("java", "outer", "-B", file(), "--package", "org.example", "-o", src());
        assertEquals(List.of("BtfValues.java", "inner.java", "outer.java"), made("org/example"));
        assertTrue(Files.readString(src().resolve("org/example/outer.java")).contains("package org.example;"));
        CommandRun.btfOk("java", "outer", "--depth", "0", "-B", file(), "--package", "q", "-o", src());
        assertEquals(List.of("BtfValues.java", "outer.java"), made("q"));
        CommandRun.btfOk("java", "alias", "-B", file(), "--package", "r", "-o", src());
        assertEquals(List.of("BtfValues.java", "inner.java"), made("r"));
    }

    @Test
    void shouldMakeTypesOfAModule() throws IOException {
        Path base = file();
        BtfBuilder split = BtfBuilder.splitOn(BtfSource.load(base));
        split.addStruct("own", 4);
        split.addMember("in", inner, 0);
        Path module = Files.write(folder.resolve("module.btf"), BtfWriter.toBytes(split.build()));
        CommandRun.btfOk("java", "own", "-B", base, "-B", module, "--package", "p", "-o", src());
        assertEquals(List.of("BtfValues.java", "inner.java", "own.java"), made("p"));
    }

    @Test
    void shouldListMaps() throws IOException {
        int key = btf.addPtr(intId);
        int value = btf.addPtr(inner);
        int map = btf.addStruct("", 16);
        btf.addMember("key", key, 0);
        btf.addMember("value", value, 64);
        int var = btf.addVar("counts", map, BtfType.Linkage.GLOBAL);
        btf.addDatasec(".maps", 16);
        btf.addVariable(var, 0, 16);
        CommandRun run = CommandRun.btfOk("java", "--maps", "-B", file(), "--package", "p", "-o", src());
        assertEquals("counts  key type [1] INT 'int'  value inner\n", run.outText());
        assertEquals(List.of("BtfValues.java", "inner.java"), made("p"));
    }

    @Test
    void shouldLeaveUnchangedFilesAlone() throws IOException {
        CommandRun.btfOk("java", "outer", "-B", file(), "--package", "p", "-o", src());
        Path made = src().resolve("p/outer.java");
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(made, longAgo);
        CommandRun.btfOk("java", "--all", "-B", file(), "--package", "p", "-o", src());
        assertEquals(longAgo, Files.getLastModifiedTime(made));
    }

    @Test
    void shouldNotReplaceWhatItDidNotMake() throws IOException {
        Path own = Files.createDirectories(src().resolve("p")).resolve("outer.java");
        Files.writeString(own, "class outer {}\n");
        CommandRun run = CommandRun.btf("java", "outer", "-B", file(), "--package", "p", "-o", src());
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + own + ": was not made by btf java and is in the way, remove it or name another folder or"
                        + " package\n",
                run.err());
        assertEquals(List.of("outer.java"), made("p"));
        assertEquals("class outer {}\n", Files.readString(own));
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        CommandRun run = CommandRun.btf("java", "outre", "-B", file(), "--package", "p", "-o", src());
        assertEquals("ERROR: " + folder.resolve("types.btf") + ": no type named 'outre'; there is outer\n", run.err());
        assertFalse(Files.exists(src()));
        run = CommandRun.btf("java", "number", "-B", file(), "--package", "p", "-o", src());
        assertEquals(
                "ERROR: " + folder.resolve("types.btf") + ": type [5] TYPEDEF 'number': nothing to make a class of,"
                        + " expected a struct, union or enum\n",
                run.err());
        run = CommandRun.btf("java", "--maps", "-B", file(), "--package", "p", "-o", src());
        assertEquals(
                "ERROR: " + folder.resolve("types.btf")
                        + ": no variables in a DATASEC '.maps', expected the maps of a BPF" + " object\n",
                run.err());
    }

    @Test
    void shouldRefuseMisuse() throws IOException {
        Path file = file();
        assertMisuse(
                "0 files given, expected -B FILE, or -B vmlinux -B module.ko", "outer", "--package", "p", "-o", "d");
        assertMisuse("no output given, expected -o DIR", "outer", "-B", file, "--package", "p");
        assertMisuse("no type given, expected TYPE, --maps or --all", "-B", file, "--package", "p", "-o", src());
        assertMisuse("no package given, expected --package NAME", "outer", "-B", file, "-o", src());
        assertMisuse(
                "package 'a.class', expected names with dots between them",
                "outer",
                "-B",
                file,
                "--package",
                "a.class",
                "-o",
                src());
        assertMisuse(
                "depth -1, expected 0 or more", "outer", "-B", file, "--package", "p", "--depth", "-1", "-o", src());
        assertFalse(Files.exists(src()));
    }

    private static void assertMisuse(String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "java";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandRun run = CommandRun.btf(all);
        assertEquals(ExitCode.USAGE, run.status());
        assertEquals("btf java: " + message + " (see btf java --help)\n", run.err());
    }
}
