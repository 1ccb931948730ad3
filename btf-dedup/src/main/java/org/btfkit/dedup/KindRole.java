package org.btfkit.dedup;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/** What deduplication has to do with a type of a kind; numbers, since the passes ask for it millions of times. */
final class KindRole {
    /** A kind that is not known here. */
    static final int UNKNOWN = 0;

    /** INT. */
    static final int INT = 1;

    /** ENUM and ENUM64: without enumerators they are a forward declaration. */
    static final int ENUM = 2;

    /** FLOAT: says everything in its first three words. */
    static final int FLOAT = 3;

    /** FWD: as FLOAT, and may be resolved to a struct or union. */
    static final int FORWARD = 4;

    /** STRUCT and UNION. */
    static final int COMPOSITE = 5;

    /** TYPEDEF: a reference, but treated with structs and unions, since it may be what closes a cycle. */
    static final int TYPEDEF = 6;

    /** PTR, CONST, VOLATILE, RESTRICT, FUNC and TYPE_TAG: one reference and nothing after the third word. */
    static final int REFERENCE = 7;

    /** ARRAY. */
    static final int ARRAY = 8;

    /** FUNC_PROTO. */
    static final int PROTOTYPE = 9;

    /** DECL_TAG. */
    static final int DECL_TAG = 10;

    /** VAR and DATASEC: never merged. */
    static final int SINGULAR = 11;

    private static final byte[] BY_KIND = new byte[128];

    static {
        for (BtfKind kind : BtfKind.values()) {
            BY_KIND[kind.number()] = (byte) of(kind);
        }
    }

    private KindRole() {}

    private static int of(BtfKind kind) {
        return switch (kind) {
            case VOID -> UNKNOWN;
            case INT -> INT;
            case ENUM, ENUM64 -> ENUM;
            case FLOAT -> FLOAT;
            case FWD -> FORWARD;
            case STRUCT, UNION -> COMPOSITE;
            case TYPEDEF -> TYPEDEF;
            case PTR, CONST, VOLATILE, RESTRICT, FUNC, TYPE_TAG -> REFERENCE;
            case ARRAY -> ARRAY;
            case FUNC_PROTO -> PROTOTYPE;
            case DECL_TAG -> DECL_TAG;
            case VAR, DATASEC -> SINGULAR;
        };
    }

    /** Returns the role of a type by its info word. */
    static int of(int info) {
        return BY_KIND[Words.kind(info)];
    }

    /** Tells, by the info word, whether a type has one reference and nothing after the third word. */
    static boolean isChain(int info) {
        int role = of(info);
        return role == REFERENCE || role == TYPEDEF;
    }

    /** Returns the number of the kind that a forward declaration stands for, by its info word. */
    static int declaredKind(int forwardInfo) {
        return (forwardInfo < 0 ? BtfKind.UNION : BtfKind.STRUCT).number();
    }
}
