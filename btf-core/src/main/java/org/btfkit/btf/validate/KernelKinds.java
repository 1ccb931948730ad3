package org.btfkit.btf.validate;

import org.btfkit.btf.format.BtfKind;

/** Sets of kinds as the kernel's checks group them, one bit per kind number. */
final class KernelKinds {
    /** What has no size of its own, nor one to be found by following it. */
    static final int SIZELESS = set(BtfKind.VOID, BtfKind.FWD, BtfKind.FUNC, BtfKind.FUNC_PROTO);

    /** What says its size in its third word. */
    static final int SIZED = set(
            BtfKind.INT, BtfKind.STRUCT, BtfKind.UNION, BtfKind.ENUM, BtfKind.ENUM64, BtfKind.FLOAT, BtfKind.DATASEC);

    /** What is another type with a word before it; tags on types are among them. */
    static final int MODIFIERS =
            set(BtfKind.TYPEDEF, BtfKind.CONST, BtfKind.VOLATILE, BtfKind.RESTRICT, BtfKind.TYPE_TAG);

    static final int COMPOSITES = set(BtfKind.STRUCT, BtfKind.UNION);
    static final int PTR = set(BtfKind.PTR);
    static final int ARRAY = set(BtfKind.ARRAY);
    static final int INT = set(BtfKind.INT);
    static final int VAR = set(BtfKind.VAR);
    static final int FUNC = set(BtfKind.FUNC);
    static final int FUNC_PROTO = set(BtfKind.FUNC_PROTO);

    /** What may stand at the start of references only. */
    static final int ROOTS = set(BtfKind.VAR, BtfKind.DECL_TAG, BtfKind.DATASEC);

    /** What refers to other types in a way that has to be followed; a prototype's references are looked at apart. */
    static final int REFERRING = MODIFIERS | COMPOSITES | PTR | ARRAY | ROOTS | FUNC;

    /** What a tag on a declaration may stand on. */
    static final int TAGGABLE = COMPOSITES | VAR | FUNC | set(BtfKind.TYPEDEF);

    private KernelKinds() {}

    private static int set(BtfKind... kinds) {
        int bits = 0;
        for (BtfKind kind : kinds) {
            bits |= 1 << kind.number();
        }
        return bits;
    }

    /** Whether an integer fills 1, 2, 4, 8 or 16 bytes from its first bit on; {@code data} is its fourth word. */
    static boolean isRegularInt(int data) {
        int bits = data & 0xff;
        return (data >>> 16 & 0xff) == 0 && bits % 8 == 0 && Integer.bitCount(bits) == 1 && bits <= 128;
    }
}
