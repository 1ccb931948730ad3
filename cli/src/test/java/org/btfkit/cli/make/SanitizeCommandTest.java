package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.transform.Downgrader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SanitizeCommandTest {
    private static final int EM_BPF = 247;

    @TempDir
    Path folder;

    private final BtfBuilder btf = BtfBuilder.create();
    private final int intId = btf.addInt("int", 4, BtfBuilder.INT_SIGNED);

    private Path out(String name) {
        return folder.resolve(name);
    }

    private Path raw() throws IOException {
        return Files.write(out("in.btf"), BtfWriter.toBytes(btf.build()));
    }

    /** A BPF object with a variable, for which only the object knows its place. */
    private Path object() throws IOException {
        btf.addFloat("float", 4);
        int var = btf.addVar("count", intId, BtfType.Linkage.GLOBAL);
        btf.addDatasec(".bss", 0);
        btf.addVariable(var, 0, 4);
        RawElf elf = RawElf.of(ElfVariant.MODULE).header(RawElf.Ehdr.MACHINE, EM_BPF);
        RawElf.Section bss = elf.section(".bss").nobits(8);
        elf.symbol("count").binding(1).type(1).in(bss).value(4);
        elf.section(".BTF").data(BtfWriter.toBytes(btf.build()));
        return Files.write(out("prog.bpf.o"), elf.withSymtab().toBytes());
    }

    @Test
    void shouldRepairAndDowngradeAnObject() throws IOException {
        Path object = object();
        CommandRun run = CommandRun.btf("sanitize", "--for", "5.4", "-v", object, "-o", out("out.btf"));
        assertEquals(ExitCode.OK, run.status(), run.err());
        assertEquals(
                List.of(
                        "type [4] DATASEC '.bss': 8 bytes (was 0), variables placed by the object",
                        "type [2] FLOAT 'float' becomes STRUCT without name",
                        "1 of 4 types changed"),
                run.err().lines().toList());
        Btf result = BtfSource.load(out("out.btf"));
        assertEquals(List.of(new BtfType.SectionVar(3, 4, 4)), ((BtfType.Datasec) result.type(4)).variables());
        assertEquals(BtfKind.STRUCT, result.kind(2));
    }

    @Test
    void shouldLeaveAnObjectOneIfAskedTo() throws IOException {
        Path object = object();
        CommandRun.btfOk("sanitize", "--without", "float", "--object", object, "-o", out("old.o"));
        RawElfReader elf = new RawElfReader(Files.readAllBytes(out("old.o")));
        Btf result = Btf.parse(elf.bytes(".BTF"), null, "old.o");
        assertEquals(BtfKind.STRUCT, result.kind(2));
        assertEquals(0, result.sizeOrType(4), "left for libbpf to fill in");
        CommandRun run = CommandRun.btf("sanitize", "--without", "float", "--object", raw(), "-o", out("no.o"));
        assertEquals("ERROR: " + out("in.btf") + ": no ELF file, expected a BPF object for --object\n", run.err());
    }

    @Test
    void shouldDowngradeByWordsOfLibbpf() throws IOException {
        btf.addFloat("float", 4);
        btf.addEnum64("wide", 8, false);
        btf.addEnumerator("A", 1L << 40);
        Path in = raw();
        CommandRun.btfOk("sanitize", "--without", "float,enum64", in, "-o", out("out.btf"));
        Btf expected = Downgrader.forRelease("5.12").downgrade(btf.build()).btf();
        assertArrayEquals(BtfWriter.toBytes(expected), Files.readAllBytes(out("out.btf")));
    }

    @Test
    void shouldWarnOfParametersWithoutNames() throws IOException {
        int proto = btf.addFuncProto(0);
        btf.addParam("", intId);
        btf.addFunc("f", proto, BtfType.Linkage.STATIC);
        Path in = raw();
        CommandRun run = CommandRun.btf("sanitize", "--for", "4.18", in, "-o", out("out.btf"));
        assertEquals(ExitCode.OK, run.status());
        assertTrue(run.err().startsWith("WARN: kernels will refuse the result, as they would libbpf's: "), run.err());
        assertTrue(run.err().endsWith("; --names gives one to parameters without\n"), run.err());
        CommandRun.btfOk("sanitize", "--for", "4.18", "--names", in, "-o", out("named.btf"));
    }

    @Test
    void shouldWarnOfWhatHasNoSubstitute() throws IOException {
        btf.addEnum("small", 1, false);
        btf.addEnumerator("A", 1);
        Path in = raw();
        assertEquals(
                "WARN: " + in
                        + ": 5.4 will refuse the result for ENUMs that do not have 4 bytes, which came with 5.5 and"
                        + " have no substitute\n",
                CommandRun.btf("sanitize", "--for", "5.4", in, "-o", out("out.btf"))
                        .err());
        CommandRun.btfOk("sanitize", "--for", "5.10", in, "-o", out("out.btf"));
    }

    @Test
    void shouldRefuseSplitBtf() throws IOException {
        Path base = raw();
        BtfBuilder split = BtfBuilder.splitOn(BtfSource.load(base));
        split.addPtr(intId);
        Path module = Files.write(out("module.btf"), BtfWriter.toBytes(split.build()));
        CommandRun run = CommandRun.btf("sanitize", "--for", "5.4", "-B", base, module, "-o", out("out.btf"));
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                "ERROR: " + module + ": split on " + base
                        + ", whose ids and strings would move as well; make one of both"
                        + " first: btf merge --flatten -B BASE " + module + " -o ALL\n",
                run.err());
        assertFalse(Files.exists(out("out.btf")));
    }

    @Test
    void shouldRefuseMisuse() throws IOException {
        Path in = raw();
        Path out = out("out.btf");
        assertMisuse("no kernel given, expected --for RELEASE or --without FEATURES", in, "-o", out);
        assertMisuse(
                "--without 'flaot': expected some of func, datasec, global_func, float, decl_tag, type_tag, enum64, qmark,"
                        + " attribute, layout, large_vlen",
                "--without",
                "flaot",
                in,
                "-o",
                out);
        assertMisuse("--for 4.17: release '4.17': has no BTF, expected 4.18 or later", "--for", "4.17", in, "-o", out);
        assertMisuse(
                "--for new: release 'new': expected two numbers and what may follow, such as 5.4 or 6.12.9-arch1",
                "--for",
                "new",
                in,
                "-o",
                out);
        assertFalse(Files.exists(out));
    }

    private static void assertMisuse(String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "sanitize";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandRun run = CommandRun.btf(all);
        assertEquals(ExitCode.USAGE, run.status());
        assertEquals("btf sanitize: " + message + " (see btf sanitize --help)\n", run.err());
    }
}
