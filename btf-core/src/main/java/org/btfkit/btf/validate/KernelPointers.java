package org.btfkit.btf.validate;

import java.util.Arrays;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

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
    private final FlatTypes types;

    /** Of modifiers that were followed: the type that they lead to, plus 1, and the kinds that tags on the way say. */
    private final int[] ends;

    private final short[] tags;

    private int[] path = new int[32];

    KernelPointers(FlatTypes types) {
        this.types = types;
        ends = new int[types.typeCount()];
        tags = new short[types.typeCount()];
    }

    /** The kinds that the tags of a type say, as bits; 0 if it is no pointer. */
    private int tagsOf(int typeId) {
        int pointer = pointer(typeId);
        int target = types.kind(pointer) == BtfKind.PTR ? types.sizeOrType(pointer) : 0;
        if (!isModifier(target)) {
            return 0;
        }
        follow(target);
        return tags[target];
    }

    /** What a pointer with tags points to. */
    private int targetOf(int typeId) {
        return ends[types.word(pointer(typeId), 2)] - 1;
    }

    /** Follows modifiers one after another, each once, since there can be any number if ids descend. */
    private void follow(int modifier) {
        int length = 0;
        int at = modifier;
        while (isModifier(at) && ends[at] == 0) {
            if (length == path.length) {
                path = Arrays.copyOf(path, 2 * length);
            }
            path[length++] = at;
            at = types.sizeOrType(at);
        }
        int end = isModifier(at) ? ends[at] : at + 1;
        int bits = isModifier(at) ? tags[at] : 0;
        while (length > 0) {
            at = path[--length];
            bits |= tagOf(at);
            ends[at] = end;
            tags[at] = (short) bits;
        }
    }

    private int tagOf(int modifier) {
        boolean isTag = types.kind(modifier) == BtfKind.TYPE_TAG && !types.kflag(modifier);
        KernelFieldKind kind = isTag ? KernelFieldKind.ofTag(types.name(modifier)) : null;
        return kind == null ? 0 : kind.bit();
    }

    /** Whether a type is a pointer that a struct with it as member becomes special by. */
    boolean isTracked(int typeId) {
        int tags = tagsOf(typeId);
        return isOne(tags) && tags != KernelFieldKind.UPTR.bit() && types.kind(targetOf(typeId)) == BtfKind.STRUCT;
    }

    /** Finds out what kind of field a member is that has no type of that kind; null if none. */
    KernelField fieldOf(int typeId, long offset, int structId, int member) {
        int tags = tagsOf(typeId);
        if (tags == 0) {
            return null;
        }
        if (!isOne(tags)) {
            throw types.elementFault(
                    structId, member, 1, "is " + types.describeTarget(typeId) + ", which has tags of different kinds");
        }
        KernelFieldKind kind = KernelFieldKind.values()[Integer.numberOfTrailingZeros(tags)];
        if (kind == KernelFieldKind.UPTR) {
            return null;
        }
        int target = targetOf(typeId);
        if (types.kind(target) != BtfKind.STRUCT) {
            throw types.elementFault(
                    structId,
                    member,
                    1,
                    "is a pointer tagged '" + kind + "' to " + types.describeTarget(target) + ", expected a STRUCT");
        }
        return new KernelField(kind, offset, structId, member, target, null);
    }

    private int pointer(int typeId) {
        return types.kind(typeId) == BtfKind.VOLATILE ? types.sizeOrType(typeId) : typeId;
    }

    private boolean isModifier(int typeId) {
        return types.is(typeId, KernelKinds.MODIFIERS);
    }

    private static boolean isOne(int bits) {
        return Integer.bitCount(bits) == 1;
    }
}
