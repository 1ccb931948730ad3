package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;

/** gcc 12 writes a number into the third word of a FWD, which has no meaning: no transformation keeps it. */
class ForwardWordTest {
    private static Btf withWord(int word) {
        RawBtf raw = RawBtf.littleEndian();
        int fwd = raw.addFwd("later", false);
        raw.addPtr(fwd);
        byte[] bytes = raw.toBytes();
        int headerLength = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(headerLength + 8, word);
        return Btf.parse(bytes, null, "gcc");
    }

    private static void assertOneForward(Btf btf) {
        int[] found = btf.findAll(BtfKind.FWD, "later");
        assertEquals(1, found.length);
        assertEquals(0, btf.sizeOrType(found[0]));
    }

    @Test
    void shouldWriteZero() {
        Btf btf = withWord(0x1234);
        assertOneForward(NameSorter.sort(btf).btf());
        assertOneForward(new Deduplicator().dedup(btf).btf());
        assertOneForward(Merger.merge(List.of(btf), null).btf());
    }

    @Test
    void shouldTakeForwardsForEqualThatDifferInNothingElse() {
        Btf both = Merger.merge(List.of(withWord(7), withWord(8)), null).btf();
        assertOneForward(new Deduplicator().dedup(both).btf());
    }
}
