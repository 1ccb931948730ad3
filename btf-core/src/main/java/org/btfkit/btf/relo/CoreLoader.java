package org.btfkit.btf.relo;

/** Whose rules decide between several types of the target. */
public enum CoreLoader {
    /**
     * libbpf's, the kernel's own library. Types of vmlinux go before those of modules. A record that some of the types
     * match leaves only these to all later records of the same local type, and where they disagree it is refused.
     */
    LIBBPF,

    /**
     * That of Go's {@code github.com/cilium/ebpf}. All types, those of modules as well, are judged by all records of
     * the local type at once; the one with the fewest that fail wins, and several that are as good must agree.
     */
    CILIUM
}
