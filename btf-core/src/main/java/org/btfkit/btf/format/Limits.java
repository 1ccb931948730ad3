package org.btfkit.btf.format;

/**
 * Limits that libbpf or the kernel set, or that stand where theirs would, and that a message names.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Limits {
    /**
     * How many typedefs, modifiers and arrays may stand before a type, in libbpf and in the kernel
     * ({@code MAX_RESOLVE_DEPTH}).
     */
    public static final int MAX_RESOLVE_DEPTH = 32;

    /** How deep structs, unions and arrays may be nested here, where libbpf recurses as deep as its stack goes. */
    public static final int MAX_NESTING = 256;

    /** The highest name offset that the kernel takes ({@code BTF_MAX_NAME_OFFSET}). */
    public static final int MAX_NAME_OFFSET = 0xffffff;

    /** One more than the highest type id that the kernel takes ({@code BTF_MAX_TYPE}). */
    public static final int MAX_TYPES = 0xfffff;

    /** How many bytes of BTF the kernel takes from a process ({@code BTF_MAX_SIZE}). */
    public static final int MAX_SIZE = 16 << 20;

    /** How many bytes a name may have in the kernel, since Linux 6.1 ({@code KSYM_NAME_LEN}). */
    public static final int MAX_NAME_LENGTH = 512;

    /** How many bytes an array of Java can have, and BTF that is read or made here. */
    public static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private Limits() {}
}
