package org.btfkit.btf.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelFeatureTest {
    /** The kinds of Linux 4.18 and what came later, by the history of the kernel's uapi header. */
    @ParameterizedTest
    @CsvSource({
        "INT, 4.18",
        "PTR, 4.18",
        "ARRAY, 4.18",
        "STRUCT, 4.18",
        "UNION, 4.18",
        "ENUM, 4.18",
        "FWD, 4.18",
        "TYPEDEF, 4.18",
        "VOLATILE, 4.18",
        "CONST, 4.18",
        "RESTRICT, 4.18",
        "FUNC, 5.0",
        "FUNC_PROTO, 5.0",
        "VAR, 5.2",
        "DATASEC, 5.2",
        "FLOAT, 5.13",
        "DECL_TAG, 5.16",
        "TYPE_TAG, 5.17",
        "ENUM64, 6.0",
    })
    void shouldKnowSinceWhenThereAreKinds(BtfKind kind, String release) {
        assertEquals(
                release, KernelFeature.ofKind(kind).map(KernelFeature::release).orElse("4.18"));
    }

    @Test
    void shouldNeedNothingForVoid() {
        assertEquals(Optional.empty(), KernelFeature.ofKind(BtfKind.VOID));
    }

    /** The newest of several features is found by this order. */
    @ParameterizedTest
    @EnumSource
    void shouldAscendByRelease(KernelFeature feature) {
        String before = feature.ordinal() == 0
                ? KernelFeature.FIRST_RELEASE
                : KernelFeature.values()[feature.ordinal() - 1].release();
        assertTrue(number(before) <= number(feature.release()), feature + " after " + before);
    }

    @Test
    void shouldTellWhatAKernelDoesNotKnow() {
        assertEquals(
                EnumSet.range(KernelFeature.LAYOUT, KernelFeature.LARGE_VLEN), KernelFeature.unknownTo("7.0.1-rc2"));
        assertEquals(EnumSet.of(KernelFeature.LARGE_VLEN), KernelFeature.unknownTo("7.1"));
        assertEquals(EnumSet.allOf(KernelFeature.class), KernelFeature.unknownTo("4.18"));
        assertEquals(
                EnumSet.range(KernelFeature.SECTION_NAMES, KernelFeature.LARGE_VLEN),
                KernelFeature.unknownTo("6.4.0-91-generic"));
        assertEquals(Set.of(), KernelFeature.unknownTo("10.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "v5.4", "5.x", "4.17", "3.10.0-1160.el7", "-5.4"})
    void shouldRefuseWhatIsNoReleaseWithBtf(String release) {
        String message = assertThrows(IllegalArgumentException.class, () -> KernelFeature.unknownTo(release))
                .getMessage();
        assertTrue(message.startsWith("release '" + release + "': "), message);
    }

    private static int number(String release) {
        String[] parts = release.split("\\.");
        return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
    }
}
