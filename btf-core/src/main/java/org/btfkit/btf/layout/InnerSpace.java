package org.btfkit.btf.layout;

/**
 * What the struct that is a member's type brings with it: unused bytes and bits in places that its user does not see,
 * and room beyond its end.
 *
 * @param endsInFlexibleArray whether its last member is a flexible array
 * @param embedsFlexibleArray whether a struct within it has one
 * @param paddingBytes unused bytes after its last member
 * @param paddingBits unused bits after its last member, beside {@code paddingBytes}
 * @param holes number of places between its members with unused bytes
 * @param bitHoles number of places between its members with unused bits
 */
record InnerSpace(
        boolean endsInFlexibleArray,
        boolean embedsFlexibleArray,
        long paddingBytes,
        int paddingBits,
        int holes,
        int bitHoles) {
    /** That of a member that is no struct, or of one without unused space. */
    static final InnerSpace NONE = new InnerSpace(false, false, 0, 0, 0, 0);

    /** Finds it for the type of a member as declared: a struct behind a typedef keeps it to itself. */
    static InnerSpace of(LayoutRules rules, int declaredId) {
        if (!rules.isStruct(declaredId)) {
            return NONE;
        }
        rules.lookInto(declaredId);
        StructLayout layout = rules.layout(declaredId);
        FlexibleArrays flexibleArrays = rules.flexibleArrays();
        return new InnerSpace(
                flexibleArrays.endsInOne(declaredId),
                flexibleArrays.embedsOne(declaredId),
                layout.paddingBytes(),
                layout.paddingBits(),
                layout.holes(),
                layout.bitHoles());
    }

    boolean isNone() {
        return equals(NONE);
    }
}
