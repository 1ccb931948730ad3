package org.btfkit.btf.validate;

/**
 * What a struct of a BPF program may have that the kernel itself works with ({@code enum btf_field_type} of
 * include/linux/bpf.h), as far as {@code BPF_BTF_LOAD} looks at it.
 *
 * <p>Most are told by the name of their type, pointers by a tag on what they point to. Timers, work queues and the like
 * are special in map values only, which are looked at when the map is made.
 *
 * <p>Sizes are those of Linux 6.6 and later; before that both nodes were 8 bytes smaller.
 */
enum KernelFieldKind {
    SPIN_LOCK("bpf_spin_lock", 4),
    RES_SPIN_LOCK("bpf_res_spin_lock", 4),
    LIST_HEAD("bpf_list_head", 16),
    LIST_NODE("bpf_list_node", 24),
    RB_ROOT("bpf_rb_root", 16),
    RB_NODE("bpf_rb_node", 32),
    REFCOUNT("bpf_refcount", 4),
    KPTR("kptr", 8),
    UNTRUSTED_KPTR("kptr_untrusted", 8),
    PERCPU_KPTR("percpu_kptr", 8),
    /** Of map values only too, but nothing else may be tagged beside it. */
    UPTR("uptr", 8);

    /** What the kernel knows fields of these kinds by. */
    private static final KernelFieldKind[] TYPES = {
        SPIN_LOCK, RES_SPIN_LOCK, LIST_HEAD, LIST_NODE, RB_ROOT, RB_NODE, REFCOUNT
    };

    private static final KernelFieldKind[] TAGS = {KPTR, UNTRUSTED_KPTR, PERCPU_KPTR, UPTR};

    private final String word;
    private final int sizeBytes;

    KernelFieldKind(String word, int sizeBytes) {
        this.word = word;
        this.sizeBytes = sizeBytes;
    }

    /** The kind whose type has this name, null if none has. */
    static KernelFieldKind ofType(String name) {
        return find(TYPES, name);
    }

    /** The kind of pointer that has this tag, null if none has. */
    static KernelFieldKind ofTag(String value) {
        return find(TAGS, value);
    }

    private static KernelFieldKind find(KernelFieldKind[] kinds, String word) {
        for (KernelFieldKind kind : kinds) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        return null;
    }

    /** The size in bytes that a type of this name has to have, or it is any other type. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** What offsets have to be a multiple of, in bytes. */
    int alignment() {
        return Math.min(8, sizeBytes);
    }

    /** One bit, another for each kind. */
    int bit() {
        return 1 << ordinal();
    }

    /** Whether it holds nodes, which a tag {@code contains:} on its member names. */
    boolean isRoot() {
        return this == LIST_HEAD || this == RB_ROOT;
    }

    /** Whether it is told by a tag, not by its type. */
    boolean isPointer() {
        return sizeBytes == 8;
    }

    /** Whether what it refers to is dropped together with the struct that it is in. */
    boolean isOwner() {
        return isRoot() || this == KPTR || this == PERCPU_KPTR;
    }

    /** The kind of node that this kind of root holds. */
    KernelFieldKind node() {
        return this == LIST_HEAD ? LIST_NODE : RB_NODE;
    }

    /** The name of the type, or the tag. */
    @Override
    public String toString() {
        return word;
    }
}
