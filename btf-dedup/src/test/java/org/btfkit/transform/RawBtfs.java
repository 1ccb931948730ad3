package org.btfkit.transform;

import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;

/** From the assembler to the model. */
public final class RawBtfs {
    private RawBtfs() {}

    public static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, base == null ? "raw" : "split");
    }
}
