package org.btfkit.btf.file;

/**
 * Names of the ELF sections that BTF is in.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class BtfSections {
    /** BTF. */
    public static final String BTF = ".BTF";

    /** A distilled base, on which the BTF of the same file is split. */
    public static final String BASE = ".BTF.base";

    /** What BPF objects say of their instructions. */
    public static final String EXT = ".BTF.ext";

    private BtfSections() {}
}
