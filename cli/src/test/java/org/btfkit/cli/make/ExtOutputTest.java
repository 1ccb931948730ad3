package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where what several objects say of their instructions goes. */
class ExtOutputTest {
    @TempDir
    Path folder;

    private Path first;
    private Path second;

    private Path file(String name) {
        return folder.resolve(name);
    }

    /** An object with one function in a section of 16 bytes. */
    private Path object(String name) throws IOException {
        BtfBuilder btf = BtfBuilder.create();
        int func = btf.addFunc("prog_" + name, btf.addFuncProto(0), BtfType.Linkage.GLOBAL);
        BtfExt.Group<BtfExt.FuncInfo> group =
                new BtfExt.Group<>(btf.addString("tp/x"), List.of(new BtfExt.FuncInfo(0, func)));
        BtfExt ext = BtfExt.of(ByteOrder.LITTLE_ENDIAN, List.of(group), List.of(), List.of());
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section("tp/x").data(new byte[16]);
        elf.section(".BTF").data(BtfWriter.toBytes(btf.build()));
        elf.section(".BTF.ext").data(ext.toBytes());
        return Files.write(file(name + ".o"), elf.withSymtab().toBytes());
    }

    /** What a linker might make of both, with so many bytes of instructions. */
    private Path linked(int bytes) throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section("tp/x").data(new byte[bytes]);
        return Files.write(file("linked.o"), elf.withSymtab().toBytes());
    }

    @BeforeEach
    void makeObjects() throws IOException {
        first = object("a");
        second = object("b");
    }

    private static List<Integer> places(byte[] ext) {
        return BtfExt.parse(ext, "ext").funcInfo().get(0).records().stream()
                .map(BtfExt.FuncInfo::insnOffBytes)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "dedup"})
    void shouldSayWhatIsLeftOutOfRawBtf(String command) {
        CommandRun run = CommandRun.btf(command, first, second, "-o", file("all.btf"));
        assertEquals(ExitCode.OK, run.status());
        assertEquals(
                "WARN: " + file("all.btf") + ": .BTF.ext of the inputs is left out, as this is raw BTF; --out-ext FILE"
                        + " keeps it\n",
                run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "dedup"})
    void shouldWriteItBesideRawBtf(String command) throws IOException {
        CommandRun.btfOk(command, first, second, "-o", file("all.btf"), "--out-ext", file("all.ext"));
        assertEquals(List.of(0, 16), places(Files.readAllBytes(file("all.ext"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "dedup"})
    void shouldPutItIntoTheObjectsLinked(String command) throws IOException {
        CommandRun.btfOk(command, first, second, "-o", linked(32));
        byte[] ext = new RawElfReader(Files.readAllBytes(file("linked.o"))).bytes(".BTF.ext");
        assertEquals(List.of(0, 16), places(ext));
    }

    @Test
    void shouldNotPutItIntoAnotherObject() throws IOException {
        CommandRun run = CommandRun.btf("merge", first, second, "-o", linked(24));
        assertEquals(ExitCode.OK, run.status());
        assertEquals(
                "WARN: " + file("linked.o")
                        + ": section 'tp/x' has 24 bytes, expected 32 as those of the inputs together,"
                        + " so .BTF.ext of the inputs is left out\n",
                run.err());
        assertTrue(new RawElfReader(Files.readAllBytes(file("linked.o")))
                .section(".BTF.ext")
                .isEmpty());
    }

    @Test
    void shouldSayWhatIsLeftOutOfEachByItself() throws IOException {
        CommandRun run = CommandRun.btf("dedup", "--raw", "--out-dir", file("d"), first);
        assertEquals(ExitCode.OK, run.status());
        assertEquals(
                "WARN: " + file("d/a.o.BTF") + ": .BTF.ext of " + first + " is left out, as this is raw BTF; -o OUT"
                        + " --out-ext FILE keeps it\n",
                run.err());
        CommandRun.btfOk("dedup", "--out-dir", file("e"), first);
        assertEquals(List.of(0), places(new RawElfReader(Files.readAllBytes(file("e/a.o"))).bytes(".BTF.ext")));
    }

    @Test
    void shouldRefuseAFileForNothing() throws IOException {
        Path plain = Files.write(
                file("plain.btf"), BtfWriter.toBytes(BtfBuilder.create().build()));
        CommandRun run = CommandRun.btf("merge", plain, "-o", file("all.btf"), "--out-ext", file("all.ext"));
        assertEquals("ERROR: " + plain + ": no .BTF.ext for --out-ext " + file("all.ext") + "\n", run.err());
        assertFalse(Files.exists(file("all.btf")));
        run = CommandRun.btf("dedup", first, "--out-dir", file("d"), "--out-ext", file("all.ext"));
        assertEquals(ExitCode.USAGE, run.status());
        assertTrue(run.err().startsWith("btf dedup: --out-ext and --out-dir are given"), run.err());
    }
}
