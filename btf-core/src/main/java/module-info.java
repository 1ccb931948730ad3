/**
 * Reads, models, validates and dumps BTF, reads and edits the ELF files that carry it, and reads their DWARF.
 *
 * <p>The guide is {@link org.btfkit}: it reads a kernel and a module, finds types, makes BTF and checks it, and leads
 * on from there.
 */
// Where this module is compiled alone, those it opens itself to are not there to be seen.
@SuppressWarnings("module")
module org.btfkit.core {
    requires org.tukaani.xz;
    // Its jar names no module: this is what the JDK makes of the name of its file.
    requires aircompressor;

    exports org.btfkit;
    exports org.btfkit.bpf;
    exports org.btfkit.btf;
    exports org.btfkit.btf.format;
    exports org.btfkit.btf.query;
    exports org.btfkit.btf.build;
    exports org.btfkit.btf.ext;
    exports org.btfkit.btf.file;
    exports org.btfkit.btf.validate;
    exports org.btfkit.btf.layout;
    exports org.btfkit.btf.dump;
    exports org.btfkit.btf.relo;
    exports org.btfkit.btf.load;
    exports org.btfkit.btf.javagen;
    exports org.btfkit.dwarf;
    exports org.btfkit.elf;
    exports org.btfkit.btf.flat to
            org.btfkit.dedup;
    exports org.btfkit.internal.io to
            org.btfkit.resolve,
            org.btfkit.cli;
}
