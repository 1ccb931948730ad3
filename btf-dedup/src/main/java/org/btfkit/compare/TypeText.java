package org.btfkit.compare;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * Writes types as C declares them, on one line, for tables and lists.
 *
 * <p>The C dumper is not used for it: it keeps accounts of all types of a BTF, which pays for a header but not for a
 * line, and writes structs without a name over several lines.
 */
final class TypeText {
    /** How many types one text may name: who makes up BTF can make it as long as he likes, or go in a circle. */
    private static final int MAX_STEPS = 4_000;

    private final JoinedTypes types;
    private int stepsLeft;

    TypeText(JoinedTypes types) {
        this.types = types;
    }

    private String string(int nameOff) {
        return types.flat().string(nameOff);
    }

    /** The type as it stands in a cast: {@code struct file *}, {@code char [16]}. */
    String type(int typeId) {
        return declare(typeId, "");
    }

    /**
     * A declaration, such as {@code struct file *f}; a struct without a name is {@code struct {...}}. What is nested
     * deeper than a compiler can have made it ends in {@code ...}.
     */
    String declare(int typeId, String name) {
        stepsLeft = MAX_STEPS;
        return declare(typeId, name, false, 0);
    }

    /** As {@link #declare}, with what is in structs, unions and enumerations without a name. */
    String declareWhole(int typeId, String name) {
        stepsLeft = MAX_STEPS;
        return declare(typeId, name, true, 0);
    }

    private String declare(int typeId, String inner, boolean whole, int depth) {
        if (depth > Limits.MAX_NESTING || --stepsLeft < 0) {
            return spaced("...", inner);
        }
        BtfKind kind = types.kind(typeId);
        if (kind == null) {
            return spaced(types.describe(typeId), inner);
        }
        int target = types.sizeOrType(typeId);
        return switch (kind) {
            case VOID -> spaced("void", inner);
            case PTR -> declare(target, isSuffixed(target) ? "(*" + inner + ")" : "*" + inner, whole, depth + 1);
            case CONST -> qualified("const", target, inner, whole, depth);
            case VOLATILE -> qualified("volatile", target, inner, whole, depth);
            case RESTRICT -> qualified("restrict", target, inner, whole, depth);
            case TYPE_TAG -> qualified(tag(typeId), target, inner, whole, depth);
            case DECL_TAG -> declare(target, inner, whole, depth + 1);
            case ARRAY -> {
                String count = Integer.toUnsignedString(types.elementCount(typeId));
                yield declare(types.elementType(typeId), inner + "[" + count + "]", whole, depth + 1);
            }
            case FUNC_PROTO -> declare(target, inner + parameters(typeId, whole, depth), whole, depth + 1);
            case FUNC, VAR -> declare(target, string(types.nameOff(typeId)), whole, depth + 1);
            case STRUCT, UNION, ENUM, ENUM64, FWD, INT, FLOAT, TYPEDEF, DATASEC ->
                spaced(word(typeId, kind) + name(typeId, whole, depth), inner);
        };
    }

    private String tag(int tagId) {
        String attribute = types.kflag(tagId) ? "__attribute__((%s))" : "__attribute__((btf_type_tag(\"%s\")))";
        return attribute.formatted(string(types.nameOff(tagId)));
    }

    /** Qualifiers of a pointer stand behind its star, others before the type. */
    private String qualified(String qualifier, int target, String inner, boolean whole, int depth) {
        int id = target;
        for (int steps = 0; steps < Limits.MAX_NESTING && types.flat().is(id, KindSet.MODIFIERS); steps++) {
            id = types.sizeOrType(id);
        }
        if (types.kind(id) == BtfKind.PTR) {
            return declare(target, spaced(qualifier, inner), whole, depth + 1);
        }
        return qualifier + " " + declare(target, inner, whole, depth + 1);
    }

    private boolean isSuffixed(int typeId) {
        int id = typeId;
        for (int steps = 0; steps < Limits.MAX_NESTING && types.flat().is(id, KindSet.MODIFIERS); steps++) {
            id = types.sizeOrType(id);
        }
        return types.kind(id) == BtfKind.ARRAY || types.kind(id) == BtfKind.FUNC_PROTO;
    }

    private static String spaced(String left, String right) {
        return right.isEmpty()
                ? left
                : right.startsWith("[") || !left.endsWith("*") ? left + " " + right : left + right;
    }

    private String word(int typeId, BtfKind kind) {
        return switch (kind) {
            case STRUCT -> "struct ";
            case UNION -> "union ";
            case ENUM, ENUM64 -> "enum ";
            case FWD -> types.kflag(typeId) ? "union " : "struct ";
            default -> "";
        };
    }

    private String name(int typeId, boolean whole, int depth) {
        int nameOff = types.nameOff(typeId);
        if (nameOff != 0) {
            return string(nameOff);
        }
        return whole ? "{ " + String.join(" ", body(typeId, depth)) + " }" : "{...}";
    }

    private String parameters(int protoId, boolean whole, int depth) {
        int count = types.vlen(protoId);
        if (count == 0) {
            return "(void)";
        }
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < count; i++) {
            int nameOff = types.flat().paramNameOff(protoId, i);
            int paramType = types.flat().paramType(protoId, i);
            boolean variadic = i == count - 1 && nameOff == 0 && paramType == 0;
            text.append(i == 0 ? "" : ", ")
                    .append(variadic ? "..." : declare(paramType, string(nameOff), whole, depth + 1));
        }
        return text.append(')').toString();
    }

    /** What a type says, an entry for each of its parts, with places and values. */
    List<String> body(int typeId) {
        stepsLeft = MAX_STEPS;
        return body(typeId, 0);
    }

    private List<String> body(int typeId, int depth) {
        List<String> parts = new ArrayList<>();
        BtfKind kind = types.kind(typeId);
        if (KindSet.COMPOSITES.has(kind)) {
            for (int i = 0; i < types.vlen(typeId); i++) {
                int memberType = types.flat().memberType(typeId, i);
                long place =
                        Bitfields.place(types, memberType, types.flat().memberOffset(typeId, i), types.kflag(typeId));
                int bits = Bitfields.bits(place);
                String name = string(types.flat().memberNameOff(typeId, i));
                parts.add(declare(memberType, name, true, depth + 1) + (bits == 0 ? "" : ":" + bits) + " @"
                        + Integer.toUnsignedString(Bitfields.offsetBits(place)) + ";");
            }
        } else if (KindSet.ENUMS.has(kind)) {
            Enumerators.of(types, typeId).forEach((name, value) -> parts.add(name + " = " + value + ","));
        } else if (kind == BtfKind.INT || kind == BtfKind.FLOAT) {
            parts.add(scalar(typeId));
        } else {
            parts.add(declare(kind == BtfKind.TYPEDEF ? types.sizeOrType(typeId) : typeId, "", true, depth + 1));
        }
        return parts;
    }

    /** What a number type is: {@code 4 bytes, signed}. */
    String scalar(int typeId) {
        long size = types.flat().sizeBytes(typeId);
        String text = size + (size == 1 ? " byte" : " bytes");
        if (types.kind(typeId) == BtfKind.FLOAT) {
            return text + ", floating point";
        }
        int data = types.intData(typeId);
        int encoding = Words.intEncoding(data);
        boolean isPart = Words.intBits(data) != size * 8 || Words.intOffsetBits(data) != 0;
        return text
                + ((encoding & Words.INT_SIGNED) != 0 ? ", signed" : ", unsigned")
                + ((encoding & Words.INT_CHAR) != 0 ? ", char" : "")
                + ((encoding & Words.INT_BOOL) != 0 ? ", bool" : "")
                + (isPart
                        ? ", bits " + Words.intOffsetBits(data) + " to "
                                + (Words.intOffsetBits(data) + Words.intBits(data) - 1)
                        : "");
    }
}
