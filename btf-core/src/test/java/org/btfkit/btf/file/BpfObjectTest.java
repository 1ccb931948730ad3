package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.Clang;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** .BTF and .BTF.ext of objects that clang made. */
class BpfObjectTest {
    private static final String SOURCE = """
            struct inner { int a; long b[3]; } __attribute__((preserve_access_index));
            struct outer { struct inner *in; } __attribute__((preserve_access_index));
            __attribute__((section("tp/one"))) int one(struct outer *out) { return out->in->a; }
            __attribute__((section("tp/two"))) int two(struct outer *out)
            {
                return out->in->b[1];
            }
            """;

    @TempDir
    Path folder;

    private static BtfExt assertRoundTrip(Path object, Btf btf) throws IOException {
        try (ElfFile elf = ElfFile.open(object);
                BtfSource source = BtfSource.of(elf)) {
            byte[] bytes = elf.bytes(elf.section(BtfSections.EXT));
            BtfExt ext = source.ext();
            assertArrayEquals(bytes, ext.toBytes(), object.toString());
            ext.validate(btf);

            ByteOrder other = ext.order() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            BtfExt swapped = BtfExt.parse(ext.toBytes(other), "swapped");
            assertEquals(ext.lineInfo(), swapped.lineInfo());
            assertArrayEquals(bytes, swapped.toBytes(ext.order()), object.toString());
            assertArrayEquals(elf.bytes(elf.section(BtfSections.BTF)), BtfWriter.toBytes(btf));
            return ext;
        }
    }

    @Test
    void shouldReadAndKeepObjectsOfTheOracle() throws IOException {
        List<Path> objects = OracleData.list("cases/dump", ".bpf.o");
        assertTrue(objects.size() >= 4);
        for (Path object : objects) {
            Btf btf = BtfSource.load(object);
            BtfExt ext = assertRoundTrip(object, btf);
            for (BtfExt.Group<BtfExt.FuncInfo> group : ext.funcInfo()) {
                for (BtfExt.FuncInfo info : group.records()) {
                    assertEquals(BtfKind.FUNC, btf.kind(info.typeId()));
                }
            }
        }
    }

    @Test
    void shouldSayWhatTheSourceSays() throws IOException {
        Path source = Files.writeString(folder.resolve("prog.c"), SOURCE);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Path object = Clang.compileBpf(source, order, folder.resolve("prog.o"));
            Btf btf = BtfSource.load(object);
            BtfExt ext = assertRoundTrip(object, btf);
            assertEquals(order, ext.order());
            assertEquals(
                    List.of("tp/one: one", "tp/two: two"),
                    describe(btf, ext.funcInfo(), info -> btf.name(info.typeId())));
            assertTrue(describe(btf, ext.lineInfo(), info -> btf.string(info.lineOff()) + " :" + info.line())
                    .contains("tp/two:     return out->in->b[1]; :6"));
            assertEquals(
                    List.of("tp/one: outer 0:0", "tp/one: inner 0:0", "tp/two: outer 0:0", "tp/two: inner 0:1:1"),
                    describe(
                            btf,
                            ext.coreRelo(),
                            relo -> btf.name(relo.typeId()) + " " + btf.string(relo.accessStrOff())));
        }
    }

    @Test
    void shouldFollowAppendedBtf() throws IOException {
        Path source = Files.writeString(folder.resolve("prog.c"), SOURCE);
        Path object = Clang.compileBpf(source, ByteOrder.LITTLE_ENDIAN, folder.resolve("prog.o"));
        Btf btf = BtfSource.load(object);
        BtfExt ext = assertRoundTrip(object, btf);
        BtfBuilder builder = BtfBuilder.create();
        builder.addFloat("double", 8);
        builder.append(btf);
        int[] idMap = builder.append(btf);
        BtfExt moved = ext.map(id -> idMap[id], off -> builder.addString(btf, off));
        Btf all = builder.build();
        moved.validate(all);
        assertEquals(
                describe(btf, ext.coreRelo(), relo -> btf.name(relo.typeId()) + btf.string(relo.accessStrOff())),
                describe(all, moved.coreRelo(), relo -> all.name(relo.typeId()) + all.string(relo.accessStrOff())));
        assertEquals(
                describe(btf, ext.lineInfo(), info -> btf.string(info.fileNameOff()) + btf.string(info.lineOff())),
                describe(all, moved.lineInfo(), info -> all.string(info.fileNameOff()) + all.string(info.lineOff())));
        assertTrue(moved.funcInfo().get(0).records().get(0).typeId() > btf.typeCount());
    }

    /** Describes a record. */
    private interface Text<T> {
        String of(T record);
    }

    private static <T> List<String> describe(Btf btf, List<BtfExt.Group<T>> groups, Text<T> text) {
        List<String> result = new ArrayList<>();
        for (BtfExt.Group<T> group : groups) {
            for (T record : group.records()) {
                result.add(btf.string(group.sectionNameOff()) + ": " + text.of(record));
            }
        }
        return result;
    }
}
