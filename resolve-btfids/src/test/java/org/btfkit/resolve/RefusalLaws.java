package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.OrderOracle.Verdict;
import org.btfkit.resolve.ReadIds.Run;
import org.btfkit.resolve.ReadIds.Slot;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.resolve.Workbench.Result;

/** Sections whose words no resolver wrote: what cannot be shown to be in order is refused, and nothing else is. */
@WithWorkbench
class RefusalLaws {
    /** An object, the BTF to resolve it with, and its file with ids that were tampered with. */
    record Tampered(BtfIdsObject object, RawBtf btf, byte[] file) {
        @Override
        public String toString() {
            return "%s%n btf:%s%n read:%s".formatted(object, btf, ReadIds.of(object, file));
        }
    }

    private static Workbench bench;

    @Provide
    Arbitrary<Tampered> tampered() {
        Arbitrary<Integer> kinds = Arbitraries.integers().between(0, 23);
        return Combinators.combine(
                        BtfIdsArbitraries.cases(), kinds, Arbitraries.longs().between(0, 999))
                .as((sample, kind, seed) -> {
                    byte[] ids = kind % 2 == 0
                            ? sample.object().resolvedBytes(sample.ids1())
                            : sample.object().staleBytes(sample.ids1());
                    byte[] file = tamper(sample, ids, kind / 2, new Random(seed));
                    return new Tampered(sample.object(), sample.btf1(), file);
                })
                .withoutEdgeCases();
    }

    /** Gives the slots of one set other ids: those of the set in another order, those of other types, or nonsense. */
    private static byte[] tamper(BtfIdsCase sample, byte[] file, int kind, Random random) {
        byte[] bytes = file.clone();
        List<Run> runs = ReadIds.of(sample.object(), file);
        if (runs.isEmpty()) {
            return bytes;
        }
        int start =
                (int) new RawElfReader(file).section(".BTF_ids").orElseThrow().offset();
        ByteBuffer out = ByteBuffer.wrap(bytes).order(sample.object().variant().order());
        Run run = runs.get(random.nextInt(runs.size()));
        List<Integer> ids = new ArrayList<>(run.slots().stream().map(Slot::id).toList());
        switch (kind % 6) {
            case 0 -> Collections.shuffle(ids, random);
            case 1 -> ids.replaceAll(id -> random.nextInt(sample.btf1().nextId() + 1));
            case 2 -> ids.replaceAll(id -> random.nextInt());
            case 3 -> ids.replaceAll(id -> random.nextInt(4) > 0 ? id : 0);
            case 4 -> ids.replaceAll(id -> ids.get(random.nextInt(ids.size())));
            default -> Collections.sort(ids);
        }
        if (kind >= 6 && run.isSet()) {
            out.putInt(start + run.offset(), random.nextInt(10));
        }
        for (int i = 0; i < ids.size(); i++) {
            out.putInt(start + run.slots().get(i).offset(), ids.get(i));
        }
        return bytes;
    }

    private static Reproducer reproducer(String law, Tampered sample) {
        return Reproducer.of(law).input("object.ko", sample.file).input("btf", sample.btf);
    }

    @Property(tries = 1000)
    void whatCannotBeShownIsRefused(@ForAll("tampered") Tampered sample) {
        reproducer("whatCannotBeShownIsRefused", sample).run(() -> {
            List<Run> runs = ReadIds.of(sample.object, sample.file);
            List<Verdict> verdicts = OrderOracle.judge(runs, sample.btf);
            boolean shown = isFresh(runs) || verdicts.stream().allMatch(Verdict::isShown);
            Result result = bench.resolve(sample.file, bench.given(sample.btf));
            if (hasMoreIdsThanSymbols(runs)) {
                assertUnnamed(result);
                return;
            }
            assertEquals(!shown && orderMatters(runs), result.isRefused());
            if (result.isRefused()) {
                String message = result.refusal().getMessage();
                assertTrue(message.contains("object.ko: .BTF_ids: cannot show whose ids it holds: "), message);
                assertEquals(Reason.UNKNOWN_ORDER, result.refusal().reason());
            } else {
                boolean repaired = shown && !isFresh(runs) && verdicts.contains(Verdict.STALE);
                List<Run> after = ReadIds.of(sample.object, result.bytes());
                for (int i = 0; i < runs.size(); i++) {
                    Run run = runs.get(i);
                    List<String> pairs = repaired && run.isSet() ? OrderOracle.pairs(run, sample.btf) : run.pairs();
                    assertEquals(pairs, after.get(i).pairs());
                }
                assertNamedTruth(after, sample.btf);
            }
            Statistics.label("objects")
                    .collect(
                            result.isRefused()
                                    ? "refused"
                                    : !shown
                                            ? "order does not matter"
                                            : isFresh(runs)
                                                    ? "fresh"
                                                    : verdicts.contains(Verdict.STALE) ? "repaired" : "in order");
        });
    }

    @Property(tries = 1000)
    void trustedSymbolsAreTakenAtTheirWord(@ForAll("tampered") Tampered sample) {
        reproducer("trustedSymbolsAreTakenAtTheirWord", sample).run(() -> {
            List<Run> runs = ReadIds.of(sample.object, sample.file);
            Result result = bench.resolve(sample.file, bench.given(sample.btf).withTrustSymbols(true));
            if (hasMoreIdsThanSymbols(runs)) {
                assertUnnamed(result); // an id without a symbol would stay what it is, though symbols are trusted
                return;
            }
            List<Run> after = ReadIds.of(sample.object, result.orThrow());
            for (int i = 0; i < runs.size(); i++) {
                assertEquals(runs.get(i).pairs(), after.get(i).pairs());
            }
            assertNamedTruth(after, sample.btf);
        });
    }

    /** Whether symbols must have been stripped: ids may be on each other's slots, but within their set only. */
    private static boolean hasMoreIdsThanSymbols(List<Run> runs) {
        return runs.stream()
                .anyMatch(run -> run.isSet()
                        ? run.slots().stream().filter(slot -> slot.id() != 0).count()
                                > run.slots().stream()
                                        .filter(slot -> slot.name() != null)
                                        .count()
                        : run.slots().stream().anyMatch(slot -> slot.name() == null && slot.id() != 0));
    }

    private static void assertUnnamed(Result result) {
        assertTrue(result.isRefused(), "ids without symbols were taken");
        Reason reason = result.refusal().reason();
        assertTrue(reason == Reason.UNNAMED_IDS || reason == Reason.UNNAMED_IDS_WITHOUT_BTF, reason.toString());
        assertTrue(result.refusal().getMessage().contains(" that no symbol names, the first at offset 0x"));
    }

    private static boolean isFresh(List<Run> runs) {
        return runs.stream().filter(Run::isSet).allMatch(Run::allZero)
                && runs.stream()
                        .flatMap(run -> run.slots().stream())
                        .allMatch(slot -> slot.name() == null || slot.id() == 0);
    }

    /** Whether some set has flags that could be out of order, or is as no resolver leaves it. */
    private static boolean orderMatters(List<Run> runs) {
        return runs.stream().filter(Run::isSet).anyMatch(run -> {
            List<Integer> ids = run.slots().stream().map(Slot::id).toList();
            return run.count() != ids.size()
                    || run.slots().stream().map(Slot::flags).distinct().count() > 1
                    || !ids.equals(ids.stream().sorted().toList())
                    || run.slots().stream().anyMatch(slot -> slot.id() < 0 || slot.name() == null && slot.id() != 0);
        });
    }

    /** Slots without a symbol keep what they hold. */
    private static void assertNamedTruth(List<Run> runs, RawBtf btf) {
        for (Run run : runs) {
            List<Slot> named =
                    run.slots().stream().filter(slot -> slot.name() != null).toList();
            ReadIds.assertTruth(List.of(new Run(run.item(), run.offset(), run.head(), named)), btf);
        }
    }
}
