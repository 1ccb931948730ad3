package org.btfkit.btf.relo;

import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/** Types, members and places in the words of C, for reasons and lists. */
final class CoreNames {
    /** How many pointers, arrays and modifiers are spelled out. */
    private static final int MAX_DEPTH = 8;

    private CoreNames() {}

    /** Spells a type: {@code struct foo *}, {@code unsigned int[16]}. */
    static String type(FlatTypes types, int typeId) {
        return type(types, typeId, MAX_DEPTH);
    }

    private static String type(FlatTypes types, int typeId, int depth) {
        BtfKind kind = types.kind(typeId);
        if (kind == null || depth == 0) {
            return "...";
        }
        return switch (kind) {
            case VOID -> "void";
            case INT, FLOAT, TYPEDEF -> types.name(typeId);
            case STRUCT -> named("struct", types, typeId);
            case UNION -> named("union", types, typeId);
            case ENUM, ENUM64 -> named("enum", types, typeId);
            case FWD -> named(types.kflag(typeId) ? "union" : "struct", types, typeId) + " (declared only)";
            case PTR -> {
                String target = type(types, types.sizeOrType(typeId), depth - 1);
                yield target.endsWith("*") ? target + "*" : target + " *";
            }
            case CONST -> "const " + type(types, types.sizeOrType(typeId), depth - 1);
            case VOLATILE -> "volatile " + type(types, types.sizeOrType(typeId), depth - 1);
            case RESTRICT, TYPE_TAG -> type(types, types.sizeOrType(typeId), depth - 1);
            case ARRAY -> type(types, types.elementType(typeId), depth - 1) + "[" + types.elementCount(typeId) + "]";
            case FUNC_PROTO -> {
                StringBuilder text = new StringBuilder(type(types, types.sizeOrType(typeId), depth - 1)).append(" (");
                for (int i = 0; i < types.vlen(typeId); i++) {
                    text.append(i == 0 ? "" : ", ").append(type(types, types.paramType(typeId, i), depth - 1));
                }
                yield text.append(')').toString();
            }
            case FUNC, VAR, DATASEC, DECL_TAG -> named(kind.name(), types, typeId);
        };
    }

    private static String named(String word, FlatTypes types, int typeId) {
        String name = types.name(typeId);
        return word + (name.isEmpty() ? " without name" : " " + name);
    }

    /** The name of a struct or union, or what it is if it has none. */
    static String holder(FlatTypes types, int typeId) {
        String name = types.name(typeId);
        return types.is(typeId, KindSet.COMPOSITES) && !name.isEmpty() ? name : type(types, typeId);
    }

    /** Says where something is: {@code at 16 (4 bytes)}, {@code bit 2 of byte 792}. */
    static String place(long bits, int bitfieldSize, long bytes) {
        if (bitfieldSize == 1) {
            return "bit " + bits % 8 + " of byte " + bits / 8;
        }
        if (bitfieldSize > 1) {
            return "bits " + bits % 8 + " to " + (bits % 8 + bitfieldSize - 1) + " of byte " + bits / 8;
        }
        return "at " + bits / 8 + (bytes < 0 ? "" : bytes == 1 ? " (1 byte)" : " (" + bytes + " bytes)");
    }

    /** Spells a path without its root: {@code se.vruntime}, {@code a[3].b}; of an enumerator its name. */
    static String path(CoreTypes types, CoreKind kind, CoreSpec spec, int accessors) {
        if (kind.isType() || spec.length == 0) {
            return "";
        }
        if (kind.isEnumerator()) {
            return types.flat().string(spec.names[0]);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < accessors; i++) {
            if (spec.names[i] != 0) {
                text.append(text.length() == 0 ? "" : ".").append(types.flat().string(spec.names[i]));
            } else if (i > 0 || spec.indexes[i] > 0) {
                text.append('[').append(spec.indexes[i]).append(']');
            }
        }
        return text.toString();
    }

    /** Spells a path with its root: {@code task_struct.se.vruntime}. */
    static String fullPath(CoreTypes types, CoreKind kind, CoreSpec spec, int accessors) {
        String root = holder(types.flat(), spec.rootId);
        String path = path(types, kind, spec, accessors);
        if (path.isEmpty()) {
            return kind.isType() ? type(types.flat(), spec.rootId) : root;
        }
        return kind.isEnumerator()
                ? type(types.flat(), spec.rootId) + "::" + path
                : path.startsWith("[") ? root + path : root + "." + path;
    }
}
