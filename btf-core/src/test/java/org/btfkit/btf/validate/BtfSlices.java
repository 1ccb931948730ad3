package org.btfkit.btf.validate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;

/** Cuts small BTFs that stand alone out of a large one. */
final class BtfSlices {
    private final Btf whole;
    private final Random random;

    BtfSlices(Btf whole, long seed) {
        this.whole = whole;
        this.random = new Random(seed);
    }

    /**
     * Some types with all that they refer to, but that pointers lead to void once there are enough types.
     *
     * @return the slice, or null if it would have more than {@code max} types
     */
    byte[] next(int max) {
        Map<Integer, Integer> ids = new HashMap<>();
        List<Integer> types = new ArrayList<>();
        int wanted = 1 + random.nextInt(3);
        for (int i = 0; i < wanted; i++) {
            idOf(1 + random.nextInt(whole.typeCount() - 1), ids, types);
        }
        RawBtf slice = RawBtf.littleEndian().headerLength(random.nextBoolean() ? 24 : 32);
        for (int i = 0; i < types.size(); i++) {
            if (types.size() > max) {
                return null;
            }
            add(slice, types.get(i), ids, types, max);
        }
        return slice.toBytes();
    }

    private static int idOf(int typeId, Map<Integer, Integer> ids, List<Integer> types) {
        return typeId == 0
                ? 0
                : ids.computeIfAbsent(typeId, id -> {
                    types.add(id);
                    return types.size();
                });
    }

    private void add(RawBtf slice, int typeId, Map<Integer, Integer> ids, List<Integer> types, int max) {
        BtfKind kind = whole.kind(typeId);
        int[] data = new int[whole.wordCount(typeId) - 3];
        for (int i = 0; i < data.length; i++) {
            data[i] = whole.word(typeId, 3 + i);
        }
        int third = whole.sizeOrType(typeId);
        if (kind.refersToType()) {
            boolean end = kind == BtfKind.PTR && types.size() > max / 3;
            third = end ? 0 : idOf(third, ids, types);
        }
        for (int i = 0; i < kind.fixedTypeIds(); i++) {
            data[i] = idOf(data[i], ids, types);
        }
        for (int at = kind.fixedWords(); kind.elementWords() > 0 && at < data.length; at += kind.elementWords()) {
            if (kind.elementNameWord() >= 0) {
                int word = at + kind.elementNameWord();
                data[word] = slice.string(whole.string(data[word]));
            }
            if (kind.elementTypeWord() >= 0) {
                int word = at + kind.elementTypeWord();
                data[word] = idOf(data[word], ids, types);
            }
        }
        slice.addWords(slice.string(whole.name(typeId)), whole.info(typeId), third, data);
    }
}
