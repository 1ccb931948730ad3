package org.btfkit.btf.load;

/**
 * Something that an object refers to outside of itself.
 *
 * @param name its name
 * @param isWeak whether it may be missing
 * @param sort what it is
 * @param typeId the function's prototype, or the variable's type, in the object's BTF; 0 if it has none
 */
record ExternSymbol(String name, boolean isWeak, Sort sort, int typeId) {
    enum Sort {
        /** A variable that a loader makes of the kernel's configuration. */
        CONFIGURATION,
        /** A function of the kernel, by its BTF. */
        FUNCTION,
        /** A variable of the kernel, by its BTF. */
        VARIABLE,
        /** The address of some symbol of the kernel, whatever it is. */
        ADDRESS,
        /** Not declared in the object's BTF; libbpf refuses it. */
        UNDECLARED
    }
}
