/**
 * The {@code .BTF_ids} stage of a kernel or module build: a port of {@code resolve_btfids} that is safe to run twice.
 *
 * <p>The guide is {@link org.btfkit.resolve}: resolve an object, ask what state it is in, do the whole BTF step of a
 * module's build.
 */
module org.btfkit.resolve {
    requires transitive org.btfkit.core;
    requires transitive org.btfkit.dedup;
    requires it.unimi.dsi.fastutil.core;

    exports org.btfkit.resolve;
}
