package org.btfkit.btf.relo;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Whether a type of the target has a field or an enumerator as the object's path leads to it, and where: libbpf's
 * {@code bpf_core_spec_match}.
 *
 * <p>The path's accessors are followed one by one. A named one is searched among the members in their order, depth
 * first into those without a name, and the first of that name is taken; if its type is not compatible, the struct has
 * no match. (C has a name once. Where a forged BTF has it again, libbpf goes on and takes that one with a wrong
 * offset.) An element needs an array there that is long enough or flexible.
 *
 * <p>Results are 1 for a match, 0 for none, or a fault's code; {@link #failAt} then tells what is missing.
 */
final class FieldMatch {
    /** How many members a search may visit; the largest struct of a kernel has some hundreds. */
    private static final int MAX_VISITS = 1 << 20;

    private final CoreTypes local;
    private final CoreTypes target;

    /** Where the path leads on the target, if it matches. */
    final CoreSpec spec = new CoreSpec();

    /** The accessor that has no match, and the type of the target that was searched for it. */
    int failAt;

    int failHolder;

    /** The member of the target of that name whose type is not compatible, -1 if there is no such member. */
    int failMember;

    private int visits;
    private int nextId;
    private boolean isRejected;

    FieldMatch(CoreTypes local, CoreTypes target) {
        this.local = local;
        this.target = target;
    }

    /** Follows the path of a field. */
    int field(CoreSpec path, int rootId) {
        spec.begin(rootId);
        visits = 0;
        isRejected = false;
        failMember = -1;
        int id = rootId;
        for (int i = 0; i < path.length; i++) {
            failAt = i;
            id = target.skip(id);
            if (id < 0) {
                return id;
            }
            failHolder = id;
            int matched;
            if (path.names[i] != 0) {
                matched = member(path, i, id);
                id = nextId;
            } else {
                matched = element(path, i, id);
                id = spec.types[i];
            }
            if (matched <= 0) {
                return matched;
            }
        }
        return 1;
    }

    /** Finds the first enumerator whose name has the same essence. */
    int enumerator(CoreSpec path, int rootId) {
        spec.begin(rootId);
        int enumId = target.skip(rootId);
        if (enumId < 0) {
            return enumId;
        }
        failHolder = enumId;
        if (!target.flat().is(enumId, KindSet.ENUMS)) {
            return 0;
        }
        int count = target.flat().vlen(enumId);
        for (int i = 0; i < count; i++) {
            int nameOff = target.flat().enumeratorNameOff(enumId, i);
            if (local.sameEssence(path.names[0], target, nameOff)) {
                spec.raw[spec.rawLength++] = i;
                spec.add(enumId, i, nameOff);
                return 1;
            }
        }
        return 0;
    }

    private int element(CoreSpec path, int accessor, int id) {
        int elementId = id;
        // The start of the path counts whole objects, not elements of an array.
        if (accessor > 0) {
            if (!target.is(id, BtfKind.ARRAY)) {
                return 0;
            }
            int last = spec.length - 1;
            boolean isOpen = !spec.endsInElement() && target.isFlexible(id, spec.types[last], spec.indexes[last]);
            if (!isOpen && path.indexes[accessor] >= target.flat().elementCount(id)) {
                return 0;
            }
            elementId = target.skip(target.flat().elementType(id));
            if (elementId < 0) {
                return elementId;
            }
        }
        if (spec.rawLength == CoreAccess.MAX_LENGTH) {
            return CoreFault.DEEP.code();
        }
        spec.add(elementId, path.indexes[accessor], 0);
        spec.raw[spec.rawLength++] = path.indexes[accessor];
        long size = target.size(elementId);
        if (size < 0) {
            return (int) size;
        }
        spec.bits += path.indexes[accessor] * size * 8;
        return path.indexes[accessor] * size > CoreTypes.MAX_BITS || spec.bits > CoreTypes.MAX_BITS
                ? CoreFault.BIG.code()
                : 1;
    }

    private int member(CoreSpec path, int accessor, int typeId) {
        int holder = target.skip(typeId);
        if (holder < 0) {
            return holder;
        }
        if (!target.flat().is(holder, KindSet.COMPOSITES)) {
            return 0;
        }
        int count = target.flat().vlen(holder);
        for (int i = 0; i < count; i++) {
            if (spec.rawLength == CoreAccess.MAX_LENGTH) {
                return CoreFault.DEEP.code();
            }
            if (++visits > MAX_VISITS) {
                return CoreFault.WORK.code();
            }
            int nameOff = target.flat().memberNameOff(holder, i);
            boolean isNameless = target.isNameless(nameOff);
            if (!isNameless && !local.sameName(path.names[accessor], target, nameOff)) {
                continue;
            }
            long offset = target.flat().memberOffsetBits(holder, i);
            spec.bits += offset;
            spec.raw[spec.rawLength++] = i;
            int found = isNameless
                    ? member(path, accessor, target.flat().memberType(holder, i))
                    : named(path, accessor, holder, i);
            if (found != 0 || isRejected) {
                return found > 0 && spec.bits > CoreTypes.MAX_BITS ? CoreFault.BIG.code() : found;
            }
            spec.bits -= offset;
            spec.rawLength--;
        }
        return 0;
    }

    private int named(CoreSpec path, int accessor, int holder, int index) {
        nextId = target.flat().memberType(holder, index);
        int localType = local.flat().memberType(path.types[accessor], path.indexes[accessor]);
        int found = compatible(localType, nextId);
        if (found > 0) {
            spec.add(holder, index, target.flat().memberNameOff(holder, index));
        } else if (found == 0) {
            isRejected = true;
            failHolder = holder;
            failMember = index;
        }
        return found;
    }

    /** Whether a field of one type may be read as one of the other: libbpf's {@code bpf_core_fields_are_compat}. */
    private int compatible(int localType, int targetType) {
        int one = localType;
        int other = targetType;
        for (int i = 0; i < CoreTypes.MAX_CHAIN; i++) {
            one = local.skip(one);
            other = target.skip(other);
            if (one < 0 || other < 0) {
                return CoreFault.CHAIN.code();
            }
            if (local.flat().is(one, KindSet.COMPOSITES) && target.flat().is(other, KindSet.COMPOSITES)) {
                return 1;
            }
            int kind = local.kind(one);
            if (!EssenceIndex.fit(kind, target.kind(other))) {
                return 0;
            }
            if (kind == BtfKind.ARRAY.number()) {
                one = local.flat().elementType(one);
                other = target.flat().elementType(other);
                continue;
            }
            return sameKind(kind, one, other) ? 1 : 0;
        }
        return CoreFault.CHAIN.code();
    }

    private boolean sameKind(int kindNumber, int one, int other) {
        BtfKind kind = BtfKind.of(kindNumber);
        if (kind == null) {
            return false;
        }
        return switch (kind) {
            case PTR, FLOAT -> true;
            case INT -> isWhole(local, one) && isWhole(target, other);
            case FWD, ENUM, ENUM64 -> {
                int localName = local.flat().nameOff(one);
                int targetName = target.flat().nameOff(other);
                yield local.isNameless(localName)
                        || target.isNameless(targetName)
                        || local.sameEssence(localName, target, targetName);
            }
            default -> false;
        };
    }

    /** Whether an INT begins where its bytes do, unlike bit fields before kflag. */
    static boolean isWhole(CoreTypes types, int intId) {
        return Words.intOffsetBits(types.flat().intData(intId)) == 0;
    }
}
