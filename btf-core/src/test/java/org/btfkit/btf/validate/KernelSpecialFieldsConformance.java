package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.validate.BtfSpecialStructs.Sample;
import org.btfkit.btf.validate.BtfSpecialStructs.Trait;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Structs with locks, lists, trees and tracked pointers get the same verdict here and from the running kernel. What
 * differs is kept under {@code target/failures/kernel-fields}.
 *
 * <p>The system properties {@code btfkit.kernel.seed} and {@code btfkit.kernel.fields} change seed and number.
 */
@Tag("conformance")
class KernelSpecialFieldsConformance {
    private static final Path FAILURES = Path.of("target", "failures", "kernel-fields");
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ELOOP = 40;

    private final long seed = Long.getLong("btfkit.kernel.seed", 1);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<String> reasons = new TreeSet<>();
    private final List<String> differences = new ArrayList<>();

    @Test
    void shouldAgreeWithRunningKernel() throws IOException {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "structs are little-endian");
        int samples = Integer.getInteger("btfkit.kernel.fields", 12_000);
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            KernelSpecialFieldsTest.assumeKnowsAllFields(loader);
            BtfSpecialStructs structs = new BtfSpecialStructs(seed);
            for (int i = 0; i < samples; i++) {
                compare(loader, structs.next(), i);
            }
            System.out.println("kernel " + KernelBtfLoader.kernelRelease() + ", seed " + seed + ", " + samples
                    + " samples: " + counts + ", refused for " + reasons.size() + " reasons");
        }
        assertEquals(List.of(), differences);
        assertTrue(counts.getOrDefault("both accept", 0) > samples / 5, counts.toString());
        assertTrue(counts.getOrDefault("both refuse", 0) > samples / 5, counts.toString());
        assertTrue(reasons.size() > 20, reasons.toString());
    }

    private void compare(KernelBtfLoader loader, Sample sample, int index) throws IOException {
        String refusal = null;
        try {
            KernelValidator.kernel(sample.data(), null, "raw");
        } catch (BtfFormatException e) {
            refusal = e.getMessage();
        }
        int errno = loader.load(sample.data());
        String verdict = errno == 0 ? "both accept" : "both refuse";
        if ((errno == 0) != (refusal == null)) {
            verdict = knownDifference(sample, refusal, errno);
        }
        if (refusal != null) {
            reasons.add(refusal.replaceAll(", at 0x.*", "").replaceAll("[\\['\"][^ ]*|\\d+", "#"));
        }
        if (verdict == null) {
            verdict = "DIFFERENT";
            if (differences.size() < 30) {
                Path file = FAILURES.resolve("seed-" + seed + "-" + index + ".btf");
                Files.createDirectories(FAILURES);
                Files.write(file, sample.data());
                differences.add(file + ": " + (refusal == null ? "accepted" : refusal) + "; kernel: " + errno);
            }
        }
        counts.merge(verdict, 1, Integer::sum);
    }

    /** Names the rule that the running kernel has otherwise than the reference; null if there is none. */
    private static String knownDifference(Sample sample, String refusal, int errno) {
        if (refusal == null && errno == ELOOP && sample.traits().contains(Trait.NESTED_ROOTS)) {
            return "older kernel: lists in lists";
        }
        boolean isLong = refusal != null && refusal.contains("owners, or a circle");
        if (isLong && sample.traits().contains(Trait.LONG_OWNERSHIP)) {
            return "older kernel: length of ownership";
        }
        // 6.18 looks at the first tag only: one that it does not know, or a second one, is an error in special structs,
        // an attribute hides what is behind it, and in either case the pointer is no field and makes no struct special.
        boolean isTag = errno == 0 || errno == EINVAL || errno == EFAULT;
        boolean isOther = isTag && sample.traits().contains(Trait.OTHER_TAGS);
        return isOther ? "older kernel: other tags" : null;
    }
}
