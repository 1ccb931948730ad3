package org.btfkit.btf;

import java.util.Arrays;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Finds the own types of a BTF by kind and name.
 *
 * <p>A hash table of the names of all named types, chained by type: {@code heads[bucket]} is the first own type of a
 * bucket and {@code links[i]} the one after type {@code i}, both counted from 1. Chains ascend by id, so that the first
 * match is the one with the lowest id.
 */
final class NameIndex {
    private final FlatTypes types;
    private final int[] heads;
    private final int[] links;

    NameIndex(FlatTypes types) {
        this.types = types;
        int count = types.offsets().length - 1;
        this.heads = new int[Math.max(16, Integer.highestOneBit(Math.max(1, count)) * 2)];
        this.links = new int[count];
        int[] words = types.words();
        int[] offsets = types.offsets();
        byte[] strings = types.strings().own();
        int firstStringOff = types.strings().firstOwn();
        for (int i = count - 1; i >= 0; i--) {
            int nameOff = words[offsets[i]];
            if (nameOff == 0) {
                continue;
            }
            int bucket;
            if (nameOff >= firstStringOff) {
                // Here rather than in bucketAt, so that a JVM that has just started compiles the whole loop at once.
                int hash = 0;
                int at = nameOff - firstStringOff;
                for (byte b = strings[at]; b != 0; b = strings[++at]) {
                    hash = hash * 31 + b;
                }
                bucket = bucket(hash);
            } else {
                bucket = bucketAt(nameOff);
            }
            links[i] = heads[bucket];
            heads[bucket] = i + 1;
        }
    }

    /**
     * Finds a type after another.
     *
     * @param after type id to start after, 0 to start at the first
     * @return the lowest matching id above {@code after}, or 0
     */
    int next(BtfKind kind, byte[] name, int after) {
        int[] words = types.words();
        int[] offsets = types.offsets();
        for (int at = heads[bucketOf(name)]; at != 0; at = links[at - 1]) {
            int typeId = types.firstTypeId() + at - 1;
            int offset = offsets[at - 1];
            if (typeId > after && Words.kind(words[offset + 1]) == kind.number() && hasName(words[offset], name)) {
                return typeId;
            }
        }
        return 0;
    }

    /**
     * Finds all types, in one walk along a chain.
     *
     * @param kind the kind, or null for any
     * @return the matching ids, ascending
     */
    int[] all(BtfKind kind, byte[] name) {
        int[] words = types.words();
        int[] offsets = types.offsets();
        int[] found = {};
        int count = 0;
        for (int at = heads[bucketOf(name)]; at != 0; at = links[at - 1]) {
            int offset = offsets[at - 1];
            boolean ofKind = kind == null || Words.kind(words[offset + 1]) == kind.number();
            if (ofKind && hasName(words[offset], name)) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2 + 2);
                }
                found[count++] = types.firstTypeId() + at - 1;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private int bucketOf(byte[] name) {
        int hash = 0;
        for (byte b : name) {
            hash = hash * 31 + b;
        }
        return bucket(hash);
    }

    private int bucketAt(int nameOff) {
        byte[] strings = types.strings().section(nameOff);
        int hash = 0;
        for (int at = types.strings().index(nameOff); strings[at] != 0; at++) {
            hash = hash * 31 + strings[at];
        }
        return bucket(hash);
    }

    private int bucket(int hash) {
        int spread = hash * 0x9e3779b9;
        return (spread ^ spread >>> 15) & heads.length - 1;
    }

    private boolean hasName(int nameOff, byte[] name) {
        byte[] strings = types.strings().section(nameOff);
        int from = types.strings().index(nameOff);
        if (strings.length - from <= name.length || strings[from + name.length] != 0) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (strings[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
