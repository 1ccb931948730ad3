package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A section as it has to be: every slot with the id of its owner, every set sorted, and where the symbols belong.
 *
 * <p>Sets are sorted by id, then by symbol table index, which never changes; entries without a symbol come before those
 * that have one, and among each other by their flags. So ties come out the same whatever order the set was in.
 *
 * <p>Where symbols stay where they are, it is their place that never changes, and ties are in that order: what comes
 * out is what the C tool makes, and a later repair, which gives the slots of one id to their symbols in that order, is
 * right.
 */
final class SortedIds {
    private final IdsSection ids;
    private final ByteBuffer words;
    private final Int2IntOpenHashMap offsets = new Int2IntOpenHashMap();
    private final boolean keepsSymbols;

    /** An entry of a set on its way to its new place; {@code rank} decides between entries of one id. */
    private record Entry(IdSymbol owner, int id, int rank, int flags) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            if (id != other.id) {
                return Integer.compare(id, other.id);
            }
            if (rank != other.rank) {
                return Integer.compare(rank, other.rank);
            }
            return Integer.compareUnsigned(flags, other.flags);
        }
    }

    private SortedIds(IdsSection ids, boolean keepsSymbols) {
        this.ids = ids;
        this.words = ids.copy();
        this.keepsSymbols = keepsSymbols;
    }

    /** Writes the ids found by {@code lookup} and sorts every set; {@code keepsSymbols} leaves symbols behind. */
    static SortedIds resolve(IdsSection ids, OrderProof proof, IdLookup lookup, boolean keepsSymbols) {
        SortedIds result = new SortedIds(ids, keepsSymbols);
        for (IdSymbol symbol : ids.listed()) {
            result.words.putInt(symbol.offset(), lookup.id(symbol));
        }
        for (int i = 0; i < ids.sets().size(); i++) {
            result.sortSet(ids.sets().get(i), proof.owners(i), lookup);
        }
        return result;
    }

    /**
     * Tells whether a section is as the C tool leaves it: every slot outside sets has the id of its symbol's name, and
     * every set those of all its symbols, in order. Whose flags go with which id was settled when it came to be so.
     */
    static boolean isDone(IdsSection ids, IdLookup lookup) {
        for (IdSymbol symbol : ids.listed()) {
            if (ids.word(symbol.offset()) != lookup.id(symbol)) {
                return false;
            }
        }
        for (IdSet set : ids.sets()) {
            int[] found = new int[set.count];
            int[] expected = new int[set.count];
            for (int entry = 0; entry < set.count; entry++) {
                IdSymbol symbol = set.symbols[entry];
                found[entry] = ids.word(set.slot(entry));
                expected[entry] = symbol == null ? 0 : lookup.id(symbol);
            }
            Arrays.sort(expected);
            if (ids.word(set.offset) != set.count || !Arrays.equals(expected, found)) {
                return false;
            }
        }
        return true;
    }

    /** Leaves ids and symbols as they are. */
    static SortedIds asFound(IdsSection ids) {
        return new SortedIds(ids, true);
    }

    /** Leaves the ids as they are and only says where the symbols belong. */
    static SortedIds repair(IdsSection ids, OrderProof proof) {
        SortedIds result = new SortedIds(ids, false);
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
        int unnamed = -1;
        for (int i = 0; i < entries.length; i++) {
            IdSymbol owner = owners[i];
            int id = owner == null ? ids.word(set.slot(i)) : lookup.id(owner);
            if (keepsSymbols && owner == null) {
                unnamed = nextWithoutSymbol(set, unnamed);
            }
            int rank = !keepsSymbols ? indexOf(owner) : owner != null ? owner.offset() : unnamed;
            entries[i] = new Entry(owner, id, rank, ids.flags(set, i));
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

    private static int indexOf(IdSymbol owner) {
        return owner == null ? 0 : owner.index();
    }

    /** The next slot that no symbol is on: symbols that stay leave these to the entries without one, in their order. */
    private static int nextWithoutSymbol(IdSet set, int slot) {
        int entry = slot < 0 ? 0 : (slot - set.slot(0)) / set.stride() + 1;
        while (set.symbols[entry] != null) {
            entry++;
        }
        return set.slot(entry);
    }

    private void place(IdSymbol symbol, int offset) {
        if (symbol != null && symbol.offset() != offset && ids.hasSymbols() && !keepsSymbols) {
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
