package org.btfkit.btf.dump;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Sorts types for a C dump whose text changes little when the BTF does.
 *
 * <p><b>Problem.</b> Type ids are different after each kernel build; definitions in id order would make every two
 * headers differ everywhere. So types are sorted by what they are, and ids decide only between equal ones.
 *
 * <p><b>Order.</b> (1) By rank: anonymous enums, named enums, integers and floats, named structs and unions, named
 * prototypes, and the rest; a typedef ranks as what it stands for. (2) By the name of what the type stands for, behind
 * pointers, modifiers, arrays and typedefs; an anonymous enum goes by its first value. (3) By its own name. (4) By a
 * hash of names: its own, those of its values or of its members and their types. (5) By id.
 *
 * <p><b>Passes.</b> The rank and the first bytes of the name make a 63-bit key for each type; a merge sort compares
 * keys, and looks at the rest only where they are equal. Hashes are computed when first asked for, once per type.
 *
 * <p><b>Cost.</b> n log n comparisons; 8 bytes per type for keys, and as many for hashes.
 *
 * <p>Ranks, names and hashes are those of bpftool ({@code sort_btf_c}), since they decide its output.
 */
final class SortedOrder extends IdSort {
    private static final int RANK_SHIFT = 59;
    private static final int LAST_RANK = 10;

    private final JoinedTypes types;
    private final DumpLimits limits;
    private final int[] sortNames;
    private final long[] keys;
    private long[] hashes;
    private boolean[] isHashed;

    SortedOrder(JoinedTypes types, DumpLimits limits) {
        this.types = types;
        this.limits = limits;
        this.sortNames = new int[types.typeCount()];
        this.keys = new long[types.typeCount()];
    }

    /** Returns all type ids, void among them, in order. */
    int[] sort() {
        int count = types.typeCount();
        int[] ids = new int[count];
        for (int id = 0; id < count; id++) {
            ids[id] = id;
            sortNames[id] = sortName(id);
            keys[id] = (long) rank(id) << RANK_SHIFT | head(sortNames[id]);
        }
        sort(ids, count);
        return ids;
    }

    private int rank(int typeId) {
        int id = typeId;
        boolean isNamed = false;
        for (int depth = 0; depth <= DumpLimits.MAX_DEPTH; depth++) {
            isNamed |= types.nameOff(id) != 0;
            BtfKind kind = types.kind(id);
            switch (kind) {
                case ENUM, ENUM64 -> {
                    return isNamed ? 1 : 0;
                }
                case INT, FLOAT -> {
                    return 2;
                }
                case STRUCT, UNION -> {
                    return isNamed ? 3 : LAST_RANK;
                }
                case FUNC_PROTO -> {
                    return isNamed ? 4 : LAST_RANK;
                }
                case PTR, ARRAY, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, DECL_TAG -> {
                    if (!isNamed) {
                        return LAST_RANK;
                    }
                    id = DumpLimits.next(types, id, kind);
                }
                case VOID, FWD, FUNC, VAR, DATASEC -> {
                    return LAST_RANK;
                }
            }
        }
        throw limits.tooDeep(typeId);
    }

    /** The offset of the name that a type is sorted by. */
    private int sortName(int typeId) {
        BtfKind kind = types.kind(typeId);
        if ((kind == BtfKind.ENUM || kind == BtfKind.ENUM64) && types.nameOff(typeId) == 0 && types.vlen(typeId) > 0) {
            return types.words()[types.elementsAt(typeId, kind)];
        }
        int id = typeId;
        for (int depth = 0; depth <= DumpLimits.MAX_DEPTH; depth++) {
            int next = DumpLimits.next(types, id, types.kind(id));
            if (next < 0) {
                return types.nameOff(id);
            }
            id = next;
        }
        throw limits.tooDeep(typeId);
    }

    /** The first bytes of a string as a number that sorts as they do. */
    private long head(int nameOff) {
        byte[] strings = types.strings();
        long head = 0;
        int i = nameOff;
        for (int shift = 56; shift >= 0 && strings[i] != 0; shift -= 8) {
            head |= (strings[i++] & 0xffL) << shift;
        }
        return head >>> Long.SIZE - RANK_SHIFT;
    }

    @Override
    int compare(int a, int b) {
        if (keys[a] != keys[b]) {
            return keys[a] < keys[b] ? -1 : 1;
        }
        int order = types.compareStrings(sortNames[a], sortNames[b]);
        if (order == 0) {
            order = types.compareStrings(types.nameOff(a), types.nameOff(b));
        }
        if (order == 0) {
            order = Long.compareUnsigned(hash(a), hash(b));
        }
        return order != 0 ? order : Integer.compare(a, b);
    }

    private long hash(int typeId) {
        if (hashes == null) {
            hashes = new long[types.typeCount()];
            isHashed = new boolean[types.typeCount()];
        }
        if (!isHashed[typeId]) {
            hashes[typeId] = hash(typeId, true);
            isHashed[typeId] = true;
        }
        return hashes[typeId];
    }

    /**
     * Hashes a type. With {@code h(T)} for the hash of {@code T}'s own name, a reference {@code R} to {@code T} has
     * {@code 31 * h(R) + hash(T)}: a chain of them adds up.
     */
    private long hash(int typeId, boolean withMembers) {
        long sum = 0;
        int id = typeId;
        BtfKind kind = types.kind(id);
        for (int next = DumpLimits.next(types, id, kind); next >= 0; next = DumpLimits.next(types, id, kind)) {
            long own = nameHash(types.nameOff(id));
            if (kind == BtfKind.ARRAY) {
                own = own * 31 + Words.unsigned(types.elementCount(id));
            }
            sum += own * 31;
            id = next;
            kind = types.kind(id);
        }
        if (withMembers && id != typeId) {
            return sum + hash(id);
        }
        return switch (kind) {
            case ENUM, ENUM64 -> sum + elementsHash(id, kind, false);
            case STRUCT, UNION -> sum + (withMembers ? elementsHash(id, kind, true) : nameHash(types.nameOff(id)));
            default -> sum + nameHash(types.nameOff(id));
        };
    }

    private long elementsHash(int typeId, BtfKind kind, boolean withTypes) {
        int[] words = types.words();
        long hash = nameHash(types.nameOff(typeId));
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            if (words[at] != 0) {
                hash = hash * 31 + nameHash(words[at]);
            }
            if (withTypes) {
                hash = hash * 31 + hash(words[at + 1], false);
            }
        }
        return hash;
    }

    private long nameHash(int nameOff) {
        byte[] strings = types.strings();
        long hash = 0;
        int i = nameOff;
        if (i != 0) {
            for (byte b = strings[i]; b != 0; b = strings[++i]) {
                hash = hash * 31 + b;
            }
        }
        return hash;
    }
}
