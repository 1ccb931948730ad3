package org.btfkit.btf.query;

import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.flat.TypeRewriter;

/**
 * Which types refer to a type: the references of a BTF turned round.
 *
 * <p>Kept as two int arrays, 4 bytes per type and 4 per reference: {@code starts[id]} is where the referrers of a type
 * begin in {@code referrers}, {@code starts[id + 1]} where they end. Both are made in two passes over the types, in
 * time linear in the size of the BTF. Immutable; safe for use by several threads.
 */
public final class References {
    private final int[] starts;
    private final int[] referrers;

    private References(int[] starts, int[] referrers) {
        this.starts = starts;
        this.referrers = referrers;
    }

    /**
     * Collects the references of all types, those of the base included.
     *
     * @param btf the BTF
     * @return who refers to whom
     */
    public static References of(Btf btf) {
        FlatTypes types = FlatAccess.of(btf);
        int count = types.typeCount();
        // A type that refers twice to another one counts once; its references stand together in the walk.
        int[] starts = new int[count + 1];
        int[] last = new int[count];
        visitAll(types, (from, to) -> {
            if (last[to] != from) {
                last[to] = from;
                starts[to + 1]++;
            }
        });
        for (int id = 0; id < count; id++) {
            starts[id + 1] += starts[id];
        }
        int[] referrers = new int[starts[count]];
        int[] ends = Arrays.copyOf(starts, count);
        Arrays.fill(last, 0);
        visitAll(types, (from, to) -> {
            if (last[to] != from) {
                last[to] = from;
                referrers[ends[to]++] = from;
            }
        });
        return new References(starts, referrers);
    }

    private static void visitAll(FlatTypes types, TypeRewriter.Visitor visitor) {
        if (types.below() != null) {
            visitAll(types.below(), visitor);
        }
        int[] words = types.words();
        int[] offsets = types.offsets();
        int firstId = types.firstTypeId();
        for (int i = 0; i < offsets.length - 1; i++) {
            TypeRewriter.visitIds(words, offsets[i], firstId + i, visitor);
        }
    }

    /**
     * Returns the types that refer to a type.
     *
     * @param typeId type id; 0 for void
     * @return the ids of those that do, ascending, each once
     */
    public int[] to(int typeId) {
        return Arrays.copyOfRange(referrers, start(typeId), starts[typeId + 1]);
    }

    /**
     * Returns how many types refer to a type.
     *
     * @param typeId type id; 0 for void
     * @return the number of types, each counted once
     */
    public int count(int typeId) {
        return starts[typeId + 1] - start(typeId);
    }

    private int start(int typeId) {
        if (typeId < 0 || typeId >= starts.length - 1) {
            throw new IllegalArgumentException(TypeFaults.absent(typeId, starts.length - 1));
        }
        return starts[typeId];
    }
}
