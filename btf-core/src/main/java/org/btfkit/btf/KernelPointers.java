package org.btfkit.btf;

/**
 * Tells pointers that the kernel keeps track of, by a tag on what they point to ({@code btf_find_kptr} of
 * kernel/bpf/btf.c): {@code PTR -> TYPE_TAG 'kptr' -> STRUCT}.
 *
 * <p>The pointer may be volatile. Other tags and modifiers on the way change nothing, and tags with kflag are
 * attributes, which mean nothing here.
 *
 * <p>What a pointer may point to is up to the kernel that the BTF is loaded into: if it has a struct of this name
 * itself, {@code kptr} is taken only if it knows how to drop it. That is not checked.
 */
final class KernelPointers {
    private final OwnTypes types;

    KernelPointers(Btf btf) {
        types = new OwnTypes(btf);
    }

    /** The kinds that the tags of a type say, as bits; 0 if it is no pointer. */
    int tagsOf(int typeId) {
        int bits = 0;
        int pointer = pointer(typeId);
        if (types.is(pointer, BtfKind.PTR)) {
            int target = types.word(pointer, 2);
            while (isModifier(target)) {
                if (types.is(target, BtfKind.TYPE_TAG) && !types.kflag(target)) {
                    KernelFieldKind kind = KernelFieldKind.ofTag(types.name(target));
                    bits |= kind == null ? 0 : kind.bit();
                }
                target = types.word(target, 2);
            }
        }
        return bits;
    }

    /** What a pointer points to, modifiers aside. */
    int targetOf(int typeId) {
        int target = types.word(pointer(typeId), 2);
        while (isModifier(target)) {
            target = types.word(target, 2);
        }
        return target;
    }

    /** Whether a type is a pointer that a struct with it as member becomes special by. */
    boolean isTracked(int typeId) {
        int tags = tagsOf(typeId);
        return isOne(tags) && tags != KernelFieldKind.UPTR.bit() && types.is(targetOf(typeId), BtfKind.STRUCT);
    }

    /** Finds out what kind of field a member is that has no type of that kind; null if none. */
    KernelField fieldOf(int typeId, long offset, int structId, int member) {
        int tags = tagsOf(typeId);
        if (tags == 0) {
            return null;
        }
        if (!isOne(tags)) {
            throw types.elementFault(
                    structId, member, 1, "is " + types.describe(typeId) + ", which has tags of different kinds");
        }
        KernelFieldKind kind = KernelFieldKind.values()[Integer.numberOfTrailingZeros(tags)];
        if (kind == KernelFieldKind.UPTR) {
            return null;
        }
        int target = targetOf(typeId);
        if (!types.is(target, BtfKind.STRUCT)) {
            throw types.elementFault(
                    structId,
                    member,
                    1,
                    "is a pointer tagged '" + kind + "' to " + types.describe(target) + ", expected a STRUCT");
        }
        return new KernelField(kind, offset, structId, member, target, null);
    }

    private int pointer(int typeId) {
        return types.is(typeId, BtfKind.VOLATILE) ? types.word(typeId, 2) : typeId;
    }

    private boolean isModifier(int typeId) {
        return typeId != 0 && (1 << types.kindNumber(typeId) & KernelKinds.MODIFIERS) != 0;
    }

    private static boolean isOne(int bits) {
        return Integer.bitCount(bits) == 1;
    }
}
