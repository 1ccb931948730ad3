package org.btfkit.btf.relo;

import org.btfkit.btf.Btf;

/**
 * Whether a type of an object goes with one of a target: the relation of {@link CoreKind#TYPE_EXISTS}, which libbpf
 * also holds kernel functions and variables to that an object refers to. For one thread.
 */
public final class CoreCompatibility {
    private final TypeMatch match;

    /**
     * Prepares for the types of two BTFs.
     *
     * @param local BTF of the object
     * @param target BTF of a kernel or module
     */
    public CoreCompatibility(Btf local, Btf target) {
        match = new TypeMatch(new CoreTypes(local, Long.BYTES), new CoreTypes(target, Long.BYTES));
    }

    /**
     * Compares two types: kinds at each step, pointers, arrays and prototypes followed, structs not looked into.
     *
     * @param localTypeId id of the object's type
     * @param targetTypeId id of the target's type
     * @return true if they go together; false also where they cannot be followed to their end
     */
    public boolean holds(int localTypeId, int targetTypeId) {
        return match.compatible(localTypeId, targetTypeId) > 0;
    }
}
