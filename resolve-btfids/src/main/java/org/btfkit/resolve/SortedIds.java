package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A section as it has to be: every slot with the id of its owner, every set sorted, and where the symbols belong.
 *
 * <p>Sets are sorted by id, then by symbol table index, which never changes; entries without a symbol come before those
 * that have one, and among each other by their flags. So ties come out the same whatever order the set was in.
 */
final class SortedIds {
    private final IdsSection ids;
    private final ByteBuffer words;
    private final Int2IntOpenHashMap offsets = new Int2IntOpenHashMap();

    /** An entry of a set on its way to its new place. */
    private record Entry(IdSymbol owner, int id, int flags) implements Comparable<Entry> {
        int symbolIndex() {
            return owner == null ? 0 : owner.index();
        }

        @Override
        public int compareTo(Entry other) {
            if (id != other.id) {
                return Integer.compare(id, other.id);
            }
            if (symbolIndex() != other.symbolIndex()) {
                return Integer.compare(symbolIndex(), other.symbolIndex());
            }
            return Integer.compareUnsigned(flags, other.flags);
        }
    }

    private SortedIds(IdsSection ids) {
        this.ids = ids;
        this.words = ids.copy();
    }

    /** Writes the ids found by {@code lookup} and sorts every set. */
    static SortedIds resolve(IdsSection ids, OrderProof proof, IdLookup lookup) {
        SortedIds result = new SortedIds(ids);
        for (IdSymbol symbol : ids.listed()) {
            result.words.putInt(symbol.offset(), lookup.id(symbol));
        }
        for (int i = 0; i < ids.sets().size(); i++) {
            result.sortSet(ids.sets().get(i), proof.owners(i), lookup);
        }
        return result;
    }

    /** Leaves the ids as they are and only says where the symbols belong. */
    static SortedIds repair(IdsSection ids, OrderProof proof) {
        SortedIds result = new SortedIds(ids);
        for (int i = 0; i < ids.sets().size(); i++) {
            IdSymbol[] owners = proof.owners(i);
            for (int entry = 0; entry < owners.length; entry++) {
                result.place(owners[entry], ids.sets().get(i).slot(entry));
            }
        }
        return result;
    }

    private void sortSet(IdSet set, IdSymbol[] owners, IdLookup lookup) {
        Entry[] entries = new Entry[set.count];
        for (int i = 0; i < entries.length; i++) {
            IdSymbol owner = owners[i];
            int id = owner == null ? ids.word(set.slot(i)) : lookup.id(owner);
            entries[i] = new Entry(owner, id, ids.flags(set, i));
        }
        Arrays.sort(entries);
        words.putInt(set.offset, set.count);
        for (int i = 0; i < entries.length; i++) {
            words.putInt(set.slot(i), entries[i].id);
            if (set.hasPairs) {
                words.putInt(set.slot(i) + 4, entries[i].flags);
            }
            place(entries[i].owner, set.slot(i));
        }
    }

    private void place(IdSymbol symbol, int offset) {
        if (symbol != null && symbol.offset() != offset && ids.hasSymbols()) {
            offsets.put(symbol.index(), offset);
        }
    }

    /** Tells whether nothing changes: neither a byte nor the place of a symbol. */
    boolean isAsFound() {
        return offsets.isEmpty() && words.equals(ids.copy());
    }

    /** The bytes of the section. */
    byte[] bytes() {
        return words.array();
    }

    /** The symbols that move: symbol table index to new offset in the section. */
    Int2IntOpenHashMap movedSymbols() {
        return offsets;
    }
}
