package org.btfkit.btf.dump;

import org.btfkit.BtfException;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;

/**
 * Bounds how deep and how far a C dump goes.
 *
 * <p>C has no way to name an anonymous struct or a prototype, so that these are written out wherever they are used.
 * Types that do so in pairs, each of the next type, make a text that doubles with every type: 40 types are enough for a
 * terabyte. And types may run in circles, or follow each other in chains longer than a stack can hold. What compilers
 * emit stays far below both bounds.
 */
final class DumpLimits {
    /** How many types deep one may be written within another. */
    static final int MAX_DEPTH = Limits.MAX_NESTING;

    /** Steps that every BTF may take, and how many more for each of its words. */
    private static final long MIN_STEPS = 1_000_000;

    private static final long STEPS_PER_WORD = 64;

    private final JoinedTypes types;
    private long steps;
    private int depth;

    DumpLimits(JoinedTypes types) {
        this.types = types;
        this.steps = MIN_STEPS + STEPS_PER_WORD * types.words().length;
    }

    /** Goes a type deeper; {@link #leave} goes back. */
    void enter(int typeId) {
        if (++depth > MAX_DEPTH) {
            throw tooDeep(typeId);
        }
        step(typeId);
    }

    void leave() {
        depth--;
    }

    /** Counts a piece of work: a type visited, or a declaration written. */
    void step(int typeId) {
        if (--steps < 0) {
            throw fault(typeId, "written out too often, within other types");
        }
    }

    /** The error that a chain or circle of types deserves. */
    BtfException tooDeep(int typeId) {
        return fault(typeId, TypeFaults.tooDeep());
    }

    /** An error that concerns a type. */
    BtfException fault(int typeId, String what) {
        return TypeFaults.at(types.flat(), typeId, what);
    }

    /**
     * Follows a type to the next one below it, if it is one of those that only refer: a modifier, pointer, typedef,
     * array, or tag.
     *
     * @return the next type's id, or -1
     */
    static int next(JoinedTypes types, int typeId, BtfKind kind) {
        return switch (kind) {
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, DECL_TAG -> types.sizeOrType(typeId);
            case ARRAY -> types.elementType(typeId);
            case VOID, INT, STRUCT, UNION, ENUM, ENUM64, FWD, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT -> -1;
        };
    }
}
