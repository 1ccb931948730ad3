package org.btfkit.compare;

import org.btfkit.btf.format.BtfKind;

/**
 * What a change is about: something with a name.
 *
 * @param kind its kind; {@link BtfKind#ENUM} also for enumerations of 64 bits, and STRUCT or UNION for a declaration of
 *     one
 * @param name its name; empty for the constants of enumerations that have none
 * @param beforeId type id in the old BTF, 0 if there is none
 * @param afterId type id in the new BTF, 0 if there is none
 */
public record Subject(BtfKind kind, String name, int beforeId, int afterId) implements Comparable<Subject> {
    /** {@return as C calls it: {@code struct page}} */
    public String title() {
        String word = switch (kind) {
            case STRUCT, UNION, ENUM, TYPEDEF -> kind.name().toLowerCase(java.util.Locale.ROOT) + " ";
            default -> "";
        };
        return name.isEmpty() ? word + "without a name" : word + name;
    }

    /** {@return the same, seen from the other side} */
    public Subject mirrored() {
        return new Subject(kind, name, afterId, beforeId);
    }

    /** By kind and name, then by ids. */
    @Override
    public int compareTo(Subject other) {
        int order = kind.compareTo(other.kind);
        order = order != 0 ? order : name.compareTo(other.name);
        order = order != 0 ? order : Integer.compare(beforeId, other.beforeId);
        return order != 0 ? order : Integer.compare(afterId, other.afterId);
    }
}
