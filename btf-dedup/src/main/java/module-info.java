/**
 * Transformations of whole BTFs, BTF of DWARF, and two BTFs beside each other.
 *
 * <ul>
 *   <li>{@link org.btfkit.dedup}: each type once; units of a kernel, or a module on its vmlinux
 *   <li>{@link org.btfkit.transform}: merge, distill, relocate, sort, minimize, downgrade
 *   <li>{@link org.btfkit.compare}: what changed between two kernels, and whether a module's BTF loads on one
 *   <li>{@link org.btfkit.encode}: BTF of DWARF
 * </ul>
 *
 * <p>Each opens with how to use it. What BTF is, and how to read it, is in {@link org.btfkit} of module
 * org.btfkit.core.
 */
module org.btfkit.dedup {
    requires transitive org.btfkit.core;

    exports org.btfkit.dedup;
    exports org.btfkit.transform;
    exports org.btfkit.compare;
    exports org.btfkit.encode;
}
