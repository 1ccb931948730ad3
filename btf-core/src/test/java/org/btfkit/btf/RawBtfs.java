package org.btfkit.btf;

import org.btfkit.fixtures.raw.RawBtf;

/** Reads what tests assemble. */
public final class RawBtfs {
    private RawBtfs() {}

    /** Parses a raw BTF and its bases. */
    public static Btf parse(RawBtf raw) {
        return parse(raw, raw.base() == null ? null : parse(raw.base()));
    }

    /** Parses a raw BTF on a base that was parsed already. */
    public static Btf parse(RawBtf raw, Btf base) {
        return Btf.parse(raw.toBytes(), base, "raw");
    }
}
