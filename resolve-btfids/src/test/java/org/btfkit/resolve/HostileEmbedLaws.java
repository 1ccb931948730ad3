package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;

/** Flipped bits end in a result or a refusal, and a refusal leaves everything as it was. */
@WithWorkbench
class HostileEmbedLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases();
    }

    @Property(tries = 300)
    void damagedBtfIsRefusedOrEmbedded(
            @ForAll("cases") BtfIdsCase sample, @ForAll long seed, @ForAll boolean distills) {
        Random random = new Random(seed);
        BtfIdsObject object = sample.object().withBtf(damaged(sample.btf1().toBytes(), random));
        if (sample.isSplit() && random.nextInt(3) == 0) {
            object = object.withBtfBase(damaged(sample.btf1().base().toBytes(), random));
        }
        byte[] file = object.toBytes();
        Reproducer.of("damagedBtfIsRefusedOrEmbedded").input("object.ko", file).run(() -> {
            ResolveOptions options = bench.own(sample.btf1()).withDistillBase(distills);
            note(bench.embed(file, options));
            bench.detach(file, options);
        });
    }

    @Property(tries = 1000)
    void damagedObjectsAreRefusedOrEmbedded(@ForAll("cases") BtfIdsCase sample, @ForAll long seed) throws IOException {
        byte[] file = damaged(sample.object1().toBytes(), new Random(seed));
        Reproducer.of("damagedObjectsAreRefusedOrEmbedded")
                .input("object.ko", file)
                .run(() -> {
                    ResolveOptions options = bench.own(sample.btf1());
                    note(bench.embed(file, options));
                    if (!bench.detach(file, options).isRefused() && Files.exists(bench.path("object.ko.BTF_ids"))) {
                        bench.patch(damaged(file, new Random(seed + 1)), options);
                    }
                });
    }

    private static void note(Workbench.Result result) {
        Statistics.collect(result.isRefused() ? "refused" : "embedded");
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        for (int i = random.nextInt(2); i >= 0 && result.length > 0; i--) {
            result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return result;
    }
}
