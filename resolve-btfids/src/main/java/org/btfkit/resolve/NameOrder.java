package org.btfkit.resolve;

import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;

/**
 * Tells whether ids may be of own types in the order of their names, with all symbols right.
 *
 * <p>The problem: BTF that is embedded is sorted by name. When pahole then makes it anew, for another base, what is in
 * the object is in pahole's order again, but the ids are not. Of two functions that pahole puts the other way round it
 * would look as if they had changed places, and their flags would be taken from them.
 *
 * <p>Only types are looked at that cannot have been the base's; where they are, and what else is between them, is not
 * known any more.
 */
final class NameOrder {
    private NameOrder() {}

    /**
     * Tells whether nothing contradicts it.
     *
     * @param own the object's own types, in whatever order
     * @param baseNow the base of today
     */
    static boolean isPossible(IdsSection ids, SplitTypes own, Btf baseNow) {
        Map<String, int[]> extremes = new TreeMap<>(); // smallest and largest id by name
        for (IdSymbol symbol : ids.symbols()) {
            int id = ids.word(symbol.offset());
            if (id != 0 && own.hasAlone(symbol, baseNow)) {
                int[] range = extremes.get(symbol.name());
                if (range == null) {
                    extremes.put(symbol.name(), new int[] {id, id});
                } else {
                    range[0] = Math.min(range[0], id);
                    range[1] = Math.max(range[1], id);
                }
            }
        }
        int before = 0;
        for (int[] range : extremes.values()) {
            if (range[0] <= before) {
                return false;
            }
            before = range[1];
        }
        return true;
    }
}
