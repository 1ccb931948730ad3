package org.btfkit.btf.validate;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/** Sets of kinds as the kernel's checks group them. */
final class KernelKinds {
    /** What is another type with a word before it; tags on types are among them. */
    static final KindSet MODIFIERS = KindSet.TYPEDEFS_AND_MODIFIERS;

    /** What may stand at the start of references only. */
    static final KindSet ROOTS = KindSet.of(BtfKind.VAR, BtfKind.DECL_TAG, BtfKind.DATASEC);

    /** What nothing can consist of. */
    static final KindSet UNFIT = KindSet.SIZELESS.with(ROOTS);

    /** What is no data, whatever it refers to. */
    static final KindSet NO_DATA = ROOTS.with(BtfKind.FUNC);

    /** What refers to other types in a way that has to be followed; a prototype's references are looked at apart. */
    static final KindSet REFERRING =
            MODIFIERS.with(KindSet.COMPOSITES).with(NO_DATA).with(BtfKind.PTR, BtfKind.ARRAY);

    /** Of these what matters behind a pointer. */
    static final KindSet BEHIND_POINTER = MODIFIERS.with(BtfKind.PTR);

    /** Of these what matters inside of a type. */
    static final KindSet CONTENT = MODIFIERS.with(KindSet.COMPOSITES).with(BtfKind.ARRAY);

    /** What consists of other types. */
    static final KindSet HOLDING = KindSet.COMPOSITES.with(BtfKind.ARRAY);

    /** What has the size of another type. */
    static final KindSet STANDING_FOR = MODIFIERS.with(BtfKind.VAR);

    /** What has a size when it is resolved. */
    static final KindSet MEASURED = KindSet.SIZED.with(BtfKind.ARRAY, BtfKind.PTR);

    /** What a tag on a declaration may stand on. */
    static final KindSet TAGGABLE = KindSet.COMPOSITES.with(BtfKind.VAR, BtfKind.FUNC, BtfKind.TYPEDEF);

    private KernelKinds() {}

    /** Whether an integer fills 1, 2, 4, 8 or 16 bytes from its first bit on; {@code data} is its fourth word. */
    static boolean isRegularInt(int data) {
        int bits = Words.intBits(data);
        return Words.intOffsetBits(data) == 0 && bits % 8 == 0 && Integer.bitCount(bits) == 1 && bits <= 128;
    }
}
