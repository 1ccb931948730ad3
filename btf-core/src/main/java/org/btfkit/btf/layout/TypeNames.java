package org.btfkit.btf.layout;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeQueries;

/**
 * Names of types as pahole spells them: {@code struct list_head *}, {@code const char *}.
 *
 * <p>A modifier ends with a space, and a pointer begins with one; hence the two spaces.
 */
final class TypeNames {
    private final Btf btf;
    private final FlatTypes types;

    TypeNames(Btf btf) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
    }

    /** The name of a type without a declarator. */
    String name(int typeId) {
        return name(typeId, 0);
    }

    private String name(int typeId, int depth) {
        BtfKind kind = btf.kind(typeId);
        if (depth > TypeQueries.MAX_DEPTH) {
            throw TypeFaults.at(
                    types, typeId, "name of more than " + TypeQueries.MAX_DEPTH + " pointers, modifiers and arrays");
        }
        if (kind == null) {
            return BtfKind.nameOf(Words.kind(btf.info(typeId)));
        }
        return switch (kind) {
            case VOID -> "void";
            case PTR -> pointerName(typeId, depth);
            case CONST -> "const " + target(typeId, depth) + " ";
            case VOLATILE -> "volatile " + target(typeId, depth) + " ";
            case RESTRICT -> target(typeId, depth) + " restrict ";
            case TYPE_TAG, VAR, DECL_TAG -> target(typeId, depth);
            case ARRAY -> name(types.elementType(typeId), depth + 1);
            case FUNC_PROTO -> {
                Text text = new Text();
                addPrototype(text, typeId, "()", 0, depth + 1);
                yield text.toString();
            }
            case STRUCT -> "struct " + btf.name(typeId);
            case UNION -> "union " + btf.name(typeId);
            case FWD -> (btf.kflag(typeId) ? "union " : "struct ") + btf.name(typeId);
            case ENUM, ENUM64 -> "enum " + btf.name(typeId);
            case INT, FLOAT, TYPEDEF, FUNC, DATASEC -> btf.name(typeId);
        };
    }

    private String target(int typeId, int depth) {
        return name(btf.sizeOrType(typeId), depth + 1);
    }

    private String pointerName(int typeId, int depth) {
        int targetId = btf.sizeOrType(typeId);
        if (btf.kind(targetId) == BtfKind.CONST && btf.kind(btf.sizeOrType(targetId)) == BtfKind.PTR) {
            return name(btf.sizeOrType(targetId), depth + 1) + " const *";
        }
        return name(targetId, depth + 1) + " *";
    }

    /**
     * Adds a function's type with a declarator in it.
     *
     * @param declarator what is declared: a name, or {@code (*name)}
     * @param width width of the column that the return type goes to
     */
    void addPrototype(Text text, int protoId, String declarator, int width) {
        addPrototype(text, protoId, declarator, width, 0);
    }

    private void addPrototype(Text text, int protoId, String declarator, int width, int depth) {
        text.addLeft(name(btf.sizeOrType(protoId), depth + 1), width)
                .add(" ")
                .add(declarator)
                .add("(");
        int shown = 0;
        boolean variadic = false;
        for (int i = 0; i < btf.vlen(protoId); i++) {
            int paramId = types.paramType(protoId, i);
            if (paramId == 0) {
                variadic = true;
                continue;
            }
            text.add(shown++ > 0 ? ", " : "");
            addParameter(text, paramId, types.string(types.paramNameOff(protoId, i)), depth + 1);
        }
        if (shown == 0) {
            text.add("void");
        } else if (variadic) {
            text.add(", ...");
        }
        text.add(")");
    }

    private void addParameter(Text text, int paramId, String name, int depth) {
        BtfKind kind = btf.kind(paramId);
        if (kind == BtfKind.PTR && btf.kind(btf.sizeOrType(paramId)) == BtfKind.FUNC_PROTO) {
            addPrototype(text, btf.sizeOrType(paramId), "(*" + name + ")", 0, depth);
        } else if (kind == BtfKind.FUNC_PROTO) {
            addPrototype(text, paramId, name, 0, depth);
        } else {
            text.add(name(paramId, depth)).add(name.isEmpty() ? "" : " " + name);
        }
    }
}
