package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.assertSameText;
import static org.btfkit.btf.dump.DumpChecks.bytesOf;
import static org.btfkit.btf.dump.DumpChecks.golden;
import static org.btfkit.btf.dump.DumpChecks.parse;
import static org.btfkit.btf.dump.DumpChecks.textOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CDumperTest {
    private static final String VMLINUX = "vmlinux-6.12.117-cloud.btf";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"kinds", "kinds-be", "names", "split", "layout", "declarators", "order", "pointer32"})
    void shouldWriteWhatBpftoolWrites(String name) {
        Btf btf = parse(DumpCases.all().get(name));
        assertSameText(golden(name + ".sorted.h"), bytesOf(new CDumper(btf)::dump), name + " sorted");
        assertSameText(golden(name + ".unsorted.h"), bytesOf(unsorted(btf)::dump), name + " unsorted");
    }

    @Test
    void shouldTakePointersOfElf32ForSmall() throws IOException {
        Btf btf = BtfSource.load(Files.write(folder.resolve("elf32.o"), DumpCases.elf32()));
        assertSameText(golden("elf32.sorted.h"), bytesOf(new CDumper(btf)::dump), "sorted");
        assertSameText(golden("elf32.unsorted.h"), bytesOf(unsorted(btf)::dump), "unsorted");
    }

    @Test
    void shouldWriteVmlinuxAsBpftoolDoes() throws IOException {
        Btf btf = BtfSource.load(OracleData.file(VMLINUX));
        assertSameText(oracle("dump/vmlinux.sorted.h"), bytesOf(new CDumper(btf)::dump), "sorted");
        assertSameText(oracle("dump/vmlinux.unsorted.h"), bytesOf(unsorted(btf)::dump), "unsorted");
    }

    @Test
    void shouldWriteModuleAsBpftoolDoes() throws IOException {
        Btf base = BtfSource.load(OracleData.file(VMLINUX));
        Btf btf = BtfSource.load(OracleData.file("dump/nf_conntrack.ko"), base);
        assertSameText(oracle("dump/nf_conntrack.c.txt"), bytesOf(new CDumper(btf)::dump), "nf_conntrack");
    }

    @Test
    void shouldWriteClangObjectsAsBpftoolDoes() throws IOException {
        List<Path> inputs = OracleData.list("cases/dump", ".btf");
        assertTrue(inputs.size() >= 4, "cases");
        for (Path input : inputs) {
            String stem = input.toString().substring(0, input.toString().length() - ".btf".length());
            Btf btf = BtfSource.load(input);
            byte[] sorted = Files.readAllBytes(Path.of(stem + ".c"));
            assertSameText(sorted, bytesOf(new CDumper(btf)::dump), stem);
            byte[] unsorted = Files.readAllBytes(Path.of(stem + ".unsorted.c"));
            assertSameText(unsorted, bytesOf(unsorted(btf)::dump), stem + " unsorted");
        }
    }

    private static byte[] oracle(String relative) throws IOException {
        return Files.readAllBytes(OracleData.file(relative));
    }

    private static CDumper unsorted(Btf btf) {
        return new CDumper(btf, CDumpOptions.DEFAULT.withSorted(false));
    }

    private static CDumpOptions types() {
        return CDumpOptions.DEFAULT.withPreamble(false).withSorted(false);
    }

    private static String text(RawBtf raw, CDumpOptions options) {
        return textOf(new CDumper(parse(raw), options)::dump);
    }

    @Test
    void shouldWriteRootsWithWhatTheyNeed() {
        String expected = """
                struct list;

                typedef struct list list_t;

                struct other;

                union late;

                struct item {
                \tlist_t *owner;
                \tvoid (*call)(struct other *other, list_t *list, struct {
                \t\tstruct other *other;
                \t\tunion late *late;
                \t} *anonymous);
                \tlong: 64;
                };

                """;
        assertEquals(expected, text(DumpCases.order(), types().withRootNames("item")));
        assertEquals(expected, text(DumpCases.order(), types().withRootIds(6)));
        assertEquals("union late {\n\tint i;\n};\n\n", text(DumpCases.order(), types().withRootIds(14)));
    }

    @Test
    void shouldWriteRootsInTheOrderGiven() {
        assertEquals(
                "union late {\n\tint i;\n};\n\nstruct nowhere;\n\nstruct other {\n\tstruct other *self;\n};\n\n",
                text(DumpCases.order(), types().withRootIds(14, 15).withRootNames("other")));
    }

    @Test
    void shouldWriteAllTypesOfARootName() {
        assertEquals(
                "struct twin {\n\tint a;\n};\n\nunion twin___2 {\n\tint b;\n};\n\n"
                        + "typedef struct twin twin;\n\ntypedef union twin___2 twin___2;\n\n",
                text(DumpCases.names(), types().withRootNames("twin")));
    }

    @Test
    void shouldRejectRootsThatAreNotThere() {
        Btf btf = parse(DumpCases.order());
        OutputStream closed = OutputStream.nullOutputStream();
        IllegalArgumentException noId = assertThrows(
                IllegalArgumentException.class, () -> new CDumper(btf, types().withRootIds(21)).dump(closed));
        assertEquals("no type [21], there are 21", noId.getMessage());
        IllegalArgumentException noName = assertThrows(
                IllegalArgumentException.class, () -> new CDumper(btf, types().withRootNames("lis")).dump(closed));
        assertEquals("generated: no type is named 'lis'", noName.getMessage());
    }

    @Test
    void shouldLeaveOutTypesOfBase() {
        Btf btf = parse(DumpCases.split());
        assertEquals(
                "struct in_split {\n\tstruct in_base *p;\n\tstruct in_base x;\n};\n\n",
                textOf(new CDumper(btf, types().withExclude(btf.base()))::dump));
    }

    @Test
    void shouldLeaveOutWhatAnotherBtfDeclares() {
        RawBtf other = RawBtf.littleEndian();
        int otherInt = other.addInt("int", 4, RawBtf.SIGNED);
        other.addStruct("same", 4, Member.of("x", otherInt, 0));
        other.addStruct("larger_there", 8, Member.of("x", otherInt, 0));
        other.addTypedef("number", otherInt);
        other.addEnum("", 4, false, new Enumerator("ONE", 1), new Enumerator("TWO", 2));
        other.addStruct("whole_there", 4, Member.of("x", otherInt, 0));
        other.addEnum("first", 4, false, new Enumerator("TWICE", 1));
        other.addEnum("second", 4, false, new Enumerator("TWICE", 2));
        RawBtf raw = RawBtf.littleEndian();
        int padId = raw.addPtr(0);
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int sameId = raw.addStruct("same", 4, Member.of("x", intId, 0));
        int largerId = raw.addStruct("larger_there", 4, Member.of("x", intId, 0));
        int numberId = raw.addTypedef("number", intId);
        raw.addEnum("", 4, false, new Enumerator("ONE", 1), new Enumerator("TWO", 2));
        raw.addFwd("whole_there", false);
        raw.addEnum("mine", 4, false, new Enumerator("TWO", 2), new Enumerator("TWICE", 3));
        raw.addStruct(
                "user",
                24,
                Member.of("a", sameId, 0),
                Member.of("b", largerId, 32),
                Member.of("c", numberId, 64),
                Member.of("d", padId, 128));
        assertEquals("""
                struct larger_there___2 {
                \tint x;
                };

                enum mine {
                \tTWO___2 = 2,
                \tTWICE___3 = 3,
                };

                struct user {
                \tstruct same a;
                \tstruct larger_there___2 b;
                \tnumber c;
                \tvoid *d;
                };

                """, text(raw, types().withExclude(parse(other))));
    }

    @Test
    void shouldPutPrefixBeforeNamesThatItDeclares() {
        RawBtf raw = RawBtf.littleEndian();
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int fwdId = raw.addFwd("opaque", false);
        int structId = raw.addStruct("s", 16, Member.of("i", intId, 0), Member.of("p", raw.addPtr(fwdId), 64));
        raw.addTypedef("t", structId);
        raw.addEnum("e", 4, false, new Enumerator("E", 1));
        assertEquals("""
                struct my_opaque;

                struct my_s {
                \tint i;
                \tstruct my_opaque *p;
                };

                typedef struct my_s my_t;

                enum my_e {
                \tmy_E = 1,
                };

                """, text(raw, types().withPrefix("my_")));
    }

    @Test
    void shouldWriteForwardDeclarationsOnly() {
        CDumpOptions options = types().withForwardOnly(true);
        assertEquals(
                "struct list;\nstruct item;\nstruct other;\nunion late;\nstruct uses_nowhere;\nstruct nowhere;\n",
                text(DumpCases.order(), options));
        assertEquals(
                "struct item;\nunion late;\nstruct list;\nstruct other;\nstruct uses_nowhere;\nstruct nowhere;\n",
                text(DumpCases.order(), options.withSorted(true)));
        assertEquals("union late;\n", text(DumpCases.order(), options.withRootNames("late", "list_t")));
    }

    @Test
    void shouldGuardHeaderAsTold() {
        Btf btf = parse(DumpCases.split());
        String guarded = textOf(new CDumper(btf, CDumpOptions.DEFAULT.withGuard("__MINE_H__"))::dump);
        assertTrue(guarded.startsWith("#ifndef __MINE_H__\n#define __MINE_H__\n\n#ifndef BPF_NO"), guarded);
        assertTrue(guarded.endsWith("#endif\n\n#endif /* __MINE_H__ */\n"), guarded);
        String companion = textOf(new CDumper(btf, CDumpOptions.DEFAULT.withExclude(btf.base()))::dump);
        assertTrue(companion.startsWith("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"), companion);
        assertTrue(companion.endsWith("#pragma clang attribute pop\n#endif\n"), companion);
    }

    @Test
    void shouldSizePointersAsTold() {
        RawBtf raw = RawBtf.littleEndian();
        int ptrId = raw.addPtr(0);
        raw.addStruct("s", 8, Member.of("p", ptrId, 0));
        assertEquals("struct s {\n\tvoid *p;\n};\n\n", text(raw, types()));
        assertEquals("struct s {\n\tvoid *p;\n\tlong: 32;\n};\n\n", text(raw, types().withPointerSize(4)));
    }

    @Test
    void shouldPassFailureOfStreamOn() {
        IOException full = new IOException("full");
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw full;
            }
        };
        Btf btf = parse(DumpCases.kinds(ByteOrder.LITTLE_ENDIAN));
        assertSame(full, assertThrows(IOException.class, () -> new CDumper(btf).dump(out)));
    }

    @Test
    void shouldCopyNamesAsBytes() {
        byte[] dump = bytesOf(new CDumper(parse(DumpCases.names()), types())::dump);
        String text = new String(dump, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("typedef int l\u00e4\u00ff;"), text);
    }
}
