package org.btfkit.btf.layout;

import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeQueries;

/** Writes a type and the name that is declared to have it, in two columns where that can be. */
final class Declarations {
    private final LayoutRules rules;
    private final Btf btf;
    private final FlatTypes types;
    private final Text text;
    private final CompositeWriter composites;
    private final TypeNames names;
    private final boolean expand;

    Declarations(LayoutRules rules, Text text, CompositeWriter composites, boolean expand) {
        this.rules = rules;
        this.btf = rules.sizes().btf();
        this.types = FlatAccess.of(btf);
        this.text = text;
        this.composites = composites;
        this.names = new TypeNames(btf);
        this.expand = expand;
    }

    /**
     * Adds a declaration without its semicolon.
     *
     * @param declaredId the type
     * @param name what is declared; may be empty
     */
    void add(int declaredId, String name, Scope scope) {
        int typeId = expand ? skipTypedefs(declaredId) : declaredId;
        int width = scope.typeWidth();
        for (int depth = 0; depth <= TypeQueries.MAX_DEPTH; depth++) {
            BtfKind kind = btf.kind(typeId);
            int targetId = kind == BtfKind.CONST || kind == BtfKind.TYPE_TAG ? btf.sizeOrType(typeId) : 0;
            if (targetId == 0) {
                // pahole sums up structs within others only where they are const.
                boolean isInPlace = expand || isAnonymous(typeId);
                boolean hasSummary = scope.hasSummary() && width != scope.typeWidth() && isInPlace;
                addPlain(typeId, name, scope.narrowed(scope.typeWidth() - width).inner("", hasSummary));
                return;
            }
            if (kind == BtfKind.CONST) {
                text.add("const ");
                width -= "const ".length();
            }
            typeId = targetId;
        }
        throw TypeFaults.at(
                FlatAccess.of(btf), declaredId, "more than " + TypeQueries.MAX_DEPTH + " modifiers in a row");
    }

    /** Skips typedefs, and tells of them in a comment. */
    private int skipTypedefs(int declaredId) {
        int end = declaredId;
        String comment = "/* typedef ";
        for (int depth = 0; btf.kind(end) == BtfKind.TYPEDEF; depth++) {
            if (depth == TypeQueries.MAX_DEPTH) {
                return TypeQueries.resolve(btf, declaredId); // Throws.
            }
            text.add(comment).add(btf.name(end));
            comment = " -> ";
            end = btf.sizeOrType(end);
        }
        text.add(end == declaredId ? "" : " */ ");
        return end;
    }

    private void addPlain(int typeId, String name, Scope scope) {
        BtfKind kind = btf.kind(typeId);
        if (rules.isStruct(typeId) || rules.isUnion(typeId) || kind == BtfKind.ENUM || kind == BtfKind.ENUM64) {
            addTagged(typeId, name, scope);
        } else if (kind == BtfKind.ARRAY) {
            addArray(typeId, name, scope);
        } else if (kind == BtfKind.FUNC_PROTO) {
            names.addPrototype(text, typeId, name, scope.typeWidth());
        } else if (kind == BtfKind.PTR && btf.kind(btf.sizeOrType(typeId)) == BtfKind.FUNC_PROTO) {
            names.addPrototype(text, btf.sizeOrType(typeId), "(*" + name + ")", scope.typeWidth());
        } else if (kind == BtfKind.PTR && isAnonymous(btf.sizeOrType(typeId))) {
            // What is pointed to has offsets of its own.
            addTagged(btf.sizeOrType(typeId), "* " + name, scope.relative().narrowed(8));
        } else {
            text.addLeft(names.name(typeId), scope.typeWidth()).add(" ").add(name);
        }
    }

    private boolean isAnonymous(int typeId) {
        BtfKind kind = btf.kind(typeId);
        boolean isTagged = KindSet.COMPOSITES.has(kind) || KindSet.ENUMS.has(kind);
        return isTagged && btf.name(typeId).isEmpty();
    }

    private void addTagged(int typeId, String name, Scope scope) {
        String tag = btf.name(typeId);
        if (rules.isStruct(typeId)) {
            if (!tag.isEmpty() && !expand) {
                text.add("struct ").addLeft(tag, scope.typeWidth() - 7).add(" ").add(name);
            } else {
                composites.addStruct(typeId, scope.narrowed(8).inner(name, scope.hasSummary()));
            }
        } else if (rules.isUnion(typeId)) {
            if (!tag.isEmpty() && !expand) {
                text.add("union ").addLeft(tag, scope.typeWidth() - 6).add(" ").add(name);
            } else {
                composites.addUnion(typeId, scope.narrowed(8).inner(name, scope.hasSummary()));
            }
        } else if (!tag.isEmpty() && !expand) {
            text.add("enum ").addLeft(tag, scope.typeWidth() - 5).add(" ").add(name);
        } else {
            addEnum(typeId, name, scope.indent());
        }
    }

    private void addEnum(int typeId, String name, int indent) {
        text.add("enum").add(btf.name(typeId).isEmpty() ? "" : " " + btf.name(typeId));
        BtfType type = btf.type(typeId);
        var values = type instanceof BtfType.Enum plain ? plain.values() : ((BtfType.Enum64) type).values();
        boolean isSigned = btf.kflag(typeId);
        if (!values.isEmpty()) {
            int width = values.stream()
                    .mapToInt(value -> value.name().length())
                    .max()
                    .orElse(0);
            text.add(" {\n");
            for (BtfType.Enumerator value : values) {
                String number = isSigned ? Long.toString(value.value()) : Long.toUnsignedString(value.value());
                text.tabs(indent).add("\t").addLeft(value.name(), width);
                text.add(" = ").add(number).add(",\n");
            }
            text.tabs(indent).add("}");
            text.add(btf.sizeOrType(typeId) == 4 ? "" : " __attribute__((__packed__))");
        }
        text.add(name.isEmpty() ? "" : " " + name);
    }

    private void addArray(int arrayId, String name, Scope scope) {
        StringBuilder dimensions = new StringBuilder();
        int elementId = arrayId;
        boolean isFlexible = scope.isLast() && !scope.isFirst() && !scope.inUnion();
        for (int depth = 0; btf.kind(elementId) == BtfKind.ARRAY; depth++) {
            if (depth == TypeQueries.MAX_DEPTH) {
                throw TypeFaults.tooLong(types, arrayId);
            }
            long count = types.elementCount(elementId);
            dimensions.append(count == 0 && isFlexible && depth == 0 ? "[]" : "[" + count + "]");
            elementId = types.elementType(elementId);
            if (count == 0 && btf.kind(elementId) == BtfKind.CONST) {
                elementId = btf.sizeOrType(elementId);
            }
        }
        add(elementId, name, scope);
        text.add(dimensions.toString());
    }
}
