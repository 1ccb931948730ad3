/** Transformations of whole BTFs. */
module org.btfkit.dedup {
    requires transitive org.btfkit.core;

    exports org.btfkit.dedup;
    exports org.btfkit.transform;
    exports org.btfkit.compare;
}
