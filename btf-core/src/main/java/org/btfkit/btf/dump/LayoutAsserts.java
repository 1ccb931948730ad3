package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeSizes;

/**
 * Writes assertions of what a compiler is to make of a header: the size of each type, and offset and size of each
 * member, those of anonymous structs and unions included. A header that is laid out otherwise does not compile then.
 *
 * <p>A bitfield has no {@code offsetof}, and nothing that tells where it is at compile time: what is asserted of the
 * members around it and of the whole has to do.
 */
final class LayoutAsserts {
    private final JoinedTypes types;
    private final DumpOutput out;
    private final DumpLimits limits;
    private final CNames names;
    private final TypeSizes sizes;
    private final ExactLayout layout;

    LayoutAsserts(
            JoinedTypes types, DumpOutput out, DumpLimits limits, CNames names, TypeSizes sizes, ExactLayout layout) {
        this.types = types;
        this.out = out;
        this.limits = limits;
        this.names = names;
        this.sizes = sizes;
        this.layout = layout;
    }

    /** Puts what all the others rely on. */
    void putHead() {
        out.put(bytes("/* Bitfields have no offsetof: sizes, and the offsets around them, are asserted. */\n"
                + "_Static_assert(sizeof(void *) == " + sizes.pointerSize() + ", \"made for pointers of "
                + sizes.pointerSize() + " bytes\");\n\n"));
    }

    /** Puts the assertions for a type that is defined now. */
    void put(int typeId) {
        BtfKind kind = types.kind(typeId);
        boolean isTypedef = kind == BtfKind.TYPEDEF;
        if (types.nameOff(typeId) == 0 || isTypedef && (names.isBuiltIn(typeId) || names.isExpanded(typeId))) {
            return;
        }
        int target = isTypedef ? types.sizeOrType(typeId) : typeId;
        BtfKind targetKind = types.kind(target);
        boolean isForward = targetKind == BtfKind.ENUM && types.vlen(target) == 0 || kind == BtfKind.FWD;
        long size = sizes.sizeOrMinus1(typeId);
        if (size < 0 || isForward) {
            return;
        }
        boolean isComposite = KindSet.COMPOSITES.has(targetKind);
        String type = name(typeId, kind);
        put("sizeof(" + type + ") == " + size, type);
        if (isComposite && (!isTypedef || types.nameOff(target) == 0)) {
            putMembers(type, "", target);
        }
        out.put('\n');
    }

    private String name(int typeId, BtfKind kind) {
        return switch (kind) {
            case STRUCT -> "struct " + names.tagText(typeId);
            case UNION -> "union " + names.tagText(typeId);
            case TYPEDEF -> names.identifierText(typeId);
            default -> "enum " + names.tagText(typeId);
        };
    }

    private void putMembers(String type, String path, int typeId) {
        putMembers(type, path, typeId, 0);
    }

    private void putMembers(String type, String path, int typeId, long base) {
        limits.enter(typeId);
        for (ExactMember member : layout.members(typeId)) {
            limits.step(typeId);
            long offset = base + member.offset();
            if (member.nameOff() == 0) {
                putMembers(type, path, member.typeId(), offset);
            } else if (member.bits() == 0 && offset % 8 == 0) {
                String at = path + names.fieldText(member.nameOff());
                put(
                        "__builtin_offsetof(" + type + ", " + at + ") == " + offset / 8 + " && sizeof(((" + type
                                + " *)0)->" + at + ") == " + member.size(),
                        type + ": " + at);
                putInner(type, at, member.typeId(), offset);
            }
        }
        limits.leave();
    }

    /** The members of a struct that has no name, or of the first one in an array. */
    private void putInner(String type, String path, int typeId, long base) {
        StringBuilder at = new StringBuilder(path);
        int id = typeId;
        while (true) {
            switch (types.kind(id)) {
                case VOLATILE, CONST, RESTRICT, TYPE_TAG -> id = types.sizeOrType(id);
                case ARRAY -> {
                    id = types.elementType(id);
                    at.append("[0]");
                }
                case STRUCT, UNION -> {
                    if (types.nameOff(id) == 0) {
                        putMembers(type, at + ".", id, base);
                    }
                    return;
                }
                default -> {
                    return;
                }
            }
        }
    }

    private void put(String condition, String what) {
        out.put(ExactNames.ascii("_Static_assert(" + condition + ", \"" + what + "\");\n"));
    }
}
