package org.btfkit.btf;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link BtfFuzzLaws} at length. */
@Tag("conformance")
class BtfFuzzConformance {
    @Test
    void anyBytesGiveBtfOrOneKindOfException() {
        BtfFuzzLaws.fuzz(50_000);
    }
}
