package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSymbol;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.Workbench.Result;

/** Law 2: resolving again after the BTF has changed gives what resolving a fresh link gives. */
@WithWorkbench
class PathIndependenceLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases();
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample) {
        return Reproducer.of(law)
                .input("object.ko", sample.object1().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    /** Law 2. */
    @Property(tries = 1000)
    void resolvingAgainIsPathIndependent(@ForAll("cases") BtfIdsCase sample) {
        reproducer("resolvingAgainIsPathIndependent", sample).run(() -> {
            byte[] fresh = sample.object().toBytes();
            byte[] first = bench.resolve(fresh, bench.given(sample.btf1())).orThrow();
            byte[] second = bench.resolve(fresh, bench.given(sample.btf2())).orThrow();

            byte[] there = bench.resolve(first, bench.withOld(bench.given(sample.btf2()), sample.btf1()))
                    .orThrow();
            assertArrayEquals(second, there);
            byte[] back = bench.resolve(second, bench.withOld(bench.given(sample.btf1()), sample.btf2()))
                    .orThrow();
            assertArrayEquals(first, back);
        });
    }

    /** Law 2. */
    @Property(tries = 1000)
    void replacingTheOwnBtfIsPathIndependent(@ForAll("cases") BtfIdsCase sample) {
        reproducer("replacingTheOwnBtfIsPathIndependent", sample).run(() -> {
            Result again = bench.resolve(rebuilt(sample), bench.withOld(bench.own(sample.btf2()), sample.btf1()));
            assertArrayEquals(resolvedAfresh(sample), again.orThrow());
        });
    }

    /** The object's own BTF still is the one that its ids are from; only its base has to be given. */
    @Property(tries = 1000)
    void theOwnBtfShowsWhatTheIdsWere(@ForAll("cases") BtfIdsCase sample) {
        reproducer("theOwnBtfShowsWhatTheIdsWere", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            byte[] first = bench.resolve(fresh, bench.own(sample.btf1())).orThrow();
            ResolveOptions options = bench.given(sample.btf2());
            byte[] second = bench.resolve(fresh, options).orThrow();
            if (sample.isSplit()) {
                options = options.withOld(
                        null, bench.write("old-base.btf", sample.btf1().base().toBytes()));
            }
            assertArrayEquals(second, bench.resolve(first, options).orThrow());
        });
    }

    /**
     * Nothing of the first BTF is left. Then the result is right or there is none; unless ids
     * {@linkplain OrderOracle#mislead mislead}, be it that by chance they are a permutation of their sets' names in the
     * second BTF as well, which no stale object can be told from.
     */
    @Property(tries = 1000)
    void withoutTheOldBtfItIsRightOrRefused(@ForAll("cases") BtfIdsCase sample) {
        reproducer("withoutTheOldBtfItIsRightOrRefused", sample).run(() -> {
            byte[] rebuilt = rebuilt(sample);
            Result again = bench.resolve(rebuilt, bench.own(sample.btf2()));
            String outcome;
            if (again.isRefused()) {
                outcome = "refused";
            } else if (Arrays.equals(resolvedAfresh(sample), again.bytes())) {
                outcome = "right";
            } else {
                assertTrue(OrderOracle.mislead(sample, ReadIds.of(sample.object(), rebuilt)), "wrong");
                outcome = "taken for stale";
            }
            Statistics.label(sample.isSplit() ? "split" : "alone")
                    .collect(outcome)
                    .coverage(share -> share.check("right").percentage(percent -> percent > 10));
        });
    }

    /** The object resolved with the first BTF, linked anew around it with the second as its own. */
    private static byte[] rebuilt(BtfIdsCase sample) throws IOException {
        byte[] first = bench.resolve(sample.object1().toBytes(), bench.own(sample.btf1()))
                .orThrow();
        return transplant(sample.object(), first, sample.object2());
    }

    private static byte[] resolvedAfresh(BtfIdsCase sample) throws IOException {
        return bench.resolve(sample.object2().toBytes(), bench.own(sample.btf2()))
                .orThrow();
    }

    /** Takes ids and symbol values from a file over into another one made of the same description. */
    static byte[] transplant(BtfIdsObject from, byte[] file, BtfIdsObject to) {
        RawElfReader reader = new RawElfReader(file);
        RawElf elf = to.toElf();
        elf.find(".BTF_ids").data(reader.bytes(".BTF_ids"));
        List<RawElf.Symbol> table = elf.symbolTable();
        for (IdSymbol symbol : from.idSymbols()) {
            int index = symbol.symbolIndex();
            table.get(index - 1).value(reader.symbols().get(index).value());
        }
        return elf.toBytes();
    }
}
