package org.btfkit.btf.validate;

/**
 * A field of one of the kernel's special kinds, in a struct or in what the struct consists of.
 *
 * @param kind what it is
 * @param offset where it begins in the struct, bytes
 * @param structId the struct that has it as a member, itself or in an array
 * @param member the index of that member
 * @param target the struct that a pointer points to or that a root holds; 0 for other kinds
 * @param node the name of the target's member that a root holds it by; null for other kinds
 */
record KernelField(KernelFieldKind kind, long offset, int structId, int member, int target, String node) {
    /** A field that refers to nothing. */
    KernelField(KernelFieldKind kind, long offset, int structId, int member) {
        this(kind, offset, structId, member, 0, null);
    }

    /** The same field of a type further out, where the offset is larger. */
    KernelField shifted(long bytes) {
        return new KernelField(kind, offset + bytes, structId, member, target, node);
    }

    /** Where it ends in the struct, bytes. */
    long end() {
        return offset + kind.sizeBytes();
    }
}
