package org.btfkit.transform;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeRewriter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Changes the order of types. References follow; strings, header length, byte order and the base stay as they are.
 *
 * <p>The result is byte for byte that of libbpf's {@code btf__permute}. Cost: one pass over the own types, and a copy
 * of their words.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Permuter {
    private Permuter() {}

    /**
     * Gives the own types of BTF other ids.
     *
     * @param btf the BTF; is not changed
     * @param idMap by id, from 0 and with the base's: the new id. Void and types of the base have to keep theirs, and
     *     no two types may have the same.
     * @return the BTF with its types in the order of their new ids
     * @throws BtfException if there is a type of a kind that is not known here
     * @throws IllegalArgumentException if the map is not like that
     */
    public static Btf permute(Btf btf, int[] idMap) {
        int[] oldIds = inverse(btf, idMap);
        int first = btf.firstTypeId();
        int[] words = FlatAccess.of(btf).words();
        int[] offsets = FlatAccess.of(btf).offsets();
        int[] result = new int[words.length];
        int at = 0;
        for (int oldId : oldIds) {
            int from = offsets[oldId - first];
            int count = offsets[oldId - first + 1] - from;
            BtfKind kind = BtfKind.of(Words.kind(words[from + 1]));
            if (kind == null || kind == BtfKind.VOID) {
                throw new BtfException(btf.source() + ": " + btf.describe(oldId)
                        + ": of unknown kind, so it is not known which of its words are type ids");
            }
            System.arraycopy(words, from, result, at, count);
            TypeRewriter.mapIds(result, at, idMap);
            at += count;
        }
        return btf.with(result, FlatAccess.of(btf).strings().own());
    }

    /**
     * Lets {@code .BTF.ext} data follow the BTF of the same object.
     *
     * @param btf the BTF before it was permuted
     * @param ext the data beside it
     * @param idMap the new ids, as given to {@link #permute(Btf, int[])}
     * @return the data with the new ids
     * @throws BtfException if the data uses ids or strings that do not exist
     */
    public static BtfExt permute(Btf btf, BtfExt ext, int[] idMap) {
        ext.validate(btf);
        return ext.map(id -> idMap[id], off -> off);
    }

    /** Checks a map and returns, for each own type by its new place, the id it had. */
    private static int[] inverse(Btf btf, int[] idMap) {
        int first = btf.firstTypeId();
        int count = btf.typeCount();
        FlatTypes types = FlatAccess.of(btf);
        if (idMap.length != count) {
            throw new IllegalArgumentException(
                    "id map of length " + idMap.length + ", expected " + count + " for " + btf.source());
        }
        for (int id = 0; id < first; id++) {
            if (idMap[id] != id) {
                throw new IllegalArgumentException("id map: " + types.describeTarget(id)
                        + (id == 0 ? "" : " of the base") + " becomes [" + idMap[id] + "], expected the same");
            }
        }
        int[] oldIds = new int[count - first];
        for (int id = first; id < count; id++) {
            int newId = idMap[id];
            if (newId < first || newId >= count) {
                throw new IllegalArgumentException("id map: " + types.describe(id) + " becomes [" + newId
                        + "], expected " + first + " to " + (count - 1));
            }
            if (oldIds[newId - first] != 0) {
                throw new IllegalArgumentException("id map: " + types.describe(oldIds[newId - first]) + " and "
                        + types.describe(id) + " both become [" + newId + "], expected different ids");
            }
            oldIds[newId - first] = id;
        }
        return oldIds;
    }
}
