package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.List;

/**
 * What a set says of a kfunc: the {@code KF_*} flags of the kernel's {@code include/linux/btf.h}.
 *
 * <p>Immutable; safe for use by several threads.
 */
public enum KfuncFlag {
    /** It returns a reference that the program has to release. */
    ACQUIRE(0),
    /** It takes a reference and releases it. */
    RELEASE(1),
    /** It may return null. */
    RET_NULL(2),
    /** It swaps a pointer in a map; up to 6.3. */
    KPTR_GET(3),
    /** It takes only pointers that the verifier has seen come from the kernel. */
    TRUSTED_ARGS(4),
    /** It may sleep. */
    SLEEPABLE(5),
    /** It can bring the system down. */
    DESTRUCTIVE(6),
    /** It takes pointers that RCU protects as well. */
    RCU(7),
    /** It begins an iteration. */
    ITER_NEW(8),
    /** It returns the next element of an iteration. */
    ITER_NEXT(9),
    /** It ends an iteration. */
    ITER_DESTROY(10),
    /** What it returns, or iterates over, is protected by RCU. */
    RCU_PROTECTED(11),
    /** The compiler need not save caller-saved registers around calls. */
    FASTCALL(12),
    /** It returns a pointer into an arena. */
    ARENA_RET(13),
    /** Its first argument points into an arena. */
    ARENA_ARG1(14),
    /** Its second argument points into an arena. */
    ARENA_ARG2(15),
    /** The verifier passes its last arguments; programs do not. */
    IMPLICIT_ARGS(16);

    private static final KfuncFlag[] ALL = values();

    /** The bit in the flags word of an entry. */
    final int bit;

    KfuncFlag(int position) {
        bit = 1 << position;
    }

    /** Tells whether the flags word of an entry has the flag. */
    boolean isIn(int flags) {
        return (flags & bit) != 0;
    }

    /**
     * Names flags as the kernel's sources do.
     *
     * @param flags the flags word of an entry
     * @return the names, by bit, such as {@code KF_ACQUIRE}; bits without a name as a number, such as {@code 0x80000}
     */
    public static List<String> names(int flags) {
        List<String> names = new ArrayList<>();
        int rest = flags;
        for (KfuncFlag flag : ALL) {
            if (flag.isIn(flags)) {
                names.add("KF_" + flag.name());
                rest &= ~flag.bit;
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names;
    }
}
