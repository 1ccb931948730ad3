package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.encode.Feature;
import org.btfkit.resolve.KernelRules.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelRulesTest {
    @ParameterizedTest
    @CsvSource({
        "6.12, AS_ENCODED, true, false, false",
        "6.12.117+deb12-cloud-amd64, AS_ENCODED, true, false, false",
        "6.15.9, AS_ENCODED, true, false, false",
        "6.16-rc1, AS_ENCODED, true, true, false",
        "7, SORTED, true, true, false",
        "7.0.3, SORTED, true, true, false",
        "7.1-rc1, SORTED, true, true, true",
        "7.2.13, SORTED, true, true, true",
        "7.3, EDITED, false, false, true",
        "8.0, EDITED, false, false, true"
    })
    void shouldFollowTheVersion(String version, Form form, boolean tags, boolean attributes, boolean layout) {
        KernelRules rules = KernelRules.of(version);
        assertEquals(form, rules.form());
        assertEquals(tags, rules.encoding().features().contains(Feature.DECL_TAG_KFUNCS));
        assertEquals(attributes, rules.encoding().features().contains(Feature.ATTRIBUTES));
        assertEquals(layout, rules.encoding().features().contains(Feature.LAYOUT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "6.x", "6.11", "5.15.7", "v6.12", "next"})
    void shouldRefuseWhatItHasNoRulesFor(String version) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> KernelRules.of(version));
        assertEquals("'" + version + "', expected a kernel version from 6.12 on", refused.getMessage());
    }

    @Test
    void shouldLeaveTheResultToThreads() {
        assertEquals(3, KernelRules.NEWEST.withThreads(3).encoding().threads());
        assertEquals(Form.EDITED, KernelRules.NEWEST.withThreads(3).form());
    }
}
