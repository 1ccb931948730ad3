package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.BtfTool;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf encode}, on small objects with DWARF. */
class EncodeCommandTest {
    @TempDir
    Path folder;

    private Path object(String name) {
        return DwarfSample.packed(name, folder);
    }

    private Path out(String name) {
        return folder.resolve(name);
    }

    @Test
    void shouldMakeTheBtfOfOneObject() throws IOException {
        CommandRun.btfOk("encode", object("quals"), "-o", out("quals.btf"));
        assertArrayEquals(DwarfSample.expected("quals", "k612"), Files.readAllBytes(out("quals.btf")));
    }

    @Test
    void shouldWriteToPipe() {
        CommandRun run = CommandRun.btfOk("encode", object("quals"), "-o", "-");
        assertArrayEquals(DwarfSample.expected("quals", "k612"), run.out());
    }

    /** As {@code <(xzcat ...)} of a shell: its name can be opened, but leads nowhere. */
    @Test
    void shouldReadFromPipeWithoutName() throws Exception {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BtfTool.class.getName(),
                        "encode",
                        "/dev/stdin",
                        "-o",
                        out("quals.btf").toString())
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = run.getOutputStream()) {
            in.write(Files.readAllBytes(object("quals")));
        }
        String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.OK, run.waitFor(), text);
        assertArrayEquals(DwarfSample.expected("quals", "k612"), Files.readAllBytes(out("quals.btf")));
    }

    @Test
    void shouldTakeFeatures() throws IOException {
        String all = "+reproducible_build,global_var,attributes,true_signature,layout";
        CommandRun.btfOk("encode", "--features", all, object("globals"), "-o", out("all.btf"));
        assertArrayEquals(DwarfSample.expected("globals", "all"), Files.readAllBytes(out("all.btf")));
    }

    @Test
    void shouldLeaveOutLanguages() throws IOException {
        CommandRun.btfOk("encode", "--lang-exclude", "rust", object("rust_and_c"), "-o", out("c.btf"));
        assertArrayEquals(DwarfSample.expected("rust_and_c", "k612"), Files.readAllBytes(out("c.btf")));
    }

    @Test
    void shouldEncodeAllInOneCall() throws IOException {
        List<String> names = List.of("quals", "enums", "funcs", "kfuncs", "i386", "arm32");
        Path list = Files.writeString(
                out("list"),
                String.join(
                        "\n",
                        names.stream().map(name -> object(name).toString()).toList()));
        CommandRun run = CommandRun.btf("encode", "-j", 3, "--out-dir", out("btf"), "@" + list);
        assertEquals("6 objects, 6 encoded\n", run.err());
        assertEquals(ExitCode.OK, run.status());
        for (String name : names) {
            assertArrayEquals(
                    DwarfSample.expected(name, "k612"),
                    Files.readAllBytes(out("btf").resolve(name + ".o.BTF")),
                    name);
        }
    }

    @Test
    void shouldEncodeTheOthersIfOneFails() {
        CommandRun run =
                CommandRun.btf("encode", "--out-dir", out("btf"), object("atomic"), object("quals"), object("nodebug"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                List.of(
                        "ERROR: " + out("atomic.o.xz") + ": unit 'src/atomic.c': DW_TAG_atomic_type: has no form in"
                                + " BTF, at 0x5d of .debug_info",
                        "NOTE: " + out("nodebug.o.xz") + ": has no DWARF that is encoded, so no BTF was made",
                        "3 objects, 1 encoded, 1 failed"),
                run.err().lines().toList());
        assertTrue(Files.exists(out("btf").resolve("quals.o.BTF")));
        assertFalse(Files.exists(out("btf").resolve("atomic.o.BTF")));
    }

    @Test
    void shouldPutBtfIntoTheObject() throws IOException {
        Path object = DwarfSample.unpacked("quals", folder);
        CommandRun.btfOk("encode", "--in-place", object);
        assertArrayEquals(
                DwarfSample.expected("quals", "k612"), new RawElfReader(Files.readAllBytes(object)).bytes(".BTF"));
    }

    @Test
    void shouldNotTouchAnObjectThatFails() throws IOException {
        Path object = DwarfSample.unpacked("atomic", folder);
        byte[] before = Files.readAllBytes(object);
        assertEquals(
                ExitCode.FAILURE, CommandRun.btf("encode", "--in-place", object).status());
        assertArrayEquals(before, Files.readAllBytes(object));
    }

    @Test
    void shouldUseTheBtfOfVmlinuxAsBaseOfTheRest() throws IOException {
        CommandRun run = CommandRun.btf(
                "encode",
                "--vmlinux",
                object("recursive"),
                "-o",
                out("base.btf"),
                "--out-dir",
                out("btf"),
                object("anon"));
        assertEquals("2 objects, 2 encoded\n", run.err());
        assertArrayEquals(DwarfSample.expected("recursive", "k612"), Files.readAllBytes(out("base.btf")));
        Btf base = BtfSource.load(out("base.btf"));
        Btf split = BtfSource.load(out("btf").resolve("anon.o.BTF"), base);
        assertEquals(base.typeCount(), split.firstTypeId());
        assertTrue(split.typeCount() > split.firstTypeId());
    }

    @Test
    void shouldDistillTheBase() throws IOException {
        CommandRun.btfOk("encode", object("recursive"), "-o", out("base.btf"));
        Path module = DwarfSample.unpacked("scopes", folder);
        CommandRun.btfOk("encode", "--features", "+distilled_base", "-B", out("base.btf"), "--in-place", module);
        assertTrue(new RawElfReader(Files.readAllBytes(module))
                .section(".BTF.base")
                .isPresent());
    }

    @Test
    void shouldSayWhatIsLeftOut() {
        CommandRun run = CommandRun.btf("encode", "-v", object("isra_exec"), "-o", out("isra.btf"));
        assertTrue(run.err().contains(" left out: parameters are optimized out\n"), run.err());
    }

    @Test
    void shouldReportAsJson() {
        CommandRun run = CommandRun.btf("encode", "--json", "--out-dir", out("btf"), object("quals"), object("atomic"));
        String json = new String(run.out(), StandardCharsets.UTF_8);
        assertEquals("", run.err());
        assertTrue(json.contains("\"outcome\" : \"written\""), json);
        assertTrue(json.contains("\"bytes\" : " + DwarfSample.expected("quals", "k612").length), json);
        assertTrue(json.contains("\"outcome\" : \"failed\""), json);
        assertTrue(json.contains("\"exitStatus\" : 1"), json);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        String hint = " (see btf encode --help)\n";
        Path object = object("quals");
        assertEquals(
                "btf encode: no output given, expected -o OUT, --out-dir DIR or --in-place" + hint,
                CommandRun.btf("encode", object).err());
        assertEquals(
                "btf encode: no object given, expected one ELF file or more" + hint,
                CommandRun.btf("encode", "-o", "x").err());
        assertEquals(
                "btf encode: --out-dir and --in-place are given, expected one of them" + hint,
                CommandRun.btf("encode", "--in-place", "--out-dir", "x", object).err());
        assertEquals(
                "btf encode: no language 'klingon', expected such as rust, c++, asm" + hint,
                CommandRun.btf("encode", "--lang-exclude", "klingon", object, "-o", "x")
                        .err());
        CommandRun run = CommandRun.btf("encode", "--features", "var,vars", object, "-o", "x");
        assertEquals(ExitCode.USAGE, run.status());
        assertTrue(run.err().startsWith("btf encode: no feature 'vars', expected some of encode_force,"), run.err());
    }
}
