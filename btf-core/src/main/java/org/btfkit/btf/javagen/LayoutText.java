package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Writes the layout of a struct or union as an expression: its members with their names, and padding between them,
 * where bit fields are. All of it has alignment 1; a group cannot be given less than its members have, so that those
 * with C's alignment could not be members of packed structs.
 */
final class LayoutText {
    private static final String STEP = "        ";

    private final FlatTypes types;
    private final JavaNames names;
    private final Set<Integer> included;

    /**
     * Prepares writing.
     *
     * @param included the types that have a class, if they have a name
     */
    LayoutText(FlatTypes types, JavaNames names, Set<Integer> included) {
        this.types = types;
        this.names = names;
        this.included = included;
    }

    /** The class of the layout of a struct or union. */
    static String type(boolean isUnion) {
        return isUnion ? "UnionLayout" : "StructLayout";
    }

    /** Writes a struct or union; lines but the first begin with the indentation. */
    String of(ClassMembers.Group group, String indent) {
        boolean isUnion = types.kind(group.typeId()) == BtfKind.UNION;
        List<String> parts = new ArrayList<>();
        long size = types.sizeBytes(group.typeId());
        long end = 0;
        for (ClassMembers.Item item : group.items()) {
            long bits = offsetBits(item) - group.offsetBits();
            long at = bits / Byte.SIZE;
            if (item instanceof ClassMembers.Member member && member.bits() != 0 || !isUnion && at < end) {
                continue; // a bit field, or what lies over others, which a layout cannot say
            }
            if (!isUnion && at > end) {
                parts.add(padding(at - end));
            }
            parts.add(item(item, indent + STEP));
            end = isUnion ? Math.max(end, sizeBytes(item)) : at + sizeBytes(item);
        }
        if (end < size) {
            parts.add(padding(isUnion ? size : size - end));
        }
        String call = isUnion ? "MemoryLayout.unionLayout(" : "MemoryLayout.structLayout(";
        if (parts.isEmpty()) {
            return call + ")";
        }
        String separator = ",\n" + indent + STEP;
        return call + "\n" + indent + STEP + String.join(separator, parts) + ")";
    }

    private static long offsetBits(ClassMembers.Item item) {
        return item instanceof ClassMembers.Member member
                ? member.offsetBits()
                : ((ClassMembers.Group) item).offsetBits();
    }

    private long sizeBytes(ClassMembers.Item item) {
        return item instanceof ClassMembers.Member member
                ? member.shape().totalBytes()
                : types.sizeBytes(((ClassMembers.Group) item).typeId());
    }

    private static String padding(long bytes) {
        return "MemoryLayout.paddingLayout(" + number(bytes) + ")";
    }

    private String item(ClassMembers.Item item, String indent) {
        return item instanceof ClassMembers.Member member
                ? member(member) + ".withName(\"" + JavaNames.text(member.cName()) + "\")"
                : of((ClassMembers.Group) item, indent);
    }

    private String member(ClassMembers.Member member) {
        Shape shape = member.shape();
        String layout = switch (shape.sort()) {
            case NUMBER, ENUM, BOOL, REAL -> shape.layout();
            case BYTES -> bytes(shape.sizeBytes());
            case GROUP -> {
                String owner = classOf(member);
                yield owner == null ? bytes(shape.sizeBytes()) : owner + ".UNALIGNED";
            }
        };
        for (int i = shape.dimensions().length - 1; i >= 0; i--) {
            layout = "MemoryLayout.sequenceLayout(" + number(shape.dimensions()[i]) + ", " + layout + ")";
        }
        return layout;
    }

    /** The class of a member's type, or of its elements; null if it has none. */
    String classOf(ClassMembers.Member member) {
        if (member.nestedClass() != null) {
            return member.nestedClass();
        }
        int typeId = member.shape().typeId();
        return included.contains(typeId) ? names.of(typeId) : null;
    }

    private static String bytes(long size) {
        return "MemoryLayout.sequenceLayout(" + number(size) + ", BYTE)";
    }

    /** A literal, of type long where it has to be. */
    static String number(long value) {
        return value == (int) value ? Long.toString(value) : value + "L";
    }
}
