package org.btfkit.btf.query;

import java.util.Arrays;
import java.util.BitSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * The types that some types need: themselves, what they refer to, what that refers to, and so on.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Closure {
    /** What to do about pointers, through which most of a kernel's types hang together. */
    public enum Pointers {
        /** Needs what it points to, as a definition of all types does. */
        FOLLOW,
        /** Needs nothing else, as the size of a type does. */
        STOP
    }

    private Closure() {}

    /**
     * Finds the types that some types need.
     *
     * <p>Takes time linear in the size of the types found, plus one bit for every type of the BTF; loops do no harm.
     *
     * @param btf the BTF
     * @param pointers whether a pointer needs what it points to
     * @param roots type ids to start from
     * @return the ids of the roots and of all they need, ascending, each once, without void
     */
    public static int[] of(Btf btf, Pointers pointers, int... roots) {
        FlatTypes types = FlatAccess.of(btf);
        BitSet found = new BitSet(types.typeCount());
        int[] pending = new int[64];
        int count = 0;
        for (int i = -1; i < roots.length; ) {
            int[] next;
            if (count > 0) {
                int typeId = pending[--count];
                boolean stops = pointers == Pointers.STOP && types.kind(typeId) == BtfKind.PTR;
                next = stops ? new int[0] : types.references(typeId);
            } else if (++i < roots.length) {
                types.info(roots[i]); // Checks the id.
                next = new int[] {roots[i]};
            } else {
                break;
            }
            for (int typeId : next) {
                if (typeId != 0 && !found.get(typeId)) {
                    found.set(typeId);
                    if (count == pending.length) {
                        pending = Arrays.copyOf(pending, 2 * count);
                    }
                    pending[count++] = typeId;
                }
            }
        }
        return found.stream().toArray();
    }
}
