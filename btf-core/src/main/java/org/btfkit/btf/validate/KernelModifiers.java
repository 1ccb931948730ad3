package org.btfkit.btf.validate;

import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;

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
    private static final int MAX_CHAIN = Limits.MAX_RESOLVE_DEPTH;

    private final FlatTypes types;

    private KernelModifiers(FlatTypes types) {
        this.types = types;
    }

    /** Checks every chain that begins with an own type. */
    static void check(FlatTypes types) {
        KernelModifiers modifiers = new KernelModifiers(types);
        int checkedUpTo = types.firstTypeId() - 1;
        for (int typeId = types.firstTypeId(); typeId < types.typeCount(); typeId++) {
            if (modifiers.isModifier(typeId)) {
                modifiers.checkChain(typeId, checkedUpTo);
                checkedUpTo = typeId;
            }
        }
    }

    private void checkChain(int typeId, int checkedUpTo) {
        boolean tagsOnly = types.kind(typeId) == BtfKind.TYPE_TAG;
        int length = 0;
        int current = typeId;
        while (isModifier(current)) {
            if (++length > MAX_CHAIN) {
                throw types.fault(typeId, 2, "begins a chain of more than " + MAX_CHAIN + " modifiers, or a circle");
            }
            boolean isTag = types.kind(current) == BtfKind.TYPE_TAG;
            if (isTag && !tagsOnly) {
                throw types.fault(
                        typeId, 2, "leads to " + types.describeTarget(current) + ", but tags stand before modifiers");
            }
            tagsOnly &= isTag;
            if (current <= checkedUpTo) {
                return;
            }
            current = types.sizeOrType(current);
        }
    }

    private boolean isModifier(int typeId) {
        return types.is(typeId, KernelKinds.MODIFIERS);
    }
}
