package org.btfkit.btf.dump;

import java.util.Arrays;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Brings definitions into an order that a C compiler takes.
 *
 * <p><b>Problem.</b> C wants a type defined before it is used by value, but only declared before it is pointed to. In
 *
 * <pre>
 * struct list { struct list *next; struct item first; };
 * struct item { int key; struct list *owner; };
 * </pre>
 *
 * {@code item} must come before {@code list}, although each mentions the other: the way from {@code item} to
 * {@code list} is through a pointer to a named struct, which a forward declaration serves. An anonymous struct cannot
 * be declared forward; what it contains by value must come first, even if there is a pointer to it. A typedef behind a
 * pointer can wait exactly if what it names can.
 *
 * <p><b>Pass.</b> One walk in depth first order from each root. A type is appended to the result when all it needs is
 * there; a named struct or union that was reached through a pointer is left alone. Each step tells whether what it
 * reached is defined by then (strong), or waits (weak). To meet an open struct again through a pointer is fine, by
 * value it is an error.
 *
 * <p><b>Cost.</b> Members of a struct and targets of a pointer are walked once. Modifiers, arrays and prototypes are
 * walked each time, since the result depends on the way there; {@link DumpLimits} bounds that.
 *
 * <p>The order is that of libbpf's {@code btf_dump__dump_type}, called for the same roots.
 */
final class DefinitionOrder {
    private static final byte OPEN = 1;
    private static final byte DONE = 2;

    private final JoinedTypes types;
    private final DumpLimits limits;
    private final byte[] states;
    private final boolean[] referenced;
    private int[] queue;
    private int count;

    /** Prepares; throws if there is a type of a kind that C has no words for. */
    DefinitionOrder(JoinedTypes types, DumpLimits limits) {
        this.types = types;
        this.limits = limits;
        this.states = new byte[types.typeCount()];
        this.referenced = new boolean[types.typeCount()];
        this.queue = new int[Math.max(16, types.typeCount() / 4)];
        states[0] = DONE;
        findReferenced();
    }

    /** Treats a type as defined already. */
    void omit(int typeId) {
        states[typeId] = DONE;
    }

    /** Appends what a type needs, and the type itself if it is one to define. */
    void add(int typeId) {
        visit(typeId, false);
    }

    /** The types to define, in order; the first {@link #count} elements. */
    int[] queue() {
        return queue;
    }

    int count() {
        return count;
    }

    /**
     * Finds the types that others refer to, which tells an anonymous enum of its own from one that is part of a
     * declaration. What a prototype returns does not count, nor does it in libbpf.
     */
    private void findReferenced() {
        int[] words = types.words();
        for (int id = 1; id < types.typeCount(); id++) {
            int start = types.at(id);
            BtfKind kind = types.kind(id);
            if (kind == null || kind == BtfKind.VOID) {
                throw new BtfUnsupportedException(
                        limits.fault(id, "of a kind that C has no words for").getMessage());
            }
            // The type returned is the first.
            int first = kind == BtfKind.FUNC_PROTO ? 1 : 0;
            for (int i = first, ids = kind.typeIdCount(types.vlen(id)); i < ids; i++) {
                referenced[words[start + kind.typeIdWord(i)]] = true;
            }
        }
    }

    /** Returns whether the type is strong: defined by the time that this returns, not waiting behind a pointer. */
    private boolean visit(int typeId, boolean throughPointer) {
        if (states[typeId] == DONE) {
            return true;
        }
        BtfKind kind = types.kind(typeId);
        boolean isNamed = types.nameOff(typeId) != 0;
        if (states[typeId] == OPEN) {
            if (throughPointer && isNamed) {
                return false;
            }
            throw limits.fault(typeId, "contains itself");
        }
        limits.enter(typeId);
        boolean strong = switch (kind) {
            case VOID, INT, FLOAT, FUNC, VAR, DATASEC, DECL_TAG -> {
                states[typeId] = DONE;
                yield false;
            }
            case PTR -> {
                boolean target = visit(types.sizeOrType(typeId), true);
                states[typeId] = DONE;
                yield target;
            }
            case VOLATILE, CONST, RESTRICT, TYPE_TAG -> visit(types.sizeOrType(typeId), throughPointer);
            case ARRAY -> visit(types.elementType(typeId), false);
            case STRUCT, UNION -> !(throughPointer && isNamed) && visitMembers(typeId, kind, isNamed);
            case ENUM, ENUM64, FWD -> isNamed || !referenced[typeId] ? append(typeId) : close(typeId);
            case TYPEDEF -> {
                boolean target = visit(types.sizeOrType(typeId), throughPointer);
                yield (target || !throughPointer) && append(typeId);
            }
            case FUNC_PROTO -> visitPrototype(typeId, throughPointer);
        };
        limits.leave();
        return strong;
    }

    private boolean visitMembers(int typeId, BtfKind kind, boolean isNamed) {
        states[typeId] = OPEN;
        int at = types.elementsAt(typeId, kind) + kind.elementTypeWord();
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            visit(types.words()[at], false);
        }
        return isNamed ? append(typeId) : close(typeId);
    }

    private boolean visitPrototype(int typeId, boolean throughPointer) {
        boolean strong = visit(types.sizeOrType(typeId), throughPointer);
        BtfKind kind = BtfKind.FUNC_PROTO;
        int at = types.elementsAt(typeId, kind) + kind.elementTypeWord();
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            strong |= visit(types.words()[at], throughPointer);
        }
        return strong;
    }

    private boolean append(int typeId) {
        if (count == queue.length) {
            queue = Arrays.copyOf(queue, count * 2);
        }
        queue[count++] = typeId;
        return close(typeId);
    }

    private boolean close(int typeId) {
        states[typeId] = DONE;
        return true;
    }
}
