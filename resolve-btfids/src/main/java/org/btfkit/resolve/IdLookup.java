package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.compare.LayoutComparison;

/**
 * Finds the type id of every id symbol: the first type of its kind and name, base first.
 *
 * <p>Warns of names that several types have, and of names that none has, with the reason as far as it can be seen.
 */
final class IdLookup {
    private final IdsSection ids;
    private final Btf btf;
    private final Btf full;
    private final Int2IntOpenHashMap idBySymbol = new Int2IntOpenHashMap();
    private final List<Duplicate> duplicates = new ArrayList<>();
    private final List<IdSymbol> missing = new ArrayList<>();

    /** Two types of one name; by the id of the second. */
    private record Duplicate(String name, int first, int other) implements Comparable<Duplicate> {
        @Override
        public int compareTo(Duplicate that) {
            return Integer.compare(other, that.other);
        }
    }

    private IdLookup(IdsSection ids, Btf btf, Btf full) {
        this.ids = ids;
        this.btf = btf;
        this.full = full;
        Map<String, Integer> known = new HashMap<>();
        List<IdSymbol> different = new ArrayList<>();
        for (IdSymbol symbol : ids.symbols()) {
            if (known.putIfAbsent(key(symbol), different.size()) == null) {
                different.add(symbol);
            }
        }
        int[][] found = findAll(different);
        for (int i = 0; i < found.length; i++) {
            take(different.get(i), found[i]);
        }
        for (IdSymbol symbol : ids.symbols()) {
            int[] its = found[known.get(key(symbol))];
            idBySymbol.put(symbol.index(), its.length == 0 ? 0 : its[0]);
        }
    }

    private static String key(IdSymbol symbol) {
        return symbol.kind().word + " " + symbol.name();
    }

    private int[][] findAll(List<IdSymbol> symbols) {
        BtfKind[] kinds = new BtfKind[symbols.size()];
        String[] names = new String[symbols.size()];
        for (int i = 0; i < names.length; i++) {
            kinds[i] = symbols.get(i).kind().btfKind;
            names[i] = symbols.get(i).name();
        }
        return btf.findAll(kinds, names);
    }

    private void take(IdSymbol symbol, int[] found) {
        if (found.length == 0) {
            missing.add(symbol);
        }
        for (int i = 1; i < found.length; i++) {
            duplicates.add(new Duplicate(symbol.name(), found[0], found[i]));
        }
    }

    static IdLookup of(IdsSection ids, Btf btf) {
        return new IdLookup(ids, btf, btf);
    }

    /** Finds ids in BTF on a distilled base; {@code full} is what it was distilled from, to say what is lost. */
    static IdLookup of(IdsSection ids, Btf btf, Btf full) {
        return new IdLookup(ids, btf, full);
    }

    /** The id of a symbol's name, 0 if it has none. */
    int id(IdSymbol symbol) {
        return idBySymbol.get(symbol.index());
    }

    /** Whether the ids are of a BTF. */
    boolean isOf(Btf other) {
        return btf == other;
    }

    /** How many different names have no id. */
    int missingCount() {
        return missing.size();
    }

    /** The first name that has no id; there has to be one. */
    IdSymbol firstMissing() {
        return missing.get(0);
    }

    /** Reports ambiguous names in id order, then missing ones in symbol table order. */
    void report(ResolveListener listener) throws IOException {
        Collections.sort(duplicates);
        for (Duplicate duplicate : duplicates) {
            boolean same = LayoutComparison.sameLayout(btf, duplicate.first, duplicate.other);
            listener.warning("multiple IDs found for '" + duplicate.name + "': " + duplicate.first + ", "
                    + duplicate.other + " - using " + duplicate.first
                    + (same ? " (same layout)" : " (layouts differ)"));
        }
        if (!missing.isEmpty()) {
            MissingNames names = new MissingNames(ids, btf, full, missing);
            for (IdSymbol symbol : missing) {
                listener.warning(
                        "resolve_btfids: unresolved symbol " + symbol.name() + " (" + names.describe(symbol) + ")");
            }
        }
    }
}
