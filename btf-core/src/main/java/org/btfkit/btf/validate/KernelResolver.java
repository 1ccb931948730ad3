package org.btfkit.btf.validate;

import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;

/**
 * What the kernel asks of types and those they refer to ({@code btf_check_all_types} of kernel/bpf/btf.c).
 *
 * <p>Problem: a type must lead to something whose size is known, and must not contain itself. A struct may hold a
 * pointer to itself, but not itself; a pointer may lead to a struct that is not known yet, but a pointer to itself,
 * through {@code const} for instance, names nothing at all.
 *
 * <p>Example: {@code struct list { struct list *next; }}. Following the struct, the pointer ends the path, since its
 * size is known whatever it points to. Following the pointer, the struct ends the path. Neither path runs in a circle;
 * with the struct itself as member, one would.
 *
 * <p>So every type in id order that refers to others is followed depth first, along a path of at most 32 types, and
 * what ends a path depends on how it began. A type is <em>resolved</em> when all that it needs is; then it has an id
 * that stands for it in questions of size (for {@code const int} that of the int), and an array has its size. Meeting a
 * type that is on the path already is a loop. Some verdicts depend on the order of ids, because a modifier that was
 * resolved on a pointer's path may stand for an array whose size is not known yet (it then counts as 0); the order here
 * is the kernel's, type by type and element by element.
 *
 * <p>Every type is entered once and each of its elements looked at once or twice: linear time, nine bytes per type, no
 * recursion.
 */
final class KernelResolver {
    private static final int MAX_DEPTH = Limits.MAX_RESOLVE_DEPTH;
    private static final int POINTER_SIZE = 8;
    private static final long MAX_U32 = 0xffffffffL;

    private static final byte ENTERED = 1;
    private static final byte RESOLVED = 2;

    /** Of a prototype, which no path enters: all its parameters have names. */
    private static final byte NAMED = 3;

    private final FlatTypes types;
    private final KernelNames names;
    private final KernelMembers members;
    private final byte[] state;
    private final int[] standIns;
    private final int[] arraySizes;

    /** The path: type ids, and for types with elements the element to go on with. */
    private final int[] path = new int[MAX_DEPTH];

    private final int[] nextElement = new int[MAX_DEPTH];
    private int depth;

    /** The kinds that the current path follows. */
    private KindSet followed;

    private KernelResolver(FlatTypes types, KernelNames names) {
        this.types = types;
        this.names = names;
        members = new KernelMembers(this, types);
        state = new byte[types.typeCount()];
        standIns = new int[types.typeCount()];
        arraySizes = new int[types.typeCount()];
    }

    /** Checks all types of a BTF without base. */
    static void check(FlatTypes types, KernelNames names) {
        KernelResolver resolver = new KernelResolver(types, names);
        for (int typeId = 1; typeId < types.typeCount(); typeId++) {
            if (types.is(typeId, KernelKinds.REFERRING) && !resolver.isResolved(typeId)) {
                resolver.resolve(typeId);
            } else if (types.kind(typeId) == BtfKind.FUNC_PROTO) {
                resolver.checkPrototype(typeId);
            }
        }
    }

    /**
     * The type that has the size a type is of: itself, or what a modifier or variable stands for.
     *
     * @return a type id, 0 if there is no size
     */
    int sizedType(int typeId) {
        int sized = types.is(typeId, KernelKinds.STANDING_FOR) ? standIns[typeId] : typeId;
        return types.is(sized, KernelKinds.MEASURED) ? sized : 0;
    }

    /** The size in bytes of a type that {@link #sizedType} returned, 0 to 2^32 - 1. */
    long sizeOf(int sizedType) {
        if (types.kind(sizedType) == BtfKind.PTR) {
            return POINTER_SIZE;
        }
        return (types.kind(sizedType) == BtfKind.ARRAY ? arraySizes[sizedType] : types.sizeOrType(sizedType)) & MAX_U32;
    }

    private boolean isResolved(int typeId) {
        return state[typeId] == RESOLVED;
    }

    /** Whether the path has to go on to a type before the one that refers to it can be resolved. */
    private boolean mustEnter(int typeId) {
        return types.is(typeId, followed) && !isResolved(typeId);
    }

    private void resolve(int typeId) {
        followed = KernelKinds.REFERRING;
        enter(typeId, typeId, 2);
        while (depth > 0) {
            step(path[depth - 1]);
        }
    }

    /** Adds a type to the path. {@code referrer} and {@code word} say where it was referred to, for a message. */
    private void enter(int typeId, int referrer, int word) {
        if (depth == MAX_DEPTH) {
            throw types.fault(
                    referrer, word, "reference to " + describe(typeId) + " more than " + MAX_DEPTH + " types deep");
        }
        if (state[typeId] != 0) {
            throw types.fault(referrer, word, "refers back to " + describe(typeId) + ", a loop");
        }
        state[typeId] = ENTERED;
        path[depth] = typeId;
        nextElement[depth] = 0;
        depth++;
        if (followed == KernelKinds.REFERRING) {
            if (types.kind(typeId) == BtfKind.PTR) {
                followed = KernelKinds.BEHIND_POINTER;
            } else if (types.is(typeId, KernelKinds.HOLDING)) {
                followed = KernelKinds.CONTENT;
            }
        }
    }

    /** Takes the last type off the path, resolved. */
    private void leave(int standIn) {
        int typeId = path[--depth];
        standIns[typeId] = standIn;
        state[typeId] = RESOLVED;
    }

    /** Looks at the last type on the path again: enters one that it needs, or resolves it. */
    private void step(int typeId) {
        switch (types.kind(typeId)) {
            case TYPEDEF, CONST, VOLATILE, RESTRICT, TYPE_TAG -> stepModifier(typeId, false);
            case PTR -> stepModifier(typeId, true);
            case VAR -> stepVar(typeId);
            case ARRAY -> stepArray(typeId);
            case STRUCT, UNION -> stepComposite(typeId);
            case DATASEC -> stepDatasec(typeId);
            case FUNC -> stepFunc(typeId);
            case DECL_TAG -> stepDeclTag(typeId);
            default -> throw new IllegalStateException(types.describe(typeId) + " refers to none");
        }
    }

    private void stepModifier(int typeId, boolean isPointer) {
        int target = types.sizeOrType(typeId);
        requireNoRoot(typeId, target);
        if (mustEnter(target)) {
            enter(target, typeId, 2);
            return;
        }
        if (isPointer && enterPointerBehind(target, typeId)) {
            return;
        }
        int standIn = sizedType(target);
        if (standIn == 0) {
            // No size: right for void, a forward declaration or a prototype, by whatever way.
            standIn = isResolved(target) ? standIns[target] : target;
            if (!types.is(standIn, KindSet.SIZELESS) || types.kind(standIn) == BtfKind.FUNC) {
                throw types.fault(typeId, 2, "refers to " + unfit(target));
            }
        }
        leave(standIn);
    }

    private void stepVar(int typeId) {
        int target = types.sizeOrType(typeId);
        requireNoRoot(typeId, target);
        if (mustEnter(target)) {
            enter(target, typeId, 2);
            return;
        }
        if (enterPointerBehind(target, typeId)) {
            return;
        }
        int standIn = sizedType(target);
        if (standIn == 0) {
            throw types.fault(typeId, 2, "of " + unfit(target));
        }
        leave(standIn);
    }

    /**
     * A modifier that was resolved as part of some type's content stopped at a pointer; a pointer or variable goes on
     * from there, or a circle of pointers would not be found.
     */
    private boolean enterPointerBehind(int target, int typeId) {
        if (!types.is(target, KernelKinds.MODIFIERS)) {
            return false;
        }
        int pointer = standIns[target];
        if (types.kind(pointer) != BtfKind.PTR || !mustEnter(pointer)) {
            return false;
        }
        enter(pointer, typeId, 2);
        return true;
    }

    private void stepArray(int typeId) {
        int index = types.indexType(typeId);
        requireSizeable(typeId, index, 4, "index");
        if (mustEnter(index)) {
            enter(index, typeId, 4);
            return;
        }
        int indexSized = sizedType(index);
        if (types.kind(indexSized) != BtfKind.INT || !KernelKinds.isRegularInt(types.intData(indexSized))) {
            throw types.fault(
                    typeId, 4, "index is " + describe(index) + ", expected an integer of 1, 2, 4, 8 or 16 whole bytes");
        }
        int element = types.elementType(typeId);
        requireSizeable(typeId, element, 3, "element");
        if (mustEnter(element)) {
            enter(element, typeId, 3);
            return;
        }
        int elementSized = sizedType(element);
        if (elementSized == 0) {
            throw types.fault(typeId, 3, "element is " + unfit(element));
        }
        if (types.kind(elementSized) == BtfKind.INT && !KernelKinds.isRegularInt(types.intData(elementSized))) {
            throw types.fault(
                    typeId,
                    3,
                    "element is " + describe(element) + ", expected an integer to have 1, 2, 4, 8 or 16 whole bytes");
        }
        long count = types.elementCount(typeId);
        long size = sizeOf(elementSized);
        if (count != 0 && size > MAX_U32 / count) {
            throw types.fault(typeId, 5, count + " elements of " + size + " bytes, 4 GiB or more");
        }
        arraySizes[typeId] = (int) (count * size);
        leave(elementSized);
    }

    private void stepComposite(int typeId) {
        int vlen = types.vlen(typeId);
        int i = nextElement[depth - 1];
        if (i > 0) {
            members.check(typeId, i - 1);
        }
        for (; i < vlen; i++) {
            int member = types.memberType(typeId, i);
            if (types.is(member, KernelKinds.UNFIT)) {
                throw types.elementFault(typeId, i, 1, "is " + unfit(member));
            }
            if (mustEnter(member)) {
                nextElement[depth - 1] = i + 1;
                enter(member, typeId, types.elementWord(typeId, i) + 1);
                return;
            }
            members.check(typeId, i);
        }
        leave(0);
    }

    private void stepDatasec(int typeId) {
        // Each variable begins a path of its own, whatever ones before it were.
        followed = KernelKinds.REFERRING;
        int vlen = types.vlen(typeId);
        for (int i = nextElement[depth - 1]; i < vlen; i++) {
            int variable = types.sectionVar(typeId, i);
            if (types.kind(variable) != BtfKind.VAR) {
                throw types.elementFault(typeId, i, 0, "is " + describe(variable) + ", expected a VAR");
            }
            if (mustEnter(variable)) {
                // As the kernel has it: the size of a variable that comes after its section is not looked at.
                nextElement[depth - 1] = i + 1;
                enter(variable, typeId, types.elementWord(typeId, i));
                return;
            }
            int sized = sizedType(types.sizeOrType(variable));
            if (sized == 0) {
                throw types.elementFault(typeId, i, 0, "is " + unfit(variable));
            }
            long size = types.sectionVarSize(typeId, i);
            if (size < sizeOf(sized)) {
                throw types.elementFault(
                        typeId, i, 2, "size " + size + ", expected at least the variable's " + sizeOf(sized));
            }
        }
        leave(0);
    }

    private void stepFunc(int typeId) {
        int prototype = types.sizeOrType(typeId);
        if (state[prototype] != NAMED) {
            requireNamedParameters(typeId, prototype);
            state[prototype] = NAMED;
        }
        leave(prototype);
    }

    private void requireNamedParameters(int typeId, int prototype) {
        int vlen = types.vlen(prototype);
        for (int i = 0; i < vlen; i++) {
            if (types.paramNameOff(prototype, i) == 0 && types.paramType(prototype, i) != 0) {
                throw types.fault(
                        typeId, 2, "parameter " + i + " of its prototype, " + describe(prototype) + ", has no name");
            }
        }
    }

    private void stepDeclTag(int typeId) {
        int target = types.sizeOrType(typeId);
        if (!types.is(target, KernelKinds.TAGGABLE)) {
            throw types.fault(
                    typeId, 2, "refers to " + describe(target) + ", expected a STRUCT, UNION, FUNC, VAR or TYPEDEF");
        }
        if (mustEnter(target)) {
            enter(target, typeId, 2);
            return;
        }
        int component = types.tagComponent(typeId);
        if (component != -1) {
            int components;
            if (types.is(target, KindSet.COMPOSITES)) {
                components = types.vlen(target);
            } else if (types.kind(target) == BtfKind.FUNC) {
                components = types.vlen(types.sizeOrType(target));
            } else {
                components = 0;
            }
            if (component >= components) {
                throw types.fault(
                        typeId,
                        3,
                        "component index " + component + " of " + describe(target) + ", which has " + components);
            }
        }
        leave(target);
    }

    /** A prototype is not on any path: what it mentions is resolved there and then. */
    private void checkPrototype(int typeId) {
        int returned = types.sizeOrType(typeId);
        if (returned != 0) {
            requireNoRoot(typeId, returned);
            resolveMentioned(returned);
            if (sizedType(returned) == 0) {
                throw types.fault(typeId, 2, "returns " + unfit(returned));
            }
        }
        int vlen = types.vlen(typeId);
        for (int i = 0; i < vlen; i++) {
            int nameOff = types.paramNameOff(typeId, i);
            int parameter = types.paramType(typeId, i);
            if (parameter == 0 && i == vlen - 1) {
                if (nameOff != 0) {
                    throw types.elementFault(typeId, i, 0, "name_off " + nameOff + " of \"...\", expected 0");
                }
                return;
            }
            if (types.is(parameter, KernelKinds.ROOTS)) {
                throw types.elementFault(typeId, i, 1, "is " + unfit(parameter));
            }
            if (nameOff != 0 && (nameOff > Limits.MAX_NAME_OFFSET || !names.isIdentifier(nameOff))) {
                throw types.elementFault(
                        typeId, i, 0, "name is no identifier of up to " + Limits.MAX_NAME_LENGTH + " characters");
            }
            resolveMentioned(parameter);
            if (sizedType(parameter) == 0) {
                throw types.elementFault(typeId, i, 1, "is " + unfit(parameter));
            }
        }
    }

    private void resolveMentioned(int typeId) {
        if (types.is(typeId, KernelKinds.REFERRING) && !isResolved(typeId)) {
            resolve(typeId);
        }
    }

    private void requireNoRoot(int typeId, int target) {
        if (types.is(target, KernelKinds.ROOTS)) {
            throw types.fault(typeId, 2, "refers to " + unfit(target));
        }
    }

    private void requireSizeable(int typeId, int target, int word, String role) {
        if (types.is(target, KernelKinds.UNFIT)) {
            throw types.fault(typeId, word, role + " is " + unfit(target));
        }
    }

    private String unfit(int typeId) {
        boolean isData = !types.is(typeId, KernelKinds.NO_DATA);
        return describe(typeId) + (isData ? ", which has no size" : ", which is no data type");
    }

    private String describe(int typeId) {
        return types.describeTarget(typeId);
    }
}
