package org.btfkit.btf.layout;

/**
 * Where in the text a struct is written, and how; passed from the outside to the inside.
 *
 * @param indent number of tabs before the struct itself; members have one more
 * @param typeWidth width of the column with types
 * @param nameWidth width of the column with names
 * @param baseBytes offset of the struct in the outermost one
 * @param isRelative whether offsets are shown from the start of the struct, not of the outermost one
 * @param inUnion whether a union is around, however far
 * @param isFirst whether what is written is the first member of the struct next around
 * @param isLast whether it is the last one
 * @param hasSummary whether the summary is written
 * @param suffix what is declared by the struct, written behind it; may be empty
 */
record Scope(
        int indent,
        int typeWidth,
        int nameWidth,
        long baseBytes,
        boolean isRelative,
        boolean inUnion,
        boolean isFirst,
        boolean isLast,
        boolean hasSummary,
        String suffix) {

    static Scope outermost(int nameWidth, String suffix) {
        return new Scope(0, 26, nameWidth, 0, false, false, false, false, true, suffix);
    }

    Scope indented() {
        return new Scope(
                indent + 1, typeWidth, nameWidth, baseBytes, isRelative, inUnion, isFirst, isLast, hasSummary, suffix);
    }

    Scope narrowed(int by) {
        return new Scope(
                indent, typeWidth - by, nameWidth, baseBytes, isRelative, inUnion, isFirst, isLast, hasSummary, suffix);
    }

    Scope at(long newBaseBytes) {
        return new Scope(
                indent, typeWidth, nameWidth, newBaseBytes, isRelative, inUnion, isFirst, isLast, hasSummary, suffix);
    }

    Scope relative() {
        return new Scope(indent, typeWidth, nameWidth, baseBytes, true, inUnion, isFirst, isLast, hasSummary, suffix);
    }

    Scope member(boolean first, boolean last) {
        return new Scope(indent, typeWidth, nameWidth, baseBytes, isRelative, inUnion, first, last, hasSummary, suffix);
    }

    Scope unionMember() {
        return new Scope(
                indent, typeWidth, nameWidth, baseBytes, isRelative, true, isFirst, isLast, hasSummary, suffix);
    }

    /** For a struct within another one: it is declared inside, and summed up outside. */
    Scope inner(String newSuffix, boolean newHasSummary) {
        return new Scope(
                indent,
                typeWidth,
                nameWidth,
                baseBytes,
                isRelative,
                inUnion,
                isFirst,
                isLast,
                newHasSummary,
                newSuffix);
    }
}
