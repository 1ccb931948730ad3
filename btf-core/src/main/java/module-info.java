/** Reads, models, validates and dumps BTF, and reads and edits the ELF files that carry it. */
module org.btfkit.core {
    requires org.tukaani.xz;
    requires aircompressor;

    exports org.btfkit.btf;
    exports org.btfkit.btf.layout;
    exports org.btfkit.btf.dump;
    exports org.btfkit.elf;
}
