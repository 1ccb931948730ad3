package org.btfkit.encode;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Tells whether the prototypes of two functions of one name are one ({@code funcs__match} of pahole), before types are
 * deduplicated: named types by their names, the others by what they are made of, and const only if both sides have it.
 */
final class PrototypeMatch {
    /** Prototypes within prototypes; more than this many are taken to be different. */
    private static final int MAX_DEPTH = 64;

    /** Steps from type to type of one question; a circle of pointers would have no end. */
    private static final int MAX_STEPS = 1 << 16;

    private final ObjectTypes types;
    private final SavedFunctions functions;
    private int steps;

    PrototypeMatch(ObjectTypes types, SavedFunctions functions) {
        this.types = types;
        this.functions = functions;
    }

    boolean matches(int one, int other) {
        steps = 0;
        int count = functions.parameterCount(one);
        boolean isEqual =
                count == functions.parameterCount(other) && matches(functions.result(one), functions.result(other), 0);
        for (int i = 0; i < count && isEqual; i++) {
            isEqual = matches(functions.parameterType(one, i), functions.parameterType(other, i), 0);
        }
        return isEqual;
    }

    private boolean matches(int one, int other, int depth) {
        int id1 = one;
        int id2 = other;
        while (id1 != id2) {
            if (id1 == 0 || id2 == 0 || depth > MAX_DEPTH || ++steps > MAX_STEPS) {
                return false;
            }
            int kind1 = kind(id1);
            int kind2 = kind(id2);
            if (kind1 != kind2) {
                if (kind1 == BtfWords.CONST) {
                    id1 = types.word(id1, Words.SIZE_OR_TYPE);
                } else if (kind2 == BtfWords.CONST) {
                    id2 = types.word(id2, Words.SIZE_OR_TYPE);
                } else {
                    return false;
                }
            } else if (isModifier(kind1)) {
                id1 = types.word(id1, Words.SIZE_OR_TYPE);
                id2 = types.word(id2, Words.SIZE_OR_TYPE);
            } else if (kind1 == BtfWords.ARRAY) {
                if (types.word(id1, Words.ARRAY_COUNT) != types.word(id2, Words.ARRAY_COUNT)) {
                    return false;
                }
                id1 = types.word(id1, Words.ARRAY_ELEMENT);
                id2 = types.word(id2, Words.ARRAY_ELEMENT);
            } else {
                return kind1 == BtfWords.FUNC_PROTO ? prototypes(id1, id2, depth) : sameNamed(kind1, id1, id2);
            }
        }
        return true;
    }

    private static boolean isModifier(int kind) {
        return kind == BtfWords.PTR
                || kind == BtfWords.VOLATILE
                || kind == BtfWords.CONST
                || kind == BtfWords.RESTRICT
                || kind == BtfWords.TYPE_TAG;
    }

    /** The kind of a type; of a declaration that of what it declares. */
    private int kind(int id) {
        int info = types.word(id, Words.INFO);
        int kind = Words.kind(info);
        if (kind != BtfWords.FWD) {
            return kind;
        }
        return info < 0 ? BtfWords.UNION : BtfWords.STRUCT;
    }

    private boolean sameNamed(int kind, int id1, int id2) {
        boolean isNumber = kind == BtfWords.INT || kind == BtfWords.FLOAT;
        if (isNumber && types.word(id1, Words.SIZE_OR_TYPE) != types.word(id2, Words.SIZE_OR_TYPE)) {
            return false;
        }
        if (kind == BtfWords.INT && types.word(id1, Words.INT_DATA) != types.word(id2, Words.INT_DATA)) {
            return false;
        }
        return types.word(id1, Words.NAME) == types.word(id2, Words.NAME);
    }

    private boolean prototypes(int id1, int id2, int depth) {
        int vlen = Words.vlen(types.word(id1, Words.INFO));
        if (vlen != Words.vlen(types.word(id2, Words.INFO))
                || !matches(types.word(id1, Words.SIZE_OR_TYPE), types.word(id2, Words.SIZE_OR_TYPE), depth + 1)) {
            return false;
        }
        for (int i = 0; i < vlen; i++) {
            int at = BtfWords.HEADER + BtfKind.FUNC_PROTO.elementWords() * i + Words.PARAM_TYPE;
            if (!matches(types.word(id1, at), types.word(id2, at), depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
