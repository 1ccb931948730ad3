package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * The last of the kernel's checks: modifiers and tags on types one after another.
 *
 * <p>There may be 32 of them, and tags come first: {@code TYPE_TAG -> CONST -> INT}, not {@code CONST -> TYPE_TAG ->
 * INT}. A chain ends at the first type with a smaller id that was looked at before, so that the whole takes linear
 * time; what stands behind that is left to the check of that type.
 *
 * <p>The newest source of Linux is without the rule about the order of tags, and keeps the other one. Here it stays:
 * 6.18 and kernels before it refuse what breaks it.
 */
final class KernelModifiers {
    private static final int MAX_CHAIN = 32;

    private final Btf btf;
    private final CheckedTypes types;

    private KernelModifiers(Btf btf) {
        this.btf = btf;
        this.types = new CheckedTypes(btf);
    }

    /** Checks every chain that begins with an own type. */
    static void check(Btf btf) {
        KernelModifiers modifiers = new KernelModifiers(btf);
        int checkedUpTo = modifiers.types.first() - 1;
        for (int typeId = modifiers.types.first(); typeId < modifiers.types.end(); typeId++) {
            if (modifiers.isModifier(typeId)) {
                modifiers.checkChain(typeId, checkedUpTo);
                checkedUpTo = typeId;
            }
        }
    }

    private void checkChain(int typeId, int checkedUpTo) {
        boolean tagsOnly = btf.kind(typeId) == BtfKind.TYPE_TAG;
        int length = 0;
        int current = typeId;
        while (isModifier(current)) {
            if (++length > MAX_CHAIN) {
                throw types.fault(typeId, 2, "begins a chain of more than " + MAX_CHAIN + " modifiers, or a circle");
            }
            boolean isTag = btf.kind(current) == BtfKind.TYPE_TAG;
            if (isTag && !tagsOnly) {
                throw types.fault(typeId, 2, "leads to " + btf.describe(current) + ", but tags stand before modifiers");
            }
            tagsOnly &= isTag;
            if (current <= checkedUpTo) {
                return;
            }
            current = btf.sizeOrType(current);
        }
    }

    private boolean isModifier(int typeId) {
        BtfKind kind = btf.kind(typeId);
        return kind != null && (1 << kind.number() & KernelKinds.MODIFIERS) != 0;
    }
}
