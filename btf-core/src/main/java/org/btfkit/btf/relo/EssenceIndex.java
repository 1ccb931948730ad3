package org.btfkit.btf.relo;

import java.util.Arrays;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Finds the own types of a BTF by kind and the essence of their names, in id order: the <em>candidates</em> of a local
 * type. libbpf's {@code bpf_core_add_cands} compares all names for each local type instead.
 *
 * <p>Two hash tables, each made in one pass when it is first asked: one of the types that a compiler begins a path at,
 * and one of functions, variables and tags, which are many, and at which only a forged object begins one. A bucket is a
 * chain of types that ascends by id. Immutable to those who use it, and safe for several threads.
 */
final class EssenceIndex {
    private static final KindSet RARE =
            KindSet.of(BtfKind.FUNC, BtfKind.VAR, BtfKind.DATASEC, BtfKind.DECL_TAG, BtfKind.TYPE_TAG);

    private final FlatTypes types;
    private volatile Table common;
    private volatile Table rare;

    EssenceIndex(FlatTypes types) {
        this.types = types;
    }

    /** A hash table: entries in the order of ids, chained; a bucket has the number of its first entry, from 1. */
    private record Table(int[] heads, int[] links, int[] ids, int[] hashes) {}

    /**
     * Tells whether two kinds may be each other's candidates.
     *
     * @param one number of a kind
     * @param other number of a kind
     * @return true if they are the same, or both enumerations
     */
    static boolean fit(int one, int other) {
        return one == other || KindSet.ENUMS.hasNumber(one) && KindSet.ENUMS.hasNumber(other);
    }

    /**
     * Finds the candidates of a name.
     *
     * @param kind number of the local type's kind
     * @param holder what holds the essence of its name
     * @param from where it begins
     * @param end where it ends
     * @param into takes the type ids, ascending
     */
    void find(int kind, byte[] holder, int from, int end, Ints into) {
        Table table = RARE.hasNumber(kind) ? rare() : common();
        int hash = Essence.hash(holder, from, end);
        for (int entry = table.heads[bucket(hash, table.heads.length)]; entry != 0; entry = table.links[entry - 1]) {
            int typeId = table.ids[entry - 1];
            if (table.hashes[entry - 1] == hash
                    && fit(kind, Words.kind(types.info(typeId)))
                    && hasEssence(types.nameOff(typeId), holder, from, end)) {
                into.add(typeId);
            }
        }
    }

    private boolean hasEssence(int nameOff, byte[] holder, int from, int end) {
        byte[] section = types.strings().section(nameOff);
        int at = types.strings().index(nameOff);
        return Arrays.equals(section, at, Essence.end(section, at), holder, from, end);
    }

    /** The ids of all common types, ascending, for those who look for similar names. */
    int[] commonIds() {
        return common().ids;
    }

    private Table common() {
        Table table = common;
        if (table == null) {
            synchronized (this) {
                table = common;
                if (table == null) {
                    table = build(false);
                    common = table;
                }
            }
        }
        return table;
    }

    private Table rare() {
        Table table = rare;
        if (table == null) {
            synchronized (this) {
                table = rare;
                if (table == null) {
                    table = build(true);
                    rare = table;
                }
            }
        }
        return table;
    }

    private Table build(boolean isRare) {
        int[] words = types.words();
        int[] offsets = types.offsets();
        FlatStrings strings = types.strings();
        byte[] own = strings.own();
        int firstOwn = strings.firstOwn();
        int[] ids = new int[1024];
        int[] hashes = new int[1024];
        int count = 0;
        for (int i = 0; i < offsets.length - 1; i++) {
            int nameOff = words[offsets[i]];
            if (nameOff == 0 || RARE.hasInfo(words[offsets[i] + 1]) != isRare) {
                continue;
            }
            byte[] section = nameOff >= firstOwn ? own : strings.section(nameOff);
            int from = nameOff >= firstOwn ? nameOff - firstOwn : strings.index(nameOff);
            if (section[from] == 0) {
                continue;
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, count * 2);
                hashes = Arrays.copyOf(hashes, count * 2);
            }
            ids[count] = types.firstTypeId() + i;
            hashes[count++] = Essence.hash(section, from, Essence.end(section, from));
        }
        int[] heads = new int[Integer.highestOneBit(Math.max(8, count)) * 2];
        int[] links = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            int bucket = bucket(hashes[i], heads.length);
            links[i] = heads[bucket];
            heads[bucket] = i + 1;
        }
        return new Table(heads, links, Arrays.copyOf(ids, count), hashes);
    }

    private static int bucket(int hash, int buckets) {
        int spread = hash * 0x9e3779b9;
        return (spread ^ spread >>> 15) & buckets - 1;
    }
}
