package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfMutator;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The kernel level against the running kernel: real and generated BTF, changed here and there, has to get the same
 * verdict from both. What differs is kept under {@code target/failures/kernel}.
 *
 * <p>The system properties {@code btfkit.kernel.seed} and {@code btfkit.kernel.mutations} change seed and number.
 */
@Tag("conformance")
class KernelValidatorConformance {
    private static final Path FAILURES = Path.of("target", "failures", "kernel");
    private static final int E2BIG = 7;
    private static final int MAX_SLICE = 300;

    private final long seed = Long.getLong("btfkit.kernel.seed", 1);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();

    @Test
    void shouldAgreeWithRunningKernel() throws IOException {
        run(3_000, 60);
    }

    @Test
    void shouldAgreeWithRunningKernelOnManyMutations() throws IOException {
        run(40_000, 600);
    }

    private void run(int defaultMutations, int samples) throws IOException {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "mutations are made of little-endian BTF");
        int mutations = Integer.getInteger("btfkit.kernel.mutations", defaultMutations);
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            List<byte[]> inputs = inputs(samples);
            for (int i = 0; i < inputs.size(); i++) {
                compare(loader, inputs.get(i), "input " + i);
            }
            Random choice = new Random(seed);
            for (int i = 0; i < mutations; i++) {
                long mutationSeed = seed * 1_000_003L + i;
                int input = choice.nextInt(inputs.size());
                byte[] mutated = new BtfMutator(mutationSeed).mutate(inputs.get(input));
                compare(loader, mutated, "input " + input + " with seed " + mutationSeed);
            }
            System.out.println("kernel " + KernelBtfLoader.kernelRelease() + ", seed " + seed + ", " + inputs.size()
                    + " inputs, " + mutations + " mutations: " + counts);
        }
        assertEquals(List.of(), differences);
        assertTrue(counts.getOrDefault("both accept", 0) > mutations / 20, counts.toString());
        assertTrue(counts.getOrDefault("both refuse", 0) > mutations / 20, counts.toString());
    }

    private void compare(KernelBtfLoader loader, byte[] data, String what) throws IOException {
        BtfFormatException refusal = null;
        try {
            KernelValidator.kernel(data, null, "raw");
        } catch (BtfFormatException e) {
            refusal = e;
        }
        int errno = loader.load(data);
        String verdict = errno == 0 ? "both accept" : "both refuse";
        if ((errno == 0) != (refusal == null)) {
            verdict = knownDifference(data, refusal, errno);
        }
        if (verdict == null) {
            verdict = "DIFFERENT";
            if (differences.size() < 50) {
                Path file = FAILURES.resolve("seed-" + seed + "-" + differences.size() + ".btf");
                Files.createDirectories(FAILURES);
                Files.write(file, data);
                differences.add(what + ", " + file + ": " + (refusal == null ? "accepted" : refusal.getMessage())
                        + "; kernel: " + errno + " " + lastLine(loader.log(data)));
            }
        }
        counts.merge(verdict, 1, Integer::sum);
    }

    /** Names the rule that the running kernel has otherwise than the reference; null if there is none. */
    private static String knownDifference(byte[] data, BtfFormatException refusal, int errno) {
        ByteBuffer raw = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (refusal == null) {
            Btf btf = Btf.parse(data, null, "raw");
            if (btf.order() != ByteOrder.nativeOrder()) {
                return "other byte order";
            }
            if (errno == E2BIG && raw.getInt(4) >= 32 && raw.getLong(24) != 0) {
                return "older kernel: layout";
            }
            for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
                if (btf.vlen(typeId) > 0xffff) {
                    return "older kernel: vlen";
                }
            }
            return null;
        }
        if (refusal.getMessage().contains("tags stand before modifiers")) {
            return "newer kernel: order of tags";
        }
        boolean stringsFirst = raw.getInt(4) >= 32 && raw.getInt(16) < raw.getInt(8);
        return stringsFirst ? "newer kernel: order of sections" : null;
    }

    private static String lastLine(String log) {
        String[] lines = log.strip().split("\n");
        return lines[lines.length - 1];
    }

    private List<byte[]> inputs(int samples) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        if (OracleData.isAvailable()) {
            for (String folder : List.of("cases/raw", "cases/dump")) {
                for (Path file : OracleData.list(folder, ".btf")) {
                    inputs.add(Files.readAllBytes(file));
                }
            }
        }
        for (BtfFlavor flavor : BtfFlavor.values()) {
            addGenerated(flavor, samples, inputs);
        }
        BtfChains chains = new BtfChains(seed);
        for (int i = 0; i < 2 * samples; i++) {
            inputs.add(chains.next());
        }
        Path running = Path.of("/sys/kernel/btf/vmlinux");
        if (Files.isReadable(running)) {
            addSlices(Btf.parse(Files.readAllBytes(running), null, "vmlinux"), samples, inputs);
        }
        if (OracleData.isAvailable()) {
            Path other = OracleData.file("vmlinux-6.12.117-cloud.btf");
            addSlices(Btf.parse(Files.readAllBytes(other), null, "vmlinux"), samples, inputs);
        }
        return inputs;
    }

    private void addGenerated(BtfFlavor flavor, int samples, List<byte[]> inputs) {
        JqwikSession.run(() -> {
            RandomGenerator<RawBtf> generator = BtfArbitraries.btfs(flavor).generator(samples);
            Random random = new Random(seed);
            for (int i = 0; i < samples; i++) {
                RawBtf btf = generator.next(random).value();
                if (btf.order() == ByteOrder.LITTLE_ENDIAN) {
                    inputs.add(btf.toBytes());
                }
            }
        });
    }

    private void addSlices(Btf kernel, int samples, List<byte[]> inputs) {
        BtfSlices slices = new BtfSlices(kernel, seed);
        for (int i = 0; i < samples; i++) {
            byte[] slice = slices.next(MAX_SLICE);
            if (slice != null) {
                inputs.add(slice);
            }
        }
    }
}
