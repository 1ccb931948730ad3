package org.btfkit.btf.relo;

/**
 * What a CO-RE relocation asks of the target: {@code enum bpf_core_relo_kind} of the kernel's
 * {@code include/uapi/linux/bpf.h}, with libbpf's names.
 */
public enum CoreKind {
    /** Where a field begins, in bytes; of a bit field where the window to read it begins. */
    FIELD_BYTE_OFFSET("byte_off", "byte offset", Of.FIELD),
    /** How many bytes a field has; of a bit field the window. */
    FIELD_BYTE_SIZE("byte_sz", "byte size", Of.FIELD),
    /** Whether there is a field, 1 or 0. */
    FIELD_EXISTS("field_exists", "exists", Of.FIELD),
    /** Whether a field has a sign, 1 or 0. */
    FIELD_SIGNED("signed", "signed", Of.FIELD),
    /** By how much to shift left what was read of a bit field, in an integer of 64 bits. */
    FIELD_LSHIFT("lshift_u64", "left shift", Of.FIELD),
    /** By how much to shift it right then. */
    FIELD_RSHIFT("rshift_u64", "right shift", Of.FIELD),
    /** The id of a type in the object's own BTF. */
    TYPE_ID_LOCAL("local_type_id", "local type id", Of.TYPE),
    /** The id of a type in the target's BTF. */
    TYPE_ID_TARGET("target_type_id", "type id", Of.TYPE),
    /** Whether there is a type, 1 or 0. */
    TYPE_EXISTS("type_exists", "type exists", Of.TYPE),
    /** How many bytes a type has. */
    TYPE_SIZE("type_size", "type size", Of.TYPE),
    /** Whether there is an enumerator, 1 or 0. */
    ENUMVAL_EXISTS("enumval_exists", "enumerator exists", Of.ENUMERATOR),
    /** The value of an enumerator. */
    ENUMVAL_VALUE("enumval_value", "enumerator value", Of.ENUMERATOR),
    /** Whether there is a type that has all that the local one has, 1 or 0. */
    TYPE_MATCHES("type_matches", "type matches", Of.TYPE);

    /** What a path leads to. */
    private enum Of {
        FIELD,
        TYPE,
        ENUMERATOR
    }

    private static final CoreKind[] BY_NUMBER = values();

    private final String label;
    private final String words;
    private final Of of;

    CoreKind(String label, String words, Of of) {
        this.label = label;
        this.words = words;
        this.of = of;
    }

    /**
     * Returns the kind of a number.
     *
     * @param number the number in a record of {@code .BTF.ext}
     * @return the kind, or null if there is none of that number
     */
    public static CoreKind of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    /** {@return the number in a record of {@code .BTF.ext}, 0 to 12} */
    public int number() {
        return ordinal();
    }

    /** {@return the name that libbpf has for it in its messages, such as {@code byte_off}} */
    public String label() {
        return label;
    }

    /** {@return what is asked, in words, such as {@code byte offset}} */
    public String words() {
        return words;
    }

    /** {@return whether the path leads to a field or an element} */
    public boolean isField() {
        return of == Of.FIELD;
    }

    /** {@return whether the relocation is of a whole type, without a path} */
    public boolean isType() {
        return of == Of.TYPE;
    }

    /** {@return whether the path leads to an enumerator} */
    public boolean isEnumerator() {
        return of == Of.ENUMERATOR;
    }

    /** {@return whether libbpf makes the instruction invalid where nothing matches; others become 0} */
    public boolean poisons() {
        return of == Of.FIELD && this != FIELD_EXISTS || this == ENUMVAL_VALUE;
    }
}
