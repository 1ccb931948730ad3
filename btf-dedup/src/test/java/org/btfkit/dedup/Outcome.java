package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;

/** What came of a deduplication: bytes and id map, or the message of its failure. */
record Outcome(byte[] bytes, int[] idMap, String failure) {
    static Outcome of(Deduplicator deduplicator, Btf input) {
        try {
            DedupResult result = deduplicator.dedup(input);
            return new Outcome(BtfWriter.toBytes(result.btf()), result.idMap(), null);
        } catch (BtfException e) {
            return new Outcome(null, null, e.getMessage());
        }
    }

    void assertEqualTo(Outcome expected) {
        assertEquals(expected.failure, failure);
        assertArrayEquals(expected.bytes, bytes);
        assertArrayEquals(expected.idMap, idMap);
    }
}
