/** The .BTF_ids stage of a kernel or module build: a port of resolve_btfids that is safe to run twice. */
module org.btfkit.resolve {
    requires transitive org.btfkit.core;
    requires transitive org.btfkit.dedup;
    requires it.unimi.dsi.fastutil.core;

    exports org.btfkit.resolve;
}
