package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Item;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.Workbench.Result;

/** The laws of embedding BTF, and of writing it and the ids beside the object and patching them in. */
@WithWorkbench
class EmbedLaws {
    /** Flags that need nothing of a kfunc's prototype. */
    private static final int[] FLAGS = {
        0, KfuncFlag.FASTCALL.bit, KfuncFlag.IMPLICIT_ARGS.bit | 4, KfuncFlag.IMPLICIT_ARGS.bit | KfuncFlag.FASTCALL.bit
    };

    private static final Set<String> MAY_CHANGE = Set.of(".BTF", ".BTF.base", ".BTF_ids", ".symtab", ".shstrtab");

    private static Workbench bench;

    /** Objects whose kfuncs have the same flags wherever they are. */
    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases().map(EmbedLaws::withSoundFlags);
    }

    private static BtfIdsCase withSoundFlags(BtfIdsCase sample) {
        List<Item> items = new ArrayList<>();
        for (Item item : sample.object().items()) {
            if (item instanceof IdSet8 set) {
                List<Entry> entries = new ArrayList<>();
                for (Entry entry : set.entries()) {
                    int flags = entry.isNamed() ? FLAGS[entry.name().hashCode() & 3] : entry.flags();
                    entries.add(new Entry(entry.kind(), entry.name(), flags));
                }
                items.add(new IdSet8(set.name(), set.flags(), List.copyOf(entries)));
            } else {
                items.add(item);
            }
        }
        return new BtfIdsCase(sample.object().withItems(items), sample.btf1(), sample.btf2());
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample) {
        return Reproducer.of(law)
                .input("object.ko", sample.object1().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    private static ResolveOptions own(BtfIdsCase sample, boolean distills) throws IOException {
        return bench.own(sample.btf1()).withDistillBase(distills);
    }

    /**
     * Embeds into a fresh object. Some BTF cannot be distilled, as the split part refers to a variable of the base;
     * then the sample says nothing.
     */
    private static byte[] embedded(byte[] fresh, ResolveOptions options) throws IOException {
        Result result = bench.embed(fresh, options);
        Statistics.label("fresh object")
                .collect(result.isRefused() ? "refused" : "embedded")
                .coverage(share -> share.check("embedded").percentage(percent -> percent > 50));
        Assume.that(!result.isRefused());
        return result.bytes();
    }

    /** Law 1. */
    @Property(tries = 500)
    void embedTwiceIsNoOp(@ForAll("cases") BtfIdsCase sample, @ForAll boolean distills) {
        reproducer("embedTwiceIsNoOp", sample).run(() -> {
            ResolveOptions options = own(sample, distills);
            byte[] once = embedded(sample.object1().toBytes(), options);
            Result again = bench.embed(once, options);
            assertArrayEquals(once, again.orThrow());
            assertFalse(again.touched());
            assertEquals(ObjectReport.Outcome.UNCHANGED, again.report().outcome());
            assertEquals(0, again.report().movedSymbols());
        });
    }

    /** Law 2, with the BTF that is made on each base. */
    @Property(tries = 500)
    void embeddingAgainIsPathIndependent(@ForAll("cases") BtfIdsCase sample, @ForAll boolean distills) {
        reproducer("embeddingAgainIsPathIndependent", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            byte[] first = embedded(fresh, own(sample, distills));
            ResolveOptions options2 = bench.given(sample.btf2()).withDistillBase(distills);
            byte[] second = embedded(fresh, options2);
            byte[] there = bench.embed(first, withOldBase(options2, sample)).orThrow();
            assertArrayEquals(second, there);
        });
    }

    /** The ids in the object are from its own BTF; what base that is on has to be said. */
    private static ResolveOptions withOldBase(ResolveOptions options, BtfIdsCase sample) throws IOException {
        RawBtf base = sample.btf1().base();
        return base == null ? options : options.withOld(null, bench.write("old-base.btf", base.toBytes()));
    }

    /** The BTF is on the first base; what of it the second base has not is an error, or else it is carried over. */
    @Property(tries = 500)
    void theOldBaseCarriesTheBtfOver(@ForAll("splitCases") BtfIdsCase sample, @ForAll boolean distills) {
        reproducer("theOldBaseCarriesTheBtfOver", sample).run(() -> {
            byte[] first = embedded(sample.object1().toBytes(), own(sample, false));
            Path oldBase = bench.write("old-base.btf", sample.btf1().base().toBytes());
            ResolveOptions options =
                    bench.own(sample.btf2()).withOld(null, oldBase).withDistillBase(distills);
            Result there = bench.embed(first, options);
            Statistics.label("carried").collect(there.isRefused() ? "refused" : "carried");
            if (!there.isRefused()) {
                assertTruth(sample, there.bytes(), embedded(sample.btf2(), new RawElfReader(there.bytes())));
                Result again = bench.embed(there.bytes(), options);
                if (!again.isRefused()) {
                    assertArrayEquals(there.bytes(), again.bytes());
                    assertFalse(again.touched());
                }
            }
        });
    }

    @Provide
    Arbitrary<BtfIdsCase> splitCases() {
        return cases().filter(BtfIdsCase::isSplit);
    }

    /** Laws 3 and 4. */
    @Property(tries = 500)
    void symbolsTellTheTruthAndPairsStayTogether(@ForAll("cases") BtfIdsCase sample, @ForAll boolean distills) {
        reproducer("symbolsTellTheTruthAndPairsStayTogether", sample).run(() -> {
            byte[] file = embedded(sample.object1().toBytes(), own(sample, distills));
            assertTruth(sample, file, embedded(sample, file));
        });
    }

    /** Law 6. */
    @Property(tries = 500)
    void nothingElseChanges(@ForAll("cases") BtfIdsCase sample, @ForAll boolean distills) {
        reproducer("nothingElseChanges", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            RawElfReader before = new RawElfReader(fresh);
            RawElfReader after = new RawElfReader(embedded(fresh, own(sample, distills)));
            for (RawElfReader.Section section : before.sections()) {
                if (!MAY_CHANGE.contains(section.name())) {
                    RawElfReader.Section same = after.sections().get(section.index());
                    assertEquals(section.name(), same.name());
                    assertEquals(section.addr(), same.addr());
                    assertArrayEquals(before.bytes(section), after.bytes(same), section.name());
                }
            }
            Set<Integer> movable = new HashSet<>();
            sample.object().idSymbols().forEach(symbol -> movable.add(symbol.symbolIndex()));
            for (RawElfReader.Symbol symbol : before.symbols()) {
                RawElfReader.Symbol same = after.symbols().get(symbol.index());
                assertEquals(symbol.name(), same.name());
                if (!movable.contains(symbol.index())) {
                    assertEquals(symbol, same);
                }
            }
        });
    }

    /**
     * What is written beside an object is what is embedded; once patched, symbols are right, and that is that. A build
     * puts the BTF into the object, or keeps it elsewhere and the object has none.
     */
    @Property(tries = 500)
    void detachAndPatchIsEmbedding(
            @ForAll("cases") BtfIdsCase sample, @ForAll boolean distills, @ForAll boolean hasOwn) {
        reproducer("detachAndPatchIsEmbedding", sample).run(() -> {
            BtfIdsObject object = hasOwn ? sample.object1() : sample.object();
            byte[] fresh = object.toBytes();
            ResolveOptions options =
                    (hasOwn ? bench.own(sample.btf1()) : bench.given(sample.btf1())).withDistillBase(distills);
            RawElfReader embedded = new RawElfReader(embedded(fresh, options));
            Result detached = bench.detach(fresh, options);
            assertArrayEquals(fresh, detached.orThrow());
            assertFalse(detached.touched());
            for (String section : List.of(".BTF", ".BTF.base", ".BTF_ids")) {
                byte[] expected = embedded.section(section)
                        .map(embedded::bytes)
                        .filter(bytes -> bytes.length > 0)
                        .orElse(null);
                assertArrayEquals(expected, written(section), section);
            }
            if (written(".BTF_ids") == null) {
                return; // an empty section: nothing to patch
            }
            byte[] built = hasOwn
                    ? object.withBtf(written(".BTF"))
                            .withBtfBase(written(".BTF.base"))
                            .toBytes()
                    : fresh;
            byte[] patched = bench.patch(built, options).orThrow();
            assertFalse(Files.exists(bench.path("object.ko.BTF_ids.syms")));
            assertTruth(sample, patched, embedded(sample, embedded));

            bench.detach(patched, options).orThrow();
            Result again = bench.patch(patched, options);
            assertArrayEquals(patched, again.orThrow());
            assertFalse(again.touched());
        });
    }

    private static byte[] written(String section) throws IOException {
        Path file = bench.path("object.ko" + section);
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    /** Whatever the flags are: the result is one, or there is none. */
    @Property(tries = 300)
    void anyFlagsAreEmbeddedOrRefused(@ForAll("anyCases") BtfIdsCase sample) {
        reproducer("anyFlagsAreEmbeddedOrRefused", sample).run(() -> {
            Result result = bench.embed(sample.object1().toBytes(), own(sample, false));
            if (!result.isRefused()) {
                assertTruth(sample, result.bytes(), embedded(sample, result.bytes()));
                assertFalse(bench.embed(result.bytes(), own(sample, false)).touched());
            }
        });
    }

    @Provide
    Arbitrary<BtfIdsCase> anyCases() {
        return BtfIdsArbitraries.cases();
    }

    private static Btf embedded(BtfIdsCase sample, byte[] file) {
        return embedded(sample, new RawElfReader(file));
    }

    private static Btf embedded(BtfIdsCase sample, RawElfReader file) {
        return embedded(sample.btf1(), file);
    }

    private static Btf embedded(RawBtf btf, RawElfReader file) {
        RawBtf given = btf.base();
        byte[] distilled = file.section(".BTF.base").map(file::bytes).orElse(null);
        Btf base = distilled != null
                ? Btf.parse(distilled, null, "distilled")
                : given == null ? null : Btf.parse(given.toBytes(), null, "base");
        return Btf.parse(file.bytes(".BTF"), base, "embedded");
    }

    private static void assertTruth(BtfIdsCase sample, byte[] file, Btf btf) {
        List<ReadIds.Run> runs = ReadIds.of(sample.object(), file);
        ReadIds.assertPairs(runs);
        for (ReadIds.Run run : runs) {
            int last = 0;
            for (ReadIds.Slot slot : run.slots()) {
                int expected = slot.name() == null
                        ? 0
                        : btf.find(
                                BtfKind.of(slot.name().kind().btfKind()),
                                slot.name().name());
                assertEquals(expected, slot.id(), slot::toString);
                if (run.isSet()) {
                    assertEquals(true, last <= slot.id(), () -> "out of order: " + slot);
                    last = slot.id();
                }
            }
        }
    }
}
