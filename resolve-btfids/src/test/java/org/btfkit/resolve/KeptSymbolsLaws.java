package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
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
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.OrderOracle.Verdict;
import org.btfkit.resolve.Workbench.Result;

/** Linked kernels whose symbols stay where they are, because their build has recorded them. */
@WithWorkbench
class KeptSymbolsLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> linked() {
        return BtfIdsArbitraries.cases()
                .filter(sample -> !sample.object().variant().relocatable());
    }

    @Provide
    Arbitrary<BtfIdsCase> modules() {
        return BtfIdsArbitraries.cases()
                .filter(sample -> sample.object().variant().relocatable());
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample) {
        return Reproducer.of(law)
                .input("vmlinux", sample.object1().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    private static ResolveOptions keeping(RawBtf own) throws IOException {
        return bench.own(own).withKeepLinkedSymbols(true);
    }

    private static byte[] ids(byte[] file) {
        return new RawElfReader(file).bytes(".BTF_ids");
    }

    /** Law 5, to the whole file: nothing but the ids changes. */
    @Property(tries = 500)
    void aFreshOneIsLeftAsTheCToolLeavesIt(@ForAll("linked") BtfIdsCase sample) {
        reproducer("aFreshOneIsLeftAsTheCToolLeavesIt", sample).run(() -> {
            Result result = bench.resolve(sample.object1().toBytes(), keeping(sample.btf1()));
            assertArrayEquals(sample.object1().staleBytes(sample.ids1()), result.orThrow());
            assertEquals(0, result.report().movedSymbols());
            assertEquals(List.of(), result.log().notes);
        });
    }

    /** Law 1, where nobody could tell any more which of the names without an id has which flags. */
    @Property(tries = 500)
    void resolvingItAgainIsNoOp(@ForAll("linked") BtfIdsCase sample) {
        reproducer("resolvingItAgainIsNoOp", sample).run(() -> {
            byte[] once = sample.object1().staleBytes(sample.ids1());
            Result again = bench.resolve(once, keeping(sample.btf1()));
            assertArrayEquals(once, again.orThrow());
            assertFalse(again.touched());
            assertEquals(0, again.report().movedSymbols());
            assertEquals(List.of(), again.log().notes);
            Statistics.label("unresolved entries told apart")
                    .collect(!verdicts(sample).contains(Verdict.AMBIGUOUS));
        });
    }

    /** Also after the symbols have been put right. */
    @Property(tries = 200)
    void trueSymbolsStayAsWell(@ForAll("linked") BtfIdsCase sample) {
        reproducer("trueSymbolsStayAsWell", sample).run(() -> {
            byte[] moved = bench.resolve(sample.object1().toBytes(), bench.own(sample.btf1()))
                    .orThrow();
            Result again = bench.resolve(moved, keeping(sample.btf1()));
            assertArrayEquals(moved, again.orThrow());
            assertFalse(again.touched());
        });
    }

    /** Law 2: what moves symbols comes to the same by way of what keeps them, or refuses. */
    @Property(tries = 500)
    void itIsRepairedAsAnyOther(@ForAll("linked") BtfIdsCase sample) {
        reproducer("itIsRepairedAsAnyOther", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            byte[] kept = bench.resolve(fresh, keeping(sample.btf1())).orThrow();
            Result result = bench.resolve(kept, bench.own(sample.btf1()));
            assertEquals(verdicts(sample).contains(Verdict.AMBIGUOUS), result.isRefused());
            if (!result.isRefused()) {
                assertArrayEquals(bench.resolve(fresh, bench.own(sample.btf1())).orThrow(), result.bytes());
            }
        });
    }

    /** Law 2, for another BTF: as from the fresh one, or refused; never by symbols that are on other slots. */
    @Property(tries = 500)
    void otherIdsAreThoseOfAFreshOneOrNone(@ForAll("linked") BtfIdsCase sample) {
        reproducer("otherIdsAreThoseOfAFreshOneOrNone", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            byte[] kept = bench.resolve(fresh, keeping(sample.btf1())).orThrow();
            ResolveOptions other = bench.given(sample.btf2()).withKeepLinkedSymbols(true);
            Result result = bench.resolve(kept, bench.withOld(other, sample.btf1()));
            if (!result.isRefused()) {
                assertArrayEquals(bench.resolve(fresh, other).orThrow(), result.bytes());
            }
            assertEquals(verdicts(sample).contains(Verdict.AMBIGUOUS), result.isRefused());
        });
    }

    /** Modules are loaded with their symbols, and no build compares those. */
    @Property(tries = 200)
    void symbolsOfModulesMove(@ForAll("modules") BtfIdsCase sample) {
        reproducer("symbolsOfModulesMove", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            assertArrayEquals(
                    bench.resolve(fresh, bench.own(sample.btf1())).orThrow(),
                    bench.resolve(fresh, keeping(sample.btf1())).orThrow());
        });
    }

    private static List<Verdict> verdicts(BtfIdsCase sample) {
        byte[] stale = sample.object1().staleBytes(sample.ids1());
        return OrderOracle.judge(ReadIds.of(sample.object(), stale), sample.btf1());
    }

    private static BtfIdsObject vmlinux(RawBtf btf, Entry... entries) {
        return BtfIdsObject.of(new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC))
                .with(new IdSet8("kfuncs", BtfIdsObject.SET8_KFUNCS, List.of(entries)))
                .withBtf(btf.toBytes());
    }

    /** The ids alone would be those of the new BTF, too: whose they are has to be shown by the old one. */
    @Example
    void shouldNotTakeIdsOfAnotherBtfForDone() throws IOException {
        RawBtf first = functions("a", "b");
        RawBtf second = functions("b", "a");
        BtfIdsObject object = vmlinux(first, Entry.func("a", 1), Entry.func("b", 2));
        byte[] kept = bench.resolve(object.toBytes(), keeping(first)).orThrow();
        ResolveOptions other = bench.given(second).withKeepLinkedSymbols(true);
        byte[] result = bench.resolve(kept, other).orThrow();
        assertArrayEquals(ids(object.staleBytes(IdLookup.in(second))), ids(result));
        assertTrue(!Arrays.equals(ids(kept), ids(result)), "flags go with their functions");
    }

    /** The same where the new BTF is the object's own, and the old one is given. */
    @Example
    void shouldNotTakeIdsOfAnOlderBtfForDone() throws IOException {
        RawBtf first = functions("a", "b");
        RawBtf second = functions("b", "a");
        BtfIdsObject object = vmlinux(second, Entry.func("a", 1), Entry.func("b", 2));
        byte[] kept = bench.resolve(object.toBytes(), bench.given(first).withKeepLinkedSymbols(true))
                .orThrow();
        byte[] result =
                bench.resolve(kept, bench.withOld(keeping(second), first)).orThrow();
        assertArrayEquals(object.staleBytes(IdLookup.in(second)), result);
    }

    private static RawBtf functions(String... names) {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        for (String name : names) {
            btf.addFunc(name, proto, 1);
        }
        return btf;
    }

    /** What is said of its sets is the truth: their symbols have been left behind. */
    @Example
    void shouldReportThatSymbolsWereLeftBehind() throws IOException {
        RawBtf btf = functions("early", "late");
        BtfIdsObject object = vmlinux(btf, Entry.func("late", 1), Entry.func("early", 2));
        byte[] kept = bench.resolve(object.toBytes(), keeping(btf)).orThrow();
        Result again = bench.resolve(kept, keeping(btf));
        assertEquals(SetReport.State.STALE, again.report().sets().get(0).state());
        assertEquals(ObjectReport.Outcome.UNCHANGED, again.report().outcome());
        assertEquals(
                List.of("set8 'kfuncs' was sorted by a tool that left the symbols behind; 2 symbols to move"),
                bench.resolve(kept, bench.own(btf)).log().notes);
    }

    /** Ids whose flags have nothing to tell them apart are not guessed when the BTF changes. */
    @Example
    void shouldRefuseWhenANameThatHadNoIdGetsOne() throws IOException {
        RawBtf first = functions("z");
        RawBtf second = functions("z", "x");
        BtfIdsObject object = vmlinux(first, Entry.func("z", 1), Entry.func("x", 2), Entry.func("y", 4));
        byte[] kept = bench.resolve(object.toBytes(), keeping(first)).orThrow();
        assertFalse(bench.resolve(kept, keeping(first)).touched());
        Result result = bench.resolve(kept, bench.withOld(bench.given(second).withKeepLinkedSymbols(true), first));
        assertTrue(result.isRefused());
        assertTrue(result.refusal().getMessage().contains("cannot be told"), result.refusal()::getMessage);
    }
}
