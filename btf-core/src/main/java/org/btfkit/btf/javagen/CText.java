package org.btfkit.btf.javagen;

import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

/** Declarations as C has them, for comments: in one line, without the members of what has no name. */
final class CText {
    /** What is nested deeper than this is not written out. */
    private static final int MAX_DEPTH = 24;

    private final FlatTypes types;

    CText(FlatTypes types) {
        this.types = types;
    }

    /** Declares something of a type; the name may be empty. */
    String declare(int typeId, String name) {
        return SourceText.comment(declare(typeId, name, "", 0));
    }

    /** @param qualifiers what stood before the type, each with a blank behind it */
    private String declare(int typeId, String name, String qualifiers, int depth) {
        if (depth > MAX_DEPTH) {
            return "... " + name;
        }
        BtfKind kind = types.kind(typeId);
        return switch (kind) {
            case CONST -> declare(types.sizeOrType(typeId), name, qualifiers + "const ", depth + 1);
            case VOLATILE -> declare(types.sizeOrType(typeId), name, qualifiers + "volatile ", depth + 1);
            case RESTRICT -> declare(types.sizeOrType(typeId), name, qualifiers + "restrict ", depth + 1);
            case TYPE_TAG, VAR, DECL_TAG -> declare(types.sizeOrType(typeId), name, qualifiers, depth + 1);
            case PTR -> pointer(types.sizeOrType(typeId), "*" + qualifiers + name, depth);
            case ARRAY -> {
                long count = types.elementCount(typeId);
                String dimension = "[" + (count == 0 ? "" : count) + "]";
                yield declare(types.elementType(typeId), name + dimension, qualifiers, depth + 1);
            }
            case FUNC_PROTO -> declare(types.sizeOrType(typeId), name + parameters(typeId, depth), "", depth + 1);
            case VOID -> named(qualifiers + "void", name);
            case STRUCT, UNION, ENUM, ENUM64, FWD -> named(qualifiers + tag(typeId, kind), name);
            case INT, FLOAT, TYPEDEF, FUNC, DATASEC -> named(qualifiers + types.name(typeId), name);
        };
    }

    private String pointer(int targetId, String declarator, int depth) {
        int behind = targetId;
        for (int i = 0; i < MAX_DEPTH && isQualifier(types.kind(behind)); i++) {
            behind = types.sizeOrType(behind);
        }
        boolean isPostfix = types.kind(behind) == BtfKind.ARRAY || types.kind(behind) == BtfKind.FUNC_PROTO;
        return declare(targetId, isPostfix ? "(" + declarator + ")" : declarator, "", depth + 1);
    }

    private static boolean isQualifier(BtfKind kind) {
        return kind == BtfKind.CONST
                || kind == BtfKind.VOLATILE
                || kind == BtfKind.RESTRICT
                || kind == BtfKind.TYPE_TAG;
    }

    private String tag(int typeId, BtfKind kind) {
        String word = kind == BtfKind.FWD ? types.kflag(typeId) ? "union " : "struct " : JavaNames.prefix(kind);
        return word + (types.nameOff(typeId) == 0 ? "{...}" : types.name(typeId));
    }

    private String parameters(int protoId, int depth) {
        StringBuilder list = new StringBuilder("(");
        int vlen = types.vlen(protoId);
        for (int i = 0; i < vlen; i++) {
            int paramId = types.paramType(protoId, i);
            list.append(i == 0 ? "" : ", ");
            list.append(paramId == 0 && i == vlen - 1 ? "..." : declare(paramId, "", "", depth + 1));
        }
        return list.append(vlen == 0 ? "void)" : ")").toString();
    }

    private static String named(String type, String name) {
        return name.isEmpty() || name.charAt(0) == '[' ? type + name : type + " " + name;
    }
}
