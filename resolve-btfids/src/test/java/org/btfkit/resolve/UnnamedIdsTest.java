package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.resolve.Workbench.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects whose id symbols are gone: sets go over to new BTF by their ids, and what is not certain is refused. */
class UnnamedIdsTest {
    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    /** Sorting by name turns the functions round. */
    private static RawBtf btf(ElfVariant variant) {
        return btf(variant, true);
    }

    private static RawBtf btf(ElfVariant variant, boolean tags) {
        RawBtf btf = RawBtf.of(variant.order());
        int proto = btf.addFuncProto(btf.addInt("int", 4, RawBtf.SIGNED));
        btf.addFunc("zz", proto, 1);
        btf.addFunc("mm", proto, 1);
        btf.addFunc("aa", proto, 1);
        btf.addStruct("s", 0);
        for (int func = 3; tags && func <= 5; func++) {
            btf.addDeclTag("bpf_kfunc", func, -1, false);
        }
        return btf;
    }

    private static BtfIdsObject object(ElfVariant variant) {
        return BtfIdsObject.of(variant)
                .with(new IdSet8(
                        "k",
                        BtfIdsObject.SET8_KFUNCS,
                        List.of(Entry.func("zz", 16), Entry.func("mm", 2), Entry.func("aa", 4))))
                .withBtf(btf(variant).toBytes());
    }

    /** The object with the section as it is resolved, and nothing of the symbols. */
    private static byte[] stripped(BtfIdsObject object, byte[] section) {
        RawElf elf = RawElf.of(object.variant());
        elf.section(".BTF_ids").data(section).addr(object.address());
        elf.section(".BTF").data(object.btf());
        return elf.toBytes();
    }

    private static byte[] stripped(BtfIdsObject object) {
        return stripped(object, object.resolvedSection(IdLookup.in(btf(object.variant()))));
    }

    /** The flags by name of the one set that is at the start of a section. */
    private Map<String, Integer> flagsByName(byte[] file) throws IOException {
        Map<String, Integer> result = new TreeMap<>();
        try (ElfFile elf = ElfFile.open(Files.write(bench.path("read.ko"), file));
                BtfSource source = BtfSource.of(elf)) {
            Btf btf = source.btf(null);
            ByteBuffer words =
                    ByteBuffer.wrap(elf.bytes(elf.section(".BTF_ids"))).order(elf.order());
            int before = 0;
            for (int entry = 0; entry < words.getInt(0); entry++) {
                int id = words.getInt(8 + 8 * entry);
                assertTrue(id > before, "not sorted");
                before = id;
                result.put(btf.name(id), words.getInt(12 + 8 * entry));
            }
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldCarrySetsOverByTheirIds(ElfVariant variant) throws IOException {
        byte[] object = stripped(object(variant));
        Result result = bench.embed(object, ResolveOptions.withBase(null));
        assertEquals(Map.of("zz", 16, "mm", 2, "aa", 4), flagsByName(result.orThrow()));
        assertTrue(result.log().notes.get(0).startsWith(".BTF_ids: no id symbols, stripped; its 3 ids in 1 sets"));
        assertFalse(bench.embed(result.bytes(), ResolveOptions.withBase(null)).touched());
    }

    /** By chance an id is that of some function in BTF that it is not of. */
    @Test
    void shouldNotTakeIdsForThoseOfTheOwnBtfWhereNoTagsShowIt() throws IOException {
        BtfIdsObject one = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("k", BtfIdsObject.SET8_KFUNCS, List.of(Entry.func("mm", 2))));
        RawBtf plain = btf(ElfVariant.MODULE, false);
        for (RawBtf btf : List.of(plain, btf(ElfVariant.MODULE))) {
            byte[] bytes = stripped(one.withBtf(btf.toBytes()), one.resolvedSection(IdLookup.in(btf)));
            Result result = bench.embed(bytes, ResolveOptions.withBase(null));
            assertEquals(Reason.UNNAMED_IDS_OF_UNKNOWN_BTF, result.refusal().reason());
            assertEquals(
                    bench.path("object.ko") + ": .BTF_ids: 4 words hold ids or flags that no symbol names, the first at"
                            + " offset 0x0, and nothing shows that they are of " + bench.path("object.ko") + "(.BTF)",
                    result.refusal().getMessage());
        }
    }

    @Test
    void shouldTakeIdsForThoseOfTheOwnBtfWhereItIsNamed() throws IOException {
        BtfIdsObject object =
                object(ElfVariant.MODULE).withBtf(btf(ElfVariant.MODULE, false).toBytes());
        byte[] bytes = stripped(object, object.resolvedSection(IdLookup.in(btf(ElfVariant.MODULE, false))));
        Path itself = bench.write("itself.ko", bytes);
        Result result = bench.embed(bytes, ResolveOptions.withBase(null).withOld(itself, null));
        assertEquals(Map.of("zz", 16, "mm", 2, "aa", 4), flagsByName(result.orThrow()));
    }

    @Test
    void shouldTakeSingleIdsByTheOwnBtfWhereTagsShowIt() throws IOException {
        BtfIdsObject object = object(ElfVariant.MODULE).with(new IdList("l", List.of(Entry.of(Kind.STRUCT, "s"))));
        Result result = bench.embed(stripped(object), ResolveOptions.withBase(null));
        assertEquals(Map.of("zz", 16, "mm", 2, "aa", 4), flagsByName(result.orThrow()));
        try (ElfFile elf = ElfFile.open(Files.write(bench.path("read.ko"), result.bytes()));
                BtfSource source = BtfSource.of(elf)) {
            ByteBuffer words =
                    ByteBuffer.wrap(elf.bytes(elf.section(".BTF_ids"))).order(elf.order());
            assertEquals("s", source.btf(null).name(words.getInt(words.capacity() - 4)));
        }
    }

    /** Where type 1 has a name, a count of 1 may as well be its id. */
    @Test
    void shouldRefuseUncertainLayout() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        btf.addStruct("a", 0);
        btf.addFunc("f", btf.addFuncProto(0), 1);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("k", BtfIdsObject.SET8_KFUNCS, List.of(Entry.func("f", 1))))
                .withBtf(btf.toBytes());
        ResolveOptions options = bench.withOld(ResolveOptions.withBase(null), btf);
        Result result = bench.embed(stripped(object, object.resolvedSection(IdLookup.in(btf))), options);
        assertEquals(
                bench.path("object.ko") + ": .BTF_ids: 4 words hold ids or flags that no symbol names, the first at"
                        + " offset 0x0, and by " + bench.path("old.btf") + " it is not certain which words are ids",
                result.refusal().getMessage());
    }

    @Test
    void shouldTakeSingleIdsByTheBtfThatIsNamed() throws IOException {
        BtfIdsObject object = object(ElfVariant.MODULE).with(new IdList("l", List.of(Entry.of(Kind.STRUCT, "s"))));
        ResolveOptions options = bench.withOld(ResolveOptions.withBase(null), btf(ElfVariant.MODULE));
        Result result = bench.embed(stripped(object), options);
        assertEquals(Map.of("zz", 16, "mm", 2, "aa", 4), flagsByName(result.orThrow()));
    }

    @Test
    void shouldRefuseFlagsOfUnresolvedObject() throws IOException {
        BtfIdsObject object = object(ElfVariant.MODULE);
        byte[] bytes = stripped(object, object.section());
        Result result = bench.embed(bytes, ResolveOptions.withBase(null));
        assertTrue(
                result.refusal().getMessage().contains("it was never resolved: only 4 words that stand where flags"));
        SetReport report = bench.check(bytes, ResolveOptions.withBase(null))
                .report()
                .sets()
                .get(0);
        assertTrue(report.isUnnamed());
        assertEquals(SetReport.State.UNRESOLVED, report.state());
    }

    @Test
    void shouldRefuseObjectThatHasLostSomeSymbols() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).resolvedElf(IdLookup.in(btf(ElfVariant.MODULE)));
        String name = object(ElfVariant.MODULE).idSymbols().get(0).symbolName();
        elf.findSymbol(name).shndx(RawElf.SHN_ABS);
        Result result = bench.embed(elf.toBytes(), ResolveOptions.withBase(null));
        assertTrue(result.refusal().getMessage().contains("while 2 other id symbols are there"));
    }

    @Test
    void shouldSayThatIdsCannotBeChecked() throws IOException {
        Result result = bench.check(stripped(object(ElfVariant.MODULE)), ResolveOptions.withBase(null));
        assertEquals(SetReport.State.UNKNOWN, result.report().sets().get(0).state());
        assertTrue(result.log().warnings.get(0).endsWith("so they cannot be checked"));
        try (ElfFile elf = ElfFile.open(bench.path("object.ko"))) {
            assertTrue(BtfIdsResolver.hasIds(elf));
        }
    }

    @Test
    void shouldResolveSymbolsWithSuffix() throws IOException {
        for (String suffix : List.of(".llvm.12345", ".1")) {
            RawElf elf = RawElf.of(ElfVariant.MODULE).withSymtab();
            elf.section(".BTF_ids").data(new byte[8]);
            elf.section(".BTF").data(btf(ElfVariant.MODULE).toBytes());
            elf.symbol("__BTF_ID__set__x" + suffix).in(elf.find(".BTF_ids")).size(8);
            elf.symbol("__BTF_ID__func__mm__7" + suffix)
                    .in(elf.find(".BTF_ids"))
                    .value(4)
                    .size(4);
            Result result = bench.resolve(elf.toBytes(), ResolveOptions.withBase(null));
            try (ElfFile file = ElfFile.open(Files.write(bench.path("read.ko"), result.orThrow()))) {
                assertEquals(4, file.bytes(file.section(".BTF_ids"))[4]);
            }
        }
    }
}
