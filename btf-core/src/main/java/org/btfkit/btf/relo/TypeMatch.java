package org.btfkit.btf.relo;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Whether a whole type of the target may stand for one of the object, by either of two relations; modifiers and
 * typedefs are skipped on both sides at each step. Results are 1, 0, or a fault's code.
 *
 * <p>{@link #compatible}, libbpf's {@code bpf_core_types_are_compat}, looks at kinds: pointers, arrays and prototypes
 * are followed, structs, unions and enumerations are not looked into.
 *
 * <p>{@link #matches}, its {@code bpf_core_types_match}, looks at names and members as well: all that the object's type
 * has must be there, order and offsets free; behind a pointer a struct's name and kind are enough. Names of INTs count,
 * so that clang's {@code long} is not gcc's {@code long int}.
 */
final class TypeMatch {
    /** How many steps a type may take ({@code depth} in libbpf), and how many levels of prototypes or members. */
    static final int MAX_DEPTH = 32;

    /** How many pairs of types may be compared; libbpf has no limit. */
    private static final int MAX_WORK = 1 << 20;

    private final CoreTypes local;
    private final CoreTypes target;

    /** The last pair of types that did not go together. */
    int failLocal;

    int failTarget;

    /** The member, enumerator or parameter of {@link #failLocal} that has no match, -1 if it is the type itself. */
    int failPart;

    private int work;

    TypeMatch(CoreTypes local, CoreTypes target) {
        this.local = local;
        this.target = target;
    }

    int compatible(int localId, int targetId) {
        work = 0;
        return compatible(localId, targetId, MAX_DEPTH);
    }

    int matches(int localId, int targetId) {
        work = 0;
        return matches(localId, targetId, false, MAX_DEPTH);
    }

    private int fail(int localId, int targetId, int part) {
        failLocal = localId;
        failTarget = targetId;
        failPart = part;
        return 0;
    }

    private int compatible(int localId, int targetId, int level) {
        if (!EssenceIndex.fit(local.kind(localId), target.kind(targetId))) {
            return fail(localId, targetId, -1);
        }
        int one = localId;
        int other = targetId;
        for (int depth = MAX_DEPTH; depth > 0; depth--) {
            one = local.skip(one);
            other = target.skip(other);
            if (one < 0 || other < 0) {
                return CoreFault.CHAIN.code();
            }
            BtfKind kind = BtfKind.of(local.kind(one));
            if (kind == null || !EssenceIndex.fit(kind.number(), target.kind(other))) {
                return fail(one, other, -1);
            }
            switch (kind) {
                case VOID, STRUCT, UNION, ENUM, FWD, ENUM64 -> {
                    return 1;
                }
                case INT -> {
                    return FieldMatch.isWhole(local, one) && FieldMatch.isWhole(target, other)
                            ? 1
                            : fail(one, other, -1);
                }
                case PTR -> {
                    one = local.flat().sizeOrType(one);
                    other = target.flat().sizeOrType(other);
                }
                case ARRAY -> {
                    one = local.flat().elementType(one);
                    other = target.flat().elementType(other);
                }
                case FUNC_PROTO -> {
                    int found = compatibleParams(one, other, level);
                    if (found <= 0) {
                        return found;
                    }
                    one = local.flat().sizeOrType(one);
                    other = target.flat().sizeOrType(other);
                }
                default -> {
                    return fail(one, other, -1);
                }
            }
        }
        return CoreFault.LEVELS.code();
    }

    private int compatibleParams(int one, int other, int level) {
        int count = local.flat().vlen(one);
        if (count != target.flat().vlen(other)) {
            return fail(one, other, -1);
        }
        for (int i = 0; i < count; i++) {
            if (level <= 0) {
                return CoreFault.LEVELS.code();
            }
            if (++work > MAX_WORK) {
                return CoreFault.WORK.code();
            }
            int localParam = local.skip(local.flat().paramType(one, i));
            int targetParam = target.skip(target.flat().paramType(other, i));
            if (localParam < 0 || targetParam < 0) {
                return CoreFault.CHAIN.code();
            }
            int found = compatible(localParam, targetParam, level - 1);
            if (found <= 0) {
                return found;
            }
        }
        return 1;
    }

    private int matches(int localId, int targetId, boolean isBehindPointer, int level) {
        if (level <= 0) {
            return CoreFault.LEVELS.code();
        }
        boolean isBehind = isBehindPointer;
        int one = localId;
        int other = targetId;
        for (int depth = MAX_DEPTH; depth > 0; depth--) {
            if (++work > MAX_WORK) {
                return CoreFault.WORK.code();
            }
            one = local.skip(one);
            other = target.skip(other);
            if (one < 0 || other < 0) {
                return CoreFault.CHAIN.code();
            }
            BtfKind kind = BtfKind.of(local.kind(one));
            BtfKind targetKind = BtfKind.of(target.kind(other));
            if (kind == null
                    || targetKind == null
                    || !local.sameEssence(
                            local.flat().nameOff(one), target, target.flat().nameOff(other))) {
                return fail(one, other, -1);
            }
            if (kind == BtfKind.PTR && targetKind == kind) {
                isBehind = true;
                one = local.flat().sizeOrType(one);
                other = target.flat().sizeOrType(other);
            } else if (kind == BtfKind.ARRAY && targetKind == kind) {
                if (local.flat().elementCount(one) != target.flat().elementCount(other)) {
                    return fail(one, other, -1);
                }
                one = local.flat().elementType(one);
                other = target.flat().elementType(other);
            } else if (kind == BtfKind.FUNC_PROTO && targetKind == kind) {
                int found = matchingParams(one, other, isBehind, level);
                if (found <= 0) {
                    return found;
                }
                one = local.flat().sizeOrType(one);
                other = target.flat().sizeOrType(other);
            } else {
                return end(kind, targetKind, one, other, isBehind, level);
            }
        }
        return CoreFault.LEVELS.code();
    }

    /** Compares two types that are not followed further but by their members. */
    private int end(BtfKind kind, BtfKind targetKind, int one, int other, boolean isBehind, int level) {
        boolean fits = switch (kind) {
            case VOID -> targetKind == kind;
            case INT -> targetKind == kind && sameInt(one, other);
            case FWD -> sameForward(kind, targetKind, one, other, isBehind);
            case STRUCT, UNION -> targetKind == kind || isBehind && sameForward(kind, targetKind, one, other, true);
            case ENUM, ENUM64 ->
                KindSet.ENUMS.has(targetKind)
                        && local.flat().sizeOrType(one) == target.flat().sizeOrType(other);
            default -> false;
        };
        if (!fits) {
            return fail(one, other, -1);
        }
        if (KindSet.ENUMS.has(kind)) {
            return matchingEnumerators(one, other);
        }
        return KindSet.COMPOSITES.has(kind) && !isBehind ? matchingMembers(one, other, level) : 1;
    }

    private boolean sameInt(int one, int other) {
        return local.flat().sizeOrType(one) == target.flat().sizeOrType(other)
                && (Words.intEncoding(local.flat().intData(one)) & Words.INT_SIGNED)
                        == (Words.intEncoding(target.flat().intData(other)) & Words.INT_SIGNED);
    }

    /** Whether one is declared only, and the other, declared or behind a pointer defined, is of the same sort. */
    private boolean sameForward(BtfKind kind, BtfKind targetKind, int one, int other, boolean isBehind) {
        if (kind != targetKind && !isBehind) {
            return false;
        }
        return (kind == BtfKind.FWD || targetKind == BtfKind.FWD)
                && isDeclaration(kind)
                && isDeclaration(targetKind)
                && isUnion(local, kind, one) == isUnion(target, targetKind, other);
    }

    private static boolean isDeclaration(BtfKind kind) {
        return kind == BtfKind.FWD || KindSet.COMPOSITES.has(kind);
    }

    private static boolean isUnion(CoreTypes types, BtfKind kind, int typeId) {
        return kind == BtfKind.FWD ? types.flat().kflag(typeId) : kind == BtfKind.UNION;
    }

    private int matchingParams(int one, int other, boolean isBehind, int level) {
        int count = local.flat().vlen(one);
        if (count != target.flat().vlen(other)) {
            return fail(one, other, -1);
        }
        for (int i = 0; i < count; i++) {
            int found = matches(local.flat().paramType(one, i), target.flat().paramType(other, i), isBehind, level - 1);
            if (found <= 0) {
                return found;
            }
        }
        return 1;
    }

    private int matchingEnumerators(int one, int other) {
        int count = local.flat().vlen(one);
        int targetCount = target.flat().vlen(other);
        if (count > targetCount) {
            return fail(one, other, -1);
        }
        for (int i = 0; i < count; i++) {
            int nameOff = local.flat().enumeratorNameOff(one, i);
            boolean isFound = false;
            for (int j = 0; j < targetCount && !isFound; j++) {
                if (++work > MAX_WORK) {
                    return CoreFault.WORK.code();
                }
                isFound = local.sameEssence(nameOff, target, target.flat().enumeratorNameOff(other, j));
            }
            if (!isFound) {
                return fail(one, other, i);
            }
        }
        return 1;
    }

    private int matchingMembers(int one, int other, int level) {
        int count = local.flat().vlen(one);
        int targetCount = target.flat().vlen(other);
        if (count > targetCount) {
            return fail(one, other, -1);
        }
        for (int i = 0; i < count; i++) {
            int nameOff = local.flat().memberNameOff(one, i);
            boolean isNamed = false;
            int found = 0;
            for (int j = 0; j < targetCount && found == 0; j++) {
                if (++work > MAX_WORK) {
                    return CoreFault.WORK.code();
                }
                if (local.sameEssence(nameOff, target, target.flat().memberNameOff(other, j))) {
                    isNamed = true;
                    found = matches(
                            local.flat().memberType(one, i), target.flat().memberType(other, j), false, level - 1);
                }
            }
            if (found <= 0) {
                return found < 0 || isNamed ? found : fail(one, other, i);
            }
        }
        return 1;
    }
}
