package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Item;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.resolve.ReadIds.Run;
import org.btfkit.resolve.Workbench.Result;

/**
 * Objects with split BTF that were resolved with a base which is gone: the order of the own ids shows, up to a common
 * shift, whether symbols are true or stale.
 */
@WithWorkbench
class MissingBaseLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> splitCases() {
        return BtfIdsArbitraries.cases().filter(BtfIdsCase::isSplit);
    }

    /** All ids in sets are of own types, as those of a module's kfuncs are. */
    @Provide
    Arbitrary<BtfIdsCase> casesWithOwnIds() {
        return splitCases().map(MissingBaseLaws::withOwnIds);
    }

    private static BtfIdsCase withOwnIds(BtfIdsCase all) {
        List<Item> items = new ArrayList<>();
        for (Item item : all.object().items()) {
            List<Entry> entries = item.entries().stream()
                    .filter(entry -> entry.isNamed() && isOwn(entry, all.btf1()) && isOwn(entry, all.btf2()))
                    .toList();
            if (item instanceof IdSet8 set8) {
                items.add(new IdSet8(item.name(), set8.flags(), entries));
            } else if (item instanceof BtfIdsObject.IdSet) {
                items.add(new BtfIdsObject.IdSet(item.name(), entries));
            } else {
                items.add(item);
            }
        }
        return new BtfIdsCase(all.object().withItems(items), all.btf1(), all.btf2());
    }

    private static boolean isOwn(Entry entry, RawBtf btf) {
        return btf.firstId(entry.kind().btfKind(), entry.name()) >= btf.firstOwnId();
    }

    /** The object's own BTF was made anew on the second base, the ids in it are those of the first. */
    private static byte[] rebuilt(BtfIdsCase sample, boolean stale) {
        BtfIdsObject object = sample.object2();
        return stale ? object.staleBytes(sample.ids1()) : object.resolvedBytes(sample.ids1());
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample, byte[] object) {
        return Reproducer.of(law)
                .input("object.ko", object)
                .input("fresh.ko", sample.object2().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    @Property(tries = 1000)
    void ownIdsShowTheOrder(@ForAll("casesWithOwnIds") BtfIdsCase sample, @ForAll boolean stale) {
        byte[] object = rebuilt(sample, stale);
        reproducer("ownIdsShowTheOrder", sample, object).run(() -> {
            ResolveOptions options = bench.own(sample.btf2());
            Result result = bench.resolve(object, options);
            assertRightOrRefused(
                    sample, object, result, bench.resolve(sample.object2().toBytes(), options));
            if (orderMatters(sample, object)) {
                Statistics.label("order matters")
                        .collect(result.isRefused() ? "refused" : "accepted")
                        .coverage(share -> share.check("accepted").percentage(percent -> percent > 80));
            }
        });
    }

    @Property(tries = 1000)
    void mixedIdsAreRightOrRefused(@ForAll("splitCases") BtfIdsCase sample, @ForAll boolean stale) {
        byte[] object = rebuilt(sample, stale);
        reproducer("mixedIdsAreRightOrRefused", sample, object).run(() -> {
            ResolveOptions options = bench.own(sample.btf2());
            Result result = bench.resolve(object, options);
            assertRightOrRefused(
                    sample, object, result, bench.resolve(sample.object2().toBytes(), options));
            collect(sample, object, result);
        });
    }

    /** The object's own BTF still is the first one, whose base is gone: not even all names of its types are known. */
    @Property(tries = 1000)
    void ownBtfWithoutItsBaseIsRightOrRefused(@ForAll("casesWithOwnIds") BtfIdsCase sample, @ForAll boolean stale) {
        BtfIdsObject object1 = sample.object1();
        byte[] object = stale ? object1.staleBytes(sample.ids1()) : object1.resolvedBytes(sample.ids1());
        reproducer("ownBtfWithoutItsBaseIsRightOrRefused", sample, object).run(() -> {
            ResolveOptions options = bench.given(sample.btf2());
            Result result = bench.resolve(object, options);
            assertRightOrRefused(sample, object, result, bench.resolve(object1.toBytes(), options));
            collect(sample, object, result);
        });
    }

    /** Where ids can {@linkplain OrderOracle#mislead mislead}, nothing tells that they do. */
    private static void assertRightOrRefused(BtfIdsCase sample, byte[] object, Result actual, Result expected) {
        if (!actual.isRefused() && !Arrays.equals(expected.orThrow(), actual.bytes())) {
            assertTrue(OrderOracle.mislead(sample, ReadIds.of(sample.object(), object)), "wrong");
        }
    }

    private static void collect(BtfIdsCase sample, byte[] object, Result result) {
        if (orderMatters(sample, object)) {
            Statistics.label("order matters").collect(result.isRefused() ? "refused" : "accepted");
        }
    }

    /** Whether there is a set with different flags, and some id. */
    private static boolean orderMatters(BtfIdsCase sample, byte[] file) {
        List<Run> runs = ReadIds.of(sample.object(), file);
        return runs.stream().anyMatch(run -> !run.allZero())
                && runs.stream()
                        .anyMatch(run -> run.slots().stream()
                                        .map(ReadIds.Slot::flags)
                                        .distinct()
                                        .count()
                                > 1);
    }

    /** Own types, the second of which has a name that is a string of the base: {@code struct a; typedef int b;}. */
    private static RawBtf ownTypes(int typesInBase) {
        RawBtf base = RawBtf.littleEndian();
        for (int i = 1; i < typesInBase; i++) {
            base.addInt("b", 4, 0);
        }
        RawBtf btf = RawBtf.splitOn(base);
        btf.addStruct("a", 0);
        btf.addTypedef("b", 1);
        btf.addFwd("last", false);
        return btf;
    }

    /** A shift by one more makes 4 {@code struct a}, and 3 some type of the base: nothing but the wrong order. */
    @Example
    void shouldConsiderOwnTypesWithNamesOfTheBase() throws IOException {
        RawBtf old = ownTypes(3);
        RawBtf now = ownTypes(5);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(Entry.of(Kind.TYPEDEF, "b"), new Entry(Kind.STRUCT, "a", 1))));
        BtfIdsObject rebuilt = object.withBtf(now.toBytes());
        byte[] expected = rebuilt.resolvedBytes(IdLookup.in(now));
        assertArrayEquals(
                expected,
                bench.resolve(rebuilt.resolvedBytes(IdLookup.in(old)), bench.own(now))
                        .orThrow());
        assertArrayEquals(
                expected,
                bench.resolve(rebuilt.staleBytes(IdLookup.in(old)), bench.own(now))
                        .orThrow());

        byte[] withOldBtf = object.withBtf(old.toBytes()).resolvedBytes(IdLookup.in(old));
        assertTrue(bench.resolve(withOldBtf, bench.given(now)).isRefused());
    }

    private static RawBtf ownFunctions(int typesInBase, String... names) {
        RawBtf base = RawBtf.littleEndian();
        for (int i = 1; i < typesInBase; i++) {
            base.addInt("int", 4, 0);
        }
        RawBtf btf = RawBtf.splitOn(base);
        int proto = btf.addFuncProto(1);
        for (String name : names) {
            btf.addFunc(name, proto, 0);
        }
        return btf;
    }

    /** What was embedded is sorted by name; what pahole makes for another base is not, but that makes nothing stale. */
    @Example
    void shouldNotTakeIdsSortedByNameForStaleOnes() throws IOException {
        RawBtf old = ownFunctions(3, "acquire", "release");
        RawBtf now = ownFunctions(5, "release", "acquire");
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(Entry.func("acquire", 5), Entry.func("release", 2))))
                .withBtf(now.toBytes());
        byte[] bytes = object.resolvedBytes(IdLookup.in(old));
        Result refused = bench.resolve(bytes, bench.own(now));
        assertTrue(refused.refusal().getMessage().contains("sorted by name"));
        assertTrue(bench.embed(bytes, bench.own(now)).isRefused());
        assertTrue(bench.repair(bytes, bench.own(now)).isRefused());
        assertArrayEquals(
                object.resolvedBytes(IdLookup.in(now)),
                bench.resolve(bytes, bench.own(now).withTrustSymbols(true)).orThrow());
    }

    /** An object was embedded, then its BTF was made anew on another base. */
    @Property(tries = 1000)
    void idsSortedByNameAreRightOrRefused(@ForAll("casesWithOwnIds") BtfIdsCase sample, @ForAll boolean embeds) {
        byte[] object = sample.object1().toBytes();
        reproducer("idsSortedByNameAreRightOrRefused", sample, object).run(() -> {
            Result embedded = bench.embed(object, bench.own(sample.btf1()));
            Assume.that(!embedded.isRefused());
            byte[] rebuilt = withBtf(embedded.bytes(), sample.btf2());
            ResolveOptions options = bench.own(sample.btf2());
            Result result = embeds ? bench.embed(rebuilt, options) : bench.resolve(rebuilt, options);
            if (!result.isRefused() && !OrderOracle.explains(sample.btf2(), ReadIds.of(sample.object(), rebuilt))) {
                ReadIds.assertPairs(ReadIds.of(sample.object(), result.bytes()));
            }
            collect(sample, rebuilt, result);
        });
    }

    private static RawBtf twoUnionsAroundFunction(int typesInBase) {
        RawBtf base = RawBtf.littleEndian();
        base.addFuncProto(0);
        for (int i = 2; i < typesInBase; i++) {
            base.addInt("int", 4, 0);
        }
        RawBtf btf = RawBtf.splitOn(base);
        btf.addUnion("b", 4);
        btf.addFunc("b", 1, 0);
        btf.addUnion("b", 8);
        return btf;
    }

    /**
     * The base is smaller by one, so that in the result the function has the id that its union had, and the second
     * union that of the function: as if the two had changed places, but no tool takes the second union.
     */
    @Example
    void shouldNotTakeIdsForThoseOfSecondTypesInTheResult() throws IOException {
        RawBtf old = twoUnionsAroundFunction(5);
        RawBtf now = twoUnionsAroundFunction(4);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(new Entry(Kind.UNION, "b", 1), Entry.func("b", 2))))
                .withBtf(old.toBytes());
        byte[] rebuilt = withBtf(bench.embed(object.toBytes(), bench.own(old)).orThrow(), now);
        assertTrue(bench.embed(rebuilt, bench.own(now)).isRefused());
    }

    private static byte[] withBtf(byte[] object, RawBtf btf) throws IOException {
        Path file = bench.write("rebuilt.ko", object);
        try (ElfFile elf = ElfFile.open(file)) {
            ElfEditor editor = new ElfEditor(elf);
            editor.putSection(".BTF", btf.toBytes());
            editor.writeInPlace();
        }
        return Files.readAllBytes(file);
    }

    private static RawBtf baseAndOwnStruct(int typesBefore) {
        RawBtf base = RawBtf.littleEndian();
        for (int i = 1; i < typesBefore; i++) {
            base.addInt("int", 4, 0);
        }
        base.addStruct("a", 0);
        base.addStruct("b", 0);
        RawBtf btf = RawBtf.splitOn(base);
        btf.addStruct("a", 4);
        btf.addFwd("last", false);
        return btf;
    }

    /** If the largest id were the own {@code struct a}, the symbols would be stale; but it may be one of the base. */
    @Example
    void shouldNotTakeIdsOfTheBaseForOwnOnes() throws IOException {
        RawBtf old = baseAndOwnStruct(3);
        RawBtf now = baseAndOwnStruct(6);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(Entry.of(Kind.STRUCT, "a"), new Entry(Kind.STRUCT, "b", 1))))
                .withBtf(now.toBytes());
        byte[] resolved = object.resolvedBytes(IdLookup.in(old));
        assertTrue(bench.resolve(resolved, bench.own(now)).isRefused());
        assertArrayEquals(
                object.resolvedBytes(IdLookup.in(now)),
                bench.resolve(resolved, bench.withOld(bench.own(now), old)).orThrow());
    }

    private static RawBtf ownFunctionBesideBase(boolean isInBase) {
        RawBtf base = RawBtf.littleEndian();
        base.addFuncProto(0);
        if (isInBase) {
            base.addFunc("b", 1, 0);
        }
        base.addStruct("a", 0);
        base.addStruct("b", 0);
        RawBtf btf = RawBtf.splitOn(base);
        btf.addFunc("b", 1, 0);
        return btf;
    }

    /**
     * The base has lost the function that the id was of, and 4, the old id of {@code struct b}, is that of the own
     * function by chance: all that speaks for the order is an id of a base that nobody has.
     */
    @Example
    void shouldNotTellFlagsApartByIdsOfTheBaseThatIsGone() throws IOException {
        RawBtf old = ownFunctionBesideBase(true);
        RawBtf now = ownFunctionBesideBase(false);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(new Entry(Kind.STRUCT, "b", 1), Entry.func("b", 2))))
                .withBtf(now.toBytes());
        byte[] stale = object.staleBytes(IdLookup.in(old));
        assertTrue(bench.resolve(stale, bench.own(now)).isRefused());
        assertTrue(bench.repair(stale, bench.own(now)).isRefused());
        BtfIdsObject inTwoSets =
                object.with(new IdSet8("other", 0, List.of(new Entry(Kind.STRUCT, "b", 1), Entry.func("b", 2))));
        byte[] staleToo = inTwoSets.staleBytes(IdLookup.in(old));
        assertTrue(bench.resolve(staleToo, bench.own(now)).isRefused(), "one id, in two sets");
        assertArrayEquals(
                object.resolvedBytes(IdLookup.in(now)),
                bench.resolve(stale, bench.withOld(bench.own(now), old)).orThrow());
    }

    /** A set has more ids than symbols, all of types that are not at hand, and no flags to tell them apart by. */
    @Example
    void shouldNotFindOwnersForMoreIdsThanSymbols() throws IOException {
        RawBtf now = ownTypes(5);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("own", 0, List.of(Entry.of(Kind.STRUCT, "a"), new Entry(Kind.TYPEDEF, "b", 1))))
                .with(new IdSet8("s", 0, List.of(Entry.func("x"), Entry.UNUSED)))
                .withBtf(now.toBytes());
        RawElf elf = object.toElf();
        ByteBuffer words = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : new int[] {2, 0, 3, 0, 4, 1, 2, 0, 1, 0, 2, 0}) {
            words.putInt(word);
        }
        elf.find(".BTF_ids").data(words.array());
        assertTrue(bench.resolve(elf.toBytes(), bench.own(now)).isRefused());
    }

    /** Without flags nothing but ids is out of order, but an id on a slot without a symbol cannot be written anew. */
    @Example
    void shouldRefuseIdsOnSlotsWithoutSymbol() throws IOException {
        RawBtf old = ownTypes(3);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new BtfIdsObject.IdSet("s", List.of(Entry.of(Kind.STRUCT, "a"), Entry.UNUSED)));
        RawBtf other = RawBtf.littleEndian();
        Result result = bench.resolve(object.staleBytes(IdLookup.in(old)), bench.given(other));
        assertTrue(result.refusal().getMessage().contains("slot of no symbol at offset 0x8 holds id 3"));
    }

    /**
     * A set without flags is not checked for resolving, but check and repair do not claim to know it. Where ids can
     * {@linkplain OrderOracle#mislead mislead}, nothing tells that they do.
     */
    @Property(tries = 1000)
    void checkAndRepairClaimNothingThatIsNotShown(@ForAll("splitCases") BtfIdsCase sample, @ForAll boolean stale) {
        byte[] object = rebuilt(sample, stale);
        reproducer("checkAndRepairClaimNothingThatIsNotShown", sample, object).run(() -> {
            ResolveOptions options = bench.own(sample.btf2());
            Result repaired = bench.repair(object, options);
            ObjectReport report = bench.check(object, options).report();
            if (repaired.isRefused()) {
                assertEquals(0, report.movedSymbols());
                assertEquals(false, report.hasAny(SetReport.State.STALE));
            } else {
                assertEquals(report.movedSymbols() > 0, repaired.touched());
                assertEquals(report.hasAny(SetReport.State.STALE), repaired.touched());
                assertEquals(false, report.hasAny(SetReport.State.UNKNOWN));
                if (!OrderOracle.mislead(sample, ReadIds.of(sample.object(), object))) {
                    ReadIds.assertPairs(ReadIds.of(sample.object(), repaired.bytes()));
                }
            }
        });
    }
}
