package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.BtfTool;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.Bpftool;
import org.btfkit.fixtures.tool.Clang;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New BTF in objects of clang: instructions and relocations follow it. */
@Tag("conformance")
class BpfObjectConformance {
    private static final String SOURCE = """
            struct node { int value; struct node *next; };
            int zeta = 3;
            static struct node last;
            long alpha;
            const volatile int limit = 7;
            static __attribute__((noinline)) int count(struct node *from) { return from ? from->value + limit : zeta; }
            int walk(struct node *from) { last.value++; return count(from) + (int) alpha; }
            struct node *tail(void) { return &last; }
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"sort, LITTLE", "dedup, LITTLE", "sort, BIG", "dedup, BIG"})
    void shouldFollowTheBtf(String command, String endian) throws IOException {
        ByteOrder order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Path source = Files.writeString(folder.resolve("nodes.c"), SOURCE);
        Path object = Clang.compileBpf(source, order, folder.resolve("nodes.o"));
        Path result = folder.resolve("result.o");
        ByteArrayOutputStream talk = new ByteArrayOutputStream();
        int status = new BtfTool(talk, new PrintStream(talk)).run(command, object.toString(), "-o", result.toString());
        assertEquals(0, status, talk.toString());

        List<String> variables = List.of("alpha", "last", "limit", "zeta");
        assertEquals(variables, List.copyOf(relocated(object).keySet()));
        assertEquals(relocated(object), relocated(result));
        assertEquals(functions(object), functions(result));
        assertTrue(
                functions(object).containsValue("walk"), () -> functions(object).toString());
        if (command.equals("sort")) {
            int before = BtfSource.load(object).find(BtfKind.STRUCT, "node");
            assertNotEquals(before, BtfSource.load(result).find(BtfKind.STRUCT, "node"), "nothing was sorted");
        }
        assertFalse(Bpftool.dumpRaw(result, null).isEmpty());
    }

    /** What the relocations of .BTF are for: name of a variable to the symbol whose offset it gets. */
    private static Map<String, String> relocated(Path object) throws IOException {
        RawElfReader elf = new RawElfReader(Files.readAllBytes(object));
        byte[] btf = elf.bytes(".BTF");
        ByteBuffer words = ByteBuffer.wrap(btf).order(elf.variant().order());
        ByteBuffer table =
                ByteBuffer.wrap(elf.bytes(".rel.BTF")).order(elf.variant().order());
        Btf parsed = BtfSource.load(object);
        Map<String, String> found = new TreeMap<>();
        while (table.hasRemaining()) {
            int place = (int) table.getLong();
            int symbol = (int) (table.getLong() >>> 32);
            int variableId = words.getInt(place - 4);
            assertEquals(BtfKind.VAR, parsed.kind(variableId));
            found.put(parsed.name(variableId), elf.symbols().get(symbol).name() + "/" + symbol);
        }
        return found;
    }

    /** Which function begins where: section and offset to name. */
    private static Map<String, String> functions(Path object) {
        try (BtfSource source = BtfSource.open(object)) {
            Btf btf = source.btf(null);
            Map<String, String> found = new TreeMap<>();
            for (BtfExt.Group<BtfExt.FuncInfo> group : source.ext().funcInfo()) {
                for (BtfExt.FuncInfo info : group.records()) {
                    assertTrue(btf.type(info.typeId()) instanceof BtfType.Func);
                    found.put(btf.string(group.sectionNameOff()) + "+" + info.insnOffBytes(), btf.name(info.typeId()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
