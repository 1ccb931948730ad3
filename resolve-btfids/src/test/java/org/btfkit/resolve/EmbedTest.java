package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.resolve.Workbench.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is embedded, what is said of it, and what is refused; the laws are in {@link EmbedLaws}. */
class EmbedTest {
    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    private static BtfIdsObject kfuncs(ElfVariant variant) {
        return BtfIdsObject.of(variant)
                .with(new IdSet8(
                        "ids",
                        BtfIdsObject.SET8_KFUNCS,
                        List.of(Entry.func("b", KfuncFlag.FASTCALL.bit), Entry.func("a", 0), Entry.func("gone", 4))));
    }

    /** With a struct for the base to be more than its strings. */
    private static RawBtf base(ElfVariant variant, int more) {
        RawBtf base = RawBtf.of(variant.order());
        int intId = base.addInt("int", 4, RawBtf.SIGNED);
        for (int i = 0; i < more; i++) {
            base.addStruct("filler" + i, 4, Member.of("x", intId, 0));
        }
        base.addStruct("task", 4, Member.of("pid", intId, 0));
        base.addTypedef("pid_t", intId);
        return base;
    }

    private static RawBtf split(RawBtf base) {
        RawBtf split = RawBtf.splitOn(base);
        int task = split.addPtr(base.firstId(4, "task"));
        int proto = split.addFuncProto(base.firstId(1, "int"), new RawBtf.Param("t", task));
        split.addFunc("b", proto, 1);
        split.addFunc("a", proto, 1);
        return split;
    }

    private static Btf own(byte[] file, RawBtf base) {
        RawElfReader reader = new RawElfReader(file);
        byte[] distilled = reader.section(".BTF.base").map(reader::bytes).orElse(null);
        byte[] bytes = distilled != null ? distilled : base == null ? null : base.toBytes();
        return Btf.parse(reader.bytes(".BTF"), bytes == null ? null : Btf.parse(bytes, null, "base"), "own");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldEditSortAndResolve(ElfVariant variant) throws IOException {
        RawBtf base = base(variant, 0);
        BtfIdsObject object = kfuncs(variant);
        Result result = bench.embed(object.toBytes(), bench.given(split(base)));
        Btf own = own(result.orThrow(), base);
        assertEquals(variant.order(), own.order());
        assertTrue(own.find(BtfKind.FUNC, "a") < own.find(BtfKind.FUNC, "b"), "sorted");
        assertEquals(2, own.findAll(BtfKind.DECL_TAG, "bpf_kfunc").length);
        assertEquals(own.find(BtfKind.FUNC, "b"), own.sizeOrType(own.findAll(BtfKind.DECL_TAG, "bpf_fastcall")[0]));
        ReadIds.Run run = ReadIds.of(object, result.bytes()).get(0);
        assertEquals(List.of("func a 0x0", "func b 0x1000", "func gone 0x4"), run.pairs());
        assertEquals(
                List.of(0, own.find(BtfKind.FUNC, "a"), own.find(BtfKind.FUNC, "b")),
                run.slots().stream().map(ReadIds.Slot::id).toList());
        assertEquals(
                List.of(
                        "resolve_btfids: no BTF func for kfunc gone in set8 'ids'",
                        "resolve_btfids: unresolved symbol gone (func in set8 'ids': not in the symbol table)"),
                result.log().warnings);
        BtfReport report = result.report().btf();
        assertEquals(2, report.kfuncs());
        assertEquals(4, report.inputTypes());
        assertEquals(7, report.types());
        assertEquals(new RawElfReader(result.bytes()).bytes(".BTF").length, report.bytes());
        assertEquals(0, report.baseTypes());
    }

    /** The first own FUNC of the name becomes the base's; the second is another function. */
    @Test
    void shouldLeaveAKfuncAloneThatIsTheBasesByNow() throws IOException {
        ElfVariant variant = ElfVariant.all().get(0);
        RawBtf base = RawBtf.of(variant.order());
        int baseProto = base.addFuncProto(0);
        base.addFunc("a", baseProto, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addFunc("a", baseProto, 0);
        split.addFunc("a", baseProto, 1);
        BtfIdsObject object = BtfIdsObject.of(variant)
                .with(new IdSet8("ids", BtfIdsObject.SET8_KFUNCS, List.of(Entry.func("a", KfuncFlag.FASTCALL.bit))));
        byte[] once = bench.embed(object.toBytes(), bench.given(split)).orThrow();
        Btf own = own(once, base);
        assertEquals(2, own.sizeOrType(own.findAll(BtfKind.DECL_TAG, "bpf_kfunc")[0]));
        Result again = bench.embed(once, bench.own(split));
        assertArrayEquals(once, again.orThrow());
        assertFalse(again.touched());
    }

    @Test
    void shouldWarnOfAnEntryWithoutSymbol() throws IOException {
        RawBtf base = base(ElfVariant.MODULE, 0);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("ids", 1, List.of(Entry.func("a", 0), Entry.UNUSED, Entry.func("pid_t", 0))));
        Result result = bench.embed(object.toBytes(), bench.given(split(base)));
        result.orThrow();
        assertEquals(
                "resolve_btfids: no BTF ID symbol for set8 'ids' entry 1",
                result.log().warnings.get(0));
    }

    @Test
    void shouldWriteNothingIfWarningsAreFatal() throws IOException {
        ResolveOptions options = bench.given(split(base(ElfVariant.MODULE, 0))).withFatalWarnings(true);
        Result result = bench.embed(kfuncs(ElfVariant.MODULE).toBytes(), options);
        assertEquals(
                bench.path("object.ko") + ": 2 warnings, which are fatal as asked; not written",
                result.refusal().getMessage());
        assertTrue(bench.detach(kfuncs(ElfVariant.MODULE).toBytes(), options).isRefused());
        assertFalse(Files.exists(bench.path("object.ko.BTF")));
    }

    static List<byte[]> objectsWithoutIds() {
        byte[] withEmptySection = BtfIdsObject.of(ElfVariant.MODULE).toBytes();
        assertEquals(0, new RawElfReader(withEmptySection).bytes(".BTF_ids").length);
        return List.of(RawElf.of(ElfVariant.MODULE).toBytes(), withEmptySection);
    }

    @ParameterizedTest
    @MethodSource("objectsWithoutIds")
    void shouldTransformBtfOfAnObjectWithoutIds(byte[] object) throws IOException {
        RawBtf base = base(ElfVariant.MODULE, 0);
        Result result = bench.embed(object, bench.given(split(base)));
        assertEquals(4, own(result.orThrow(), base).typeCount() - base.nextId());
        bench.detach(object, bench.given(split(base))).orThrow();
        assertTrue(Files.exists(bench.path("object.ko.BTF")));
        assertFalse(Files.exists(bench.path("object.ko.BTF_ids")));
        assertFalse(Files.exists(bench.path("object.ko.BTF_ids.syms")));
    }

    /** What an earlier run has left would be taken for this one's. */
    @Test
    void shouldRemoveFilesThatAreNotOfThisRun() throws IOException {
        byte[] object = kfuncs(ElfVariant.MODULE).toBytes();
        RawBtf split = split(base(ElfVariant.MODULE, 0));
        Result first = bench.detach(object, bench.given(split).withDistillBase(true));
        first.orThrow();
        Path distilled = bench.path("object.ko.BTF.base");
        assertTrue(Files.exists(distilled));
        assertEquals(ObjectReport.Outcome.DETACHED, first.report().outcome());
        assertEquals(
                List.of(".BTF_ids.syms", ".BTF_ids", ".BTF", ".BTF.base"),
                first.report().files().stream()
                        .map(file -> file.toString()
                                .substring(bench.path("object.ko").toString().length()))
                        .toList());
        bench.detach(object, bench.given(split)).orThrow();
        assertFalse(Files.exists(distilled));
    }

    // ---- distilled bases

    private static BtfIdsObject withBaseIds() {
        return kfuncs(ElfVariant.MODULE)
                .with(new IdList(
                        "list",
                        List.of(
                                Entry.of(Kind.STRUCT, "filler0"),
                                Entry.of(Kind.STRUCT, "task"),
                                Entry.of(Kind.TYPEDEF, "pid_t"))));
    }

    @Test
    void shouldKeepTheIdsOfStructsOfADistilledBase() throws IOException {
        BtfIdsObject object = withBaseIds();
        ResolveOptions options = bench.given(split(base(ElfVariant.MODULE, 1))).withDistillBase(true);
        Result result = bench.embed(object.toBytes(), options);
        Btf own = own(result.orThrow(), null);
        List<ReadIds.Slot> slots = ReadIds.of(object, result.bytes()).get(1).slots();
        assertEquals("filler0", own.base().name(slots.get(0).id()));
        assertEquals("task", own.base().name(slots.get(1).id()));
        assertEquals(0, slots.get(2).id());
        assertTrue(
                result.log()
                        .warnings
                        .contains("resolve_btfids: unresolved symbol pid_t (typedef: type 4 of the base, and a"
                                + " distilled base cannot carry a typedef)"),
                result.log().warnings::toString);
        assertEquals(3, result.report().btf().baseTypes());
    }

    @Test
    void shouldLeaveStructsThatTheirNameDoesNotTellApart() throws IOException {
        BtfIdsObject object = withBaseIds();
        RawBtf base = base(ElfVariant.MODULE, 1);
        base.addUnion("filler0", 4);
        Result result = bench.embed(object.toBytes(), bench.given(split(base)).withDistillBase(true));
        result.orThrow();
        assertEquals(0, ReadIds.of(object, result.bytes()).get(1).slots().get(0).id());
        assertTrue(
                result.log()
                        .warnings
                        .contains("struct 'filler0' cannot join the distilled base: types 2 and 5 of the base"
                                + " have that name and size"),
                result.log().warnings::toString);
    }

    @Test
    void shouldGoBackAndForthBetweenDistilledAndNot() throws IOException {
        byte[] fresh = kfuncs(ElfVariant.MODULE).toBytes();
        RawBtf base = base(ElfVariant.MODULE, 0);
        ResolveOptions options = bench.given(split(base));
        byte[] plain = bench.embed(fresh, options).orThrow();
        byte[] distilled = bench.embed(fresh, options.withDistillBase(true)).orThrow();
        ResolveOptions own = options.withBtf(null);
        byte[] distilledLater = bench.embed(plain, own.withDistillBase(true)).orThrow();
        assertSameTypes(own(distilled, null), own(distilledLater, null));
        byte[] plainLater = bench.embed(distilled, own).orThrow();
        assertSameTypes(own(plain, base), own(plainLater, base));
        // A distilled base is enough to leave an object as it is.
        Result alone = bench.embed(distilled, ResolveOptions.withBase(null));
        assertArrayEquals(distilled, alone.orThrow());
        assertFalse(alone.touched());
    }

    /** That BTF is in its final form is no use if the base has not what it needs. */
    @Test
    void shouldRefuseADistilledBaseThatTheBaseDoesNotHave() throws IOException {
        byte[] fresh = kfuncs(ElfVariant.MODULE).toBytes();
        RawBtf base = base(ElfVariant.MODULE, 0);
        byte[] distilled = bench.embed(fresh, bench.given(split(base)).withDistillBase(true))
                .orThrow();
        RawBtf without = RawBtf.littleEndian();
        without.addInt("int", 4, RawBtf.SIGNED);
        without.addStruct("another", 4);
        ResolveOptions options = ResolveOptions.withBase(bench.write("base.btf", without.toBytes()))
                .withDistillBase(true);
        Result result = bench.embed(distilled, options);
        assertTrue(result.isRefused());
        assertTrue(result.refusal().getMessage().contains("STRUCT 'task'"), result.refusal()::getMessage);

        without.addStruct("task", 8);
        without.addTypedef("more", 1);
        Files.write(bench.path("base.btf"), without.toBytes());
        Btf own = own(bench.embed(distilled, options).orThrow(), null);
        assertEquals(8, own.base().sizeOrType(own.base().find(BtfKind.STRUCT, "task")), "as it is now");
    }

    /** pahole distills as well, and does none of the rest. */
    @Test
    void shouldSortBtfThatCameWithADistilledBase() throws IOException {
        RawBtf distilled = RawBtf.littleEndian();
        distilled.addInt("int", 4, RawBtf.SIGNED);
        distilled.addStruct("task", 4);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("ids", 0, List.of(Entry.func("b", 1), Entry.func("a", 2))))
                .withBtf(split(distilled).toBytes())
                .withBtfBase(distilled.toBytes());
        ResolveOptions options = bench.own(split(base(ElfVariant.MODULE, 3)));
        for (ResolveOptions way : List.of(options.withDistillBase(true), ResolveOptions.withBase(null))) {
            byte[] file = bench.embed(object.toBytes(), way).orThrow();
            Btf own = own(file, null);
            assertTrue(own.find(BtfKind.FUNC, "a") < own.find(BtfKind.FUNC, "b"), "sorted");
            assertEquals(2, own.base().find(BtfKind.STRUCT, "task"));
            assertFalse(bench.embed(file, way).touched());
        }
    }

    /** The C tool distills without regard to ids. */
    @Test
    void shouldAddWhatIdsNameToADistilledBaseThatIsThere() throws IOException {
        RawBtf base = base(ElfVariant.MODULE, 1);
        ResolveOptions options = bench.given(split(base)).withDistillBase(true);
        byte[] without =
                bench.embed(kfuncs(ElfVariant.MODULE).toBytes(), options).orThrow();
        RawElfReader sections = new RawElfReader(without);
        BtfIdsObject object = withBaseIds().withBtf(sections.bytes(".BTF")).withBtfBase(sections.bytes(".BTF.base"));
        assertEquals(0, own(without, null).find(BtfKind.STRUCT, "filler0"));
        byte[] with = bench.embed(object.toBytes(), options.withBtf(null)).orThrow();
        int id = own(with, null).find(BtfKind.STRUCT, "filler0");
        assertTrue(id != 0);
        assertEquals(id, ReadIds.of(object, with).get(1).slots().get(0).id());
    }

    /** Strings are in the order of types before they were sorted, so they may differ in that alone. */
    private static void assertSameTypes(Btf expected, Btf actual) {
        assertEquals(expected.typeCount(), actual.typeCount());
        assertEquals(expected.stringEnd(), actual.stringEnd());
        for (int id = 1; id < expected.typeCount(); id++) {
            assertEquals(expected.type(id), actual.type(id));
        }
    }

    // ---- another base

    @Test
    void shouldRefuseBtfOnABaseThatIsGone() throws IOException {
        RawBtf first = base(ElfVariant.MODULE, 0);
        byte[] object =
                kfuncs(ElfVariant.MODULE).withBtf(split(first).toBytes()).toBytes();
        byte[] embedded = bench.embed(object, bench.own(split(first))).orThrow();
        RawBtf second = base(ElfVariant.MODULE, 20);
        assertTrue(bench.embed(embedded, bench.own(split(second))).isRefused());

        Path oldBase = bench.write("old-base.btf", first.toBytes());
        ResolveOptions options = bench.own(split(second)).withOld(null, oldBase);
        byte[] carried = bench.embed(embedded, options).orThrow();
        Btf own = own(carried, second);
        assertEquals(own.find(BtfKind.STRUCT, "task"), own.sizeOrType(pointer(own)));
        Result again = bench.embed(carried, options);
        assertArrayEquals(carried, again.orThrow());
        assertFalse(again.touched());
    }

    private static int pointer(Btf btf) {
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.PTR) {
                return id;
            }
        }
        throw new AssertionError("no pointer");
    }

    @Test
    void shouldRefuseToGuessWhichOfTwoBasesIsMeant() throws IOException {
        RawBtf first = base(ElfVariant.MODULE, 0);
        RawBtf second = RawBtf.littleEndian();
        second.addStruct("int", 4);
        second.addStruct("task", 8);
        second.addTypedef("pid_t", 1);
        second.string("x"); // as many bytes as "pid" and its NUL
        second.string("y");
        byte[] object =
                kfuncs(ElfVariant.MODULE).withBtf(split(first).toBytes()).toBytes();
        Path oldBase = bench.write("old-base.btf", first.toBytes());
        Path base = bench.write("base.btf", second.toBytes());
        Result result = bench.embed(object, ResolveOptions.withBase(base).withOld(null, oldBase));
        assertEquals(
                bench.path("object.ko") + ": its .BTF may be on " + base + " as well as on " + oldBase,
                result.refusal().getMessage());
        assertEquals(Reason.UNCERTAIN_BASE, result.refusal().reason());
    }

    // ---- what else is refused

    @Test
    void shouldRefuseAnObjectWithoutBtf() throws IOException {
        Result result = bench.embed(kfuncs(ElfVariant.MODULE).toBytes(), ResolveOptions.withBase(null));
        assertEquals(
                bench.path("object.ko") + ": has no .BTF section",
                result.refusal().getMessage());
        assertEquals(Reason.NO_BTF, result.refusal().reason());
    }

    @Test
    void shouldRefuseAnObjectWhoseExtWouldNotFit() throws IOException {
        RawElf elf = kfuncs(ElfVariant.MODULE).toElf();
        elf.section(".BTF.ext").data(new byte[24]);
        Result result = bench.embed(elf.toBytes(), bench.given(split(base(ElfVariant.MODULE, 0))));
        assertEquals(
                bench.path("object.ko") + ": has a .BTF.ext section, whose ids and strings would not fit the new BTF;"
                        + " use a file without",
                result.refusal().getMessage());
    }

    @Test
    void shouldRefuseFlagsThatDifferBetweenSets() throws IOException {
        BtfIdsObject object = kfuncs(ElfVariant.MODULE)
                .with(new IdSet8("more", BtfIdsObject.SET8_KFUNCS, List.of(Entry.func("b", 1))));
        Result result = bench.embed(object.toBytes(), bench.given(split(base(ElfVariant.MODULE, 0))));
        assertEquals(
                bench.path("object.ko") + ": kfunc 'b' has flags 0x1000 in set8 'ids' and 0x1 in set8 'more', expected"
                        + " the same in all sets; correct the sets' declarations",
                result.refusal().getMessage());
    }

    // ---- what ids mean

    private static final String LATE_EARLY = "the object's own BTF or those that an earlier run made beside it";

    /** Sorting makes of late 2, early 3 the opposite, so that two ids say the opposite of the symbols. */
    private static RawBtf lateEarly() {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("late", proto, 1);
        btf.addFunc("early", proto, 1);
        return btf;
    }

    private static BtfIdsObject lateEarlySet() {
        return BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("ids", 0, List.of(Entry.func("early", 1), Entry.func("late", 2))));
    }

    @Test
    void shouldRefuseToGuessWhichBtfTheIdsAreFrom() throws IOException {
        BtfIdsObject object = lateEarlySet().withBtf(lateEarly().toBytes());
        ResolveOptions options = ResolveOptions.withBase(null);
        byte[] stale = object.staleBytes(BtfIdsObject.IdLookup.in(lateEarly()));
        Result result = bench.embed(stale, options);
        assertTrue(result.isRefused());
        assertTrue(result.refusal().getMessage().contains(LATE_EARLY), result.refusal()::getMessage);
        assertTrue(result.refusal().getMessage().contains("the symbols of set8 'ids' are stale"));

        byte[] repaired = bench.repair(stale, options).orThrow();
        byte[] embedded = bench.embed(repaired, options).orThrow();
        assertEquals(
                List.of("func early 0x1", "func late 0x2"),
                ReadIds.of(object, embedded).get(0).pairs());
        assertArrayEquals(bench.embed(object.toBytes(), options).orThrow(), embedded);
    }

    /** Without BTF of its own, the ids in an object are what was patched into it. */
    @Test
    void shouldKnowTheIdsThatItMadeOfGivenBtf() throws IOException {
        BtfIdsObject object = lateEarlySet();
        ResolveOptions options = bench.given(lateEarly());
        bench.detach(object.toBytes(), options).orThrow();
        byte[] patched = bench.patch(object.toBytes(), options).orThrow();
        assertEquals(
                List.of("func early 0x1", "func late 0x2"),
                ReadIds.of(object, patched).get(0).pairs());
        bench.detach(patched, options).orThrow();
        assertFalse(bench.patch(patched, options).touched());
    }
}
