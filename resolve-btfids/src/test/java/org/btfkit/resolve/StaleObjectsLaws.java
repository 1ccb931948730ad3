package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSymbol;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.OrderOracle.Verdict;
import org.btfkit.resolve.ReadIds.Name;
import org.btfkit.resolve.ReadIds.Run;
import org.btfkit.resolve.ReadIds.Slot;
import org.btfkit.resolve.SetReport.State;
import org.btfkit.resolve.Workbench.Result;

/** Objects that were resolved by a tool which sorts sets and leaves the symbols behind. */
@WithWorkbench
class StaleObjectsLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases();
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample) {
        return Reproducer.of(law)
                .input("stale.ko", stale(sample))
                .input("fresh.ko", sample.object1().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    private static byte[] stale(BtfIdsCase sample) {
        return sample.object1().staleBytes(sample.ids1());
    }

    @Property(tries = 1000)
    void staleComesOutAsFreshOrIsRefused(@ForAll("cases") BtfIdsCase sample) {
        reproducer("staleComesOutAsFreshOrIsRefused", sample).run(() -> {
            ResolveOptions options = bench.own(sample.btf1());
            Result result = bench.resolve(stale(sample), options);
            assertEquals(isAmbiguous(sample), result.isRefused());
            if (result.isRefused()) {
                assertRefusal(result.refusal());
            } else {
                byte[] fresh = sample.object1().toBytes();
                assertArrayEquals(bench.resolve(fresh, options).orThrow(), result.bytes());
                boolean stale = verdicts(sample).contains(Verdict.STALE);
                assertEquals(stale ? 1 : 0, result.log().notes.size());
            }
            collect(sample);
        });
    }

    /** One struct twice in a set8, its symbols in another order in the symbol table than in the set. */
    @Example
    void shouldKeepFlagsOfOneNameInSlotOrder() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        btf.addStruct("a", 0);
        btf.addStruct("b", 0);
        Entry first = Entry.of(Kind.STRUCT, "a");
        Entry last = new Entry(Kind.STRUCT, "a", 1);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(first, Entry.of(Kind.STRUCT, "b"), last)))
                .withSymbolSeed(3)
                .withBtf(btf.toBytes());
        List<IdSymbol> table = object.idSymbols();
        assertTrue(table.stream()
                        .filter(s -> s.entry().equals(last))
                        .findFirst()
                        .orElseThrow()
                        .symbolIndex()
                < table.stream()
                        .filter(s -> s.entry().equals(first))
                        .findFirst()
                        .orElseThrow()
                        .symbolIndex());

        IdLookup ids = IdLookup.in(btf);
        byte[] stale = object.staleBytes(ids);
        assertArrayEquals(
                object.resolvedBytes(ids), bench.resolve(stale, bench.own(btf)).orThrow());
        ReadIds.assertPairs(
                ReadIds.of(object, bench.repair(stale, bench.own(btf)).orThrow()));
    }

    /** Law 6. */
    @Property(tries = 1000)
    void repairMovesSymbolsOnly(@ForAll("cases") BtfIdsCase sample) {
        reproducer("repairMovesSymbolsOnly", sample).run(() -> {
            ResolveOptions options = bench.own(sample.btf1());
            byte[] stale = stale(sample);
            Result result = bench.repair(stale, options);
            assertEquals(isAmbiguous(sample), result.isRefused());
            if (result.isRefused()) {
                assertRefusal(result.refusal());
                return;
            }
            byte[] repaired = result.bytes();
            assertArrayEquals(ids(stale), ids(repaired));
            List<Run> runs = ReadIds.of(sample.object(), repaired);
            ReadIds.assertTruth(runs, sample.btf1());
            ReadIds.assertPairs(runs);
            assertEquals(verdicts(sample).contains(Verdict.STALE), result.touched());
            assertFalse(bench.repair(repaired, options).touched());
            byte[] fresh = sample.object1().toBytes();
            assertArrayEquals(
                    bench.resolve(fresh, options).orThrow(),
                    bench.resolve(repaired, options).orThrow());
        });
    }

    @Property(tries = 1000)
    void checkTellsStaleFromResolved(@ForAll("cases") BtfIdsCase sample) {
        reproducer("checkTellsStaleFromResolved", sample).run(() -> {
            ResolveOptions options = bench.own(sample.btf1());
            byte[] fresh = sample.object1().toBytes();
            byte[] stale = stale(sample);
            byte[] resolved = bench.resolve(fresh, options).orThrow();
            assertStates(sample, fresh, bench.check(fresh, options));
            assertStates(sample, stale, bench.check(stale, options));
            assertStates(sample, resolved, bench.check(resolved, options));
        });
    }

    private static void assertStates(BtfIdsCase sample, byte[] file, Result result) throws IOException {
        assertFalse(result.touched());
        List<Run> runs = ReadIds.of(sample.object(), file);
        List<Verdict> verdicts = OrderOracle.judge(runs, sample.btf1());
        boolean ambiguous =
                verdicts.contains(Verdict.AMBIGUOUS) && !runs.stream().allMatch(Run::allZero);
        List<State> expected = new ArrayList<>();
        List<Boolean> listed = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            if (!run.isSet()) {
                run.slots().stream().filter(s -> s.name() != null).forEach(s -> listed.add(s.id() != 0));
            } else if (run.allZero() && run.count() != run.slots().size()) {
                expected.add(State.UNRESOLVED);
            } else if (ambiguous) {
                expected.add(State.UNKNOWN);
            } else {
                expected.add(verdicts.get(i) == Verdict.STALE ? State.STALE : State.RESOLVED);
            }
        }
        if (!listed.isEmpty()) {
            expected.add(listed.contains(true) ? State.RESOLVED : State.UNRESOLVED);
        }
        boolean unnamed =
                expected.isEmpty() && runs.stream().anyMatch(run -> !run.slots().isEmpty());
        if (unnamed) {
            expected.add(State.UNRESOLVED);
        }
        assertEquals(
                expected, result.report().sets().stream().map(SetReport::state).toList());
        long warnings = result.log().warnings.stream()
                .filter(text -> !text.contains("flags that are not those of its kfuncs")) // they are drawn at random
                .count();
        assertEquals(ambiguous || unnamed ? 1 : 0, warnings);
    }

    /** The C tool ran with the old BTF, which is given. What both BTFs explain may be taken for ids of either. */
    @Property(tries = 1000)
    void staleOfTheOldBtfComesOutAsFreshOrIsRefused(@ForAll("cases") BtfIdsCase sample) {
        reproducer("staleOfTheOldBtfComesOutAsFreshOrIsRefused", sample).run(() -> {
            byte[] stale = sample.object2().staleBytes(sample.ids1());
            ResolveOptions options = bench.own(sample.btf2());
            Result result = bench.resolve(stale, bench.withOld(options, sample.btf1()));
            if (!OrderOracle.explains(sample.btf2(), ReadIds.of(sample.object(), stale))) {
                assertEquals(isAmbiguous(sample), result.isRefused());
                if (!result.isRefused()) {
                    byte[] fresh = sample.object2().toBytes();
                    assertArrayEquals(bench.resolve(fresh, options).orThrow(), result.bytes());
                }
            }
        });
    }

    /** The C tool ran last, on what had been resolved with another BTF and had true symbols. */
    @Property(tries = 1000)
    void staleOnTopOfResolvedComesOutAsFresh(@ForAll("cases") BtfIdsCase sample) {
        reproducer("staleOnTopOfResolvedComesOutAsFresh", sample).run(() -> {
            byte[] first = bench.resolve(sample.object().toBytes(), bench.given(sample.btf1()))
                    .orThrow();
            byte[] stale = sortedBehind(sample.object(), first, sample.ids2());
            List<Verdict> verdicts = OrderOracle.judge(ReadIds.of(sample.object(), stale), sample.btf2());
            ResolveOptions options = bench.given(sample.btf2());
            Result result = bench.resolve(stale, options);
            assertEquals(verdicts.contains(Verdict.AMBIGUOUS), result.isRefused());
            if (!result.isRefused()) {
                byte[] fresh = sample.object().toBytes();
                assertArrayEquals(bench.resolve(fresh, options).orThrow(), result.bytes());
            }
        });
    }

    /** What the C tool does: writes ids by the symbols, and sorts each set by id without moving symbols. */
    private static byte[] sortedBehind(BtfIdsObject object, byte[] file, IdLookup ids) {
        byte[] sorted = file.clone();
        RawElfReader reader = new RawElfReader(file);
        int start = (int) reader.section(".BTF_ids").orElseThrow().offset();
        ByteBuffer out = ByteBuffer.wrap(sorted).order(object.variant().order());
        for (Run run : ReadIds.of(object, file)) {
            List<Slot> slots = new ArrayList<>();
            for (Slot slot : run.slots()) {
                Name name = slot.name();
                int id = name == null ? 0 : ids.idOf(name.kind(), name.name());
                slots.add(new Slot(slot.offset(), id, slot.flags(), name));
            }
            if (run.isSet()) {
                slots.sort(Comparator.comparingInt(Slot::id));
                out.putInt(start + run.offset(), slots.size());
            }
            for (int i = 0; i < slots.size(); i++) {
                int at = start + run.slots().get(i).offset();
                out.putInt(at, slots.get(i).id());
                if (run.item() instanceof IdSet8) {
                    out.putInt(at + 4, slots.get(i).flags());
                }
            }
        }
        return sorted;
    }

    /**
     * The rule in other words than the oracle's: some set8 has ids on slots of other names, and among its entries
     * without id both the flags and the names differ, where having no symbol counts as a name.
     */
    @Property(tries = 1000)
    void refusesWhereUnresolvedEntriesDiffer(@ForAll("cases") BtfIdsCase sample) {
        List<Run> runs = ReadIds.of(sample.object(), stale(sample));
        List<Verdict> verdicts = OrderOracle.judge(runs, sample.btf1());
        for (int i = 0; i < runs.size(); i++) {
            boolean moved = verdicts.get(i) != Verdict.TRUE;
            List<Entry> open = runs.get(i).item().entries().stream()
                    .filter(entry -> !entry.isNamed() || sample.ids1().idOf(entry.kind(), entry.name()) == 0)
                    .toList();
            boolean flagsDiffer = runs.get(i).item() instanceof IdSet8
                    && open.stream().map(Entry::flags).distinct().count() > 1;
            boolean namesDiffer = open.stream()
                            .map(e -> Entry.of(e.kind(), e.name()))
                            .distinct()
                            .count()
                    > 1;
            assertEquals(moved && flagsDiffer && namesDiffer, verdicts.get(i) == Verdict.AMBIGUOUS);
        }
    }

    private static List<Verdict> verdicts(BtfIdsCase sample) {
        return OrderOracle.judge(ReadIds.of(sample.object(), stale(sample)), sample.btf1());
    }

    private static boolean isAmbiguous(BtfIdsCase sample) {
        return verdicts(sample).contains(Verdict.AMBIGUOUS);
    }

    private static void assertRefusal(ResolveException refusal) {
        assertTrue(refusal.getMessage().contains("cannot be told"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("set8 '"), refusal.getMessage());
    }

    private static void collect(BtfIdsCase sample) {
        List<Verdict> verdicts = verdicts(sample);
        Statistics.label("objects")
                .collect(isAmbiguous(sample) ? "ambiguous" : verdicts.contains(Verdict.STALE) ? "stale" : "in order");
    }

    private static byte[] ids(byte[] file) {
        return new RawElfReader(file).bytes(".BTF_ids");
    }
}
