package org.btfkit.btf;

import org.btfkit.internal.flat.FlatBtf;

/** Opens the arrays of a {@link Btf} to this project's own modules; see {@link FlatBtf}. */
final class FlatAccess implements FlatBtf.Access {
    static {
        FlatBtf.install(new FlatAccess());
    }

    private FlatAccess() {}

    @Override
    public int[] words(Btf btf) {
        return btf.words();
    }

    @Override
    public int[] typeOffsets(Btf btf) {
        return btf.typeOffsets();
    }

    @Override
    public byte[] strings(Btf btf) {
        return btf.strings();
    }
}
