package org.btfkit.btf.build;

import org.btfkit.btf.BtfType;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Changes one type of a {@link BtfBuilder} in place. Its id, kind and number of elements stay.
 *
 * <p>Each method changes all or, if it throws {@link IllegalArgumentException}, nothing. Type ids may be those of types
 * that are added later.
 *
 * <p>Not safe for use by several threads.
 */
public final class TypeEdit {
    private final BtfBuilder builder;
    private final TypeSection types;
    private final int typeId;
    private final int start;
    private final BtfKind kind;

    TypeEdit(BtfBuilder builder, int typeId, int start) {
        this.builder = builder;
        this.types = builder.types();
        this.typeId = typeId;
        this.start = start;
        this.kind = BtfKind.of(Words.kind(types.get(start + 1)));
        if (kind == null || kind == BtfKind.VOID) {
            throw new IllegalArgumentException(builder.describe(typeId) + ": unknown kind, expected a known one");
        }
    }

    /**
     * Renames the type.
     *
     * @param name its new name; empty for kinds that may go without
     * @return this
     */
    public TypeEdit name(String name) {
        require(BuilderRules.brokenName(kind, name));
        types.set(start, builder.strings().add(StringSection.encode(name)));
        return this;
    }

    /**
     * Lets the type refer to another: what a pointer points to, what a typedef, modifier, function, variable or tag
     * applies to, what a prototype returns.
     *
     * @param targetId id of the type to refer to
     * @return this
     */
    public TypeEdit target(int targetId) {
        if (!kind.refersToType()) {
            throw fault("does not refer to a type by its third word, expected a kind that does");
        }
        require(BuilderRules.brokenTypeId(targetId));
        types.set(start + 2, targetId);
        return this;
    }

    /**
     * Changes the types of an array.
     *
     * @param elementId type id of the elements
     * @param indexId type id of the index
     * @return this
     */
    public TypeEdit array(int elementId, int indexId) {
        if (kind != BtfKind.ARRAY) {
            throw fault("has no element type, expected an ARRAY");
        }
        require(BuilderRules.brokenTypeId(elementId));
        require(BuilderRules.brokenTypeId(indexId));
        types.set(start + Words.HEADER, elementId);
        types.set(start + Words.HEADER + 1, indexId);
        return this;
    }

    /**
     * Changes the size of a type that has one. Nothing is asked of it: members may end past it.
     *
     * @param sizeBytes the size in bytes, unsigned
     * @return this
     */
    public TypeEdit size(int sizeBytes) {
        if (!kind.hasSize()) {
            throw fault("has no size, expected a kind that has");
        }
        types.set(start + 2, sizeBytes);
        return this;
    }

    /**
     * Changes the linkage of a function or variable.
     *
     * @param linkage its new linkage
     * @return this
     */
    public TypeEdit linkage(BtfType.Linkage linkage) {
        switch (kind) {
            case FUNC -> {
                boolean kflag = Words.kflag(types.get(start + 1));
                types.set(start + 1, Words.info(kind, kflag, linkage.ordinal()));
            }
            case VAR -> types.set(start + Words.HEADER, linkage.ordinal());
            default -> throw fault("has no linkage, expected a FUNC or VAR");
        }
        return this;
    }

    /**
     * Replaces a variable of a section. Nothing is asked of the order of variables.
     *
     * @param index index of the variable
     * @param varId type id of its VAR
     * @param offsetBytes where it begins in the section, in bytes, unsigned
     * @param sizeBytes its size in bytes, unsigned
     * @return this
     */
    public TypeEdit variable(int index, int varId, int offsetBytes, int sizeBytes) {
        if (kind != BtfKind.DATASEC) {
            throw fault("has no variables, expected a DATASEC");
        }
        int at = element(index, kind.elementTypeWord(), "types");
        require(BuilderRules.brokenTypeId(varId));
        types.set(at, varId);
        types.set(at + 1, offsetBytes);
        types.set(at + 2, sizeBytes);
        return this;
    }

    /**
     * Changes the type of a member, parameter or section variable.
     *
     * @param index index of the element
     * @param targetId id of its new type
     * @return this
     */
    public TypeEdit elementTarget(int index, int targetId) {
        int at = element(index, kind.elementTypeWord(), "types");
        require(BuilderRules.brokenTypeId(targetId));
        types.set(at, targetId);
        return this;
    }

    /**
     * Renames a member, parameter or enumerator.
     *
     * @param index index of the element
     * @param name its new name; empty for members and parameters only
     * @return this
     */
    public TypeEdit elementName(int index, String name) {
        int at = element(index, kind.elementNameWord(), "names");
        boolean isEnum = KindSet.ENUMS.has(kind);
        if (isEnum && BuilderRules.isNone(name)) {
            throw fault("enumerator " + index + ": empty name, expected one");
        }
        types.set(at, builder.strings().add(StringSection.encode(name)));
        return this;
    }

    private int element(int index, int word, String what) {
        if (word < 0) {
            throw fault("has no elements with " + what);
        }
        int vlen = Words.vlen(types.get(start + 1));
        if (index < 0 || index >= vlen) {
            throw fault("has no element " + index + ", there are " + vlen);
        }
        return start + kind.words(index) + word;
    }

    private void require(String broken) {
        if (broken != null) {
            throw fault(broken);
        }
    }

    private IllegalArgumentException fault(String rule) {
        return new IllegalArgumentException(builder.describe(typeId) + ": " + rule);
    }
}
