/** Transformations of whole BTFs, and BTF of DWARF. */
module org.btfkit.dedup {
    requires transitive org.btfkit.core;

    exports org.btfkit.dedup;
    exports org.btfkit.transform;
    exports org.btfkit.compare;
    exports org.btfkit.encode;
}
