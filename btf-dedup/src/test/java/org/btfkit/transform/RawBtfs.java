package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;

/** From the assembler to the model, and BTF that is told by it in a line. */
public final class RawBtfs {
    private RawBtfs() {}

    public static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, base == null ? "raw" : "split");
    }

    /** A FWD and a pointer to it. gcc 12 writes a number into the third word of a FWD, which has no meaning. */
    public static Btf withForwardWord(int word) {
        RawBtf raw = RawBtf.littleEndian();
        raw.addPtr(raw.addFwd("later", false));
        byte[] bytes = raw.toBytes();
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(data.getInt(4) + 8, word);
        return Btf.parse(bytes, null, "gcc");
    }

    /** Fails unless there is one such FWD, whose third word is 0. */
    public static void assertPlainForward(Btf btf) {
        int[] found = btf.findAll(BtfKind.FWD, "later");
        assertEquals(1, found.length);
        assertEquals(0, btf.sizeOrType(found[0]));
    }
}
