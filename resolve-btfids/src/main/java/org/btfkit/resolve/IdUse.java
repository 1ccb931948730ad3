package org.btfkit.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;

/**
 * A slot of {@code .BTF_ids} whose symbol names a type: what it holds, what it should, and why it does not.
 *
 * <p>Immutable; safe for use by several threads.
 *
 * @param place the set that it is in, as {@code set8 'nf_ct_kfunc_set'}, or {@code ids outside sets}
 * @param kind what its symbol says that it is: {@code func}, {@code struct}, {@code union} or {@code typedef}
 * @param id what it holds; 0 if it has not been resolved
 * @param holds what that is in the BTF; empty for 0
 * @param expectedIds the ids of that kind and name in the BTF; the first one is the right one
 * @param reason why it is not resolved, or not to that name; null if it is
 */
public record IdUse(String place, String kind, int id, String holds, List<Integer> expectedIds, String reason) {
    /**
     * Finds the slots for a name.
     *
     * @param elf the object
     * @param btf the BTF that its ids are of
     * @param name the name of a type
     * @return one for each slot, in the order of symbols; none if there is no {@code .BTF_ids}
     * @throws IOException if reading fails
     * @throws BtfException if the section is damaged
     */
    public static List<IdUse> of(ElfFile elf, Btf btf, String name) throws IOException {
        IdsSection ids = IdsSection.collect(elf);
        if (ids == null) {
            return List.of();
        }
        List<IdSymbol> symbols = ids.symbols().stream()
                .filter(symbol -> symbol.name().equals(name))
                .toList();
        MissingNames missing = symbols.isEmpty() ? null : new MissingNames(ids, btf, btf, symbols);
        List<IdUse> uses = new ArrayList<>();
        for (IdSymbol symbol : symbols) {
            IdSet set = setOf(ids, symbol);
            int id = ids.word(symbol.offset());
            List<Integer> expected = Arrays.stream(btf.findAll(symbol.kind().btfKind, name))
                    .boxed()
                    .collect(Collectors.toList());
            String holds = id == 0
                    ? ""
                    : id > 0 && id < btf.typeCount()
                            ? btf.describe(id)
                            : "id " + Integer.toUnsignedString(id) + ", no type";
            uses.add(new IdUse(
                    set == null ? "ids outside sets" : set.toString(),
                    symbol.kind().word,
                    id,
                    holds,
                    List.copyOf(expected),
                    reason(ids, set, symbol, expected, missing)));
        }
        return uses;
    }

    private static String reason(
            IdsSection ids, IdSet set, IdSymbol symbol, List<Integer> expected, MissingNames missing) {
        int id = ids.word(symbol.offset());
        if (expected.contains(id)) {
            return null;
        }
        if (expected.isEmpty()) {
            String text = missing.describe(symbol);
            return text.substring(text.lastIndexOf(": ") + 2);
        }
        if (id == 0) {
            return "nothing has been resolved yet, or it was not in the BTF then; resolve-btfids resolves it";
        }
        for (int entry = 0; set != null && entry < set.count; entry++) {
            if (expected.contains(ids.word(set.slot(entry)))) {
                return "its id is in entry " + entry + " of the set: a tool sorted the set and left the symbols behind;"
                        + " resolve-btfids --repair moves them";
            }
        }
        return "the ids are those of another BTF: it was made again after they were resolved";
    }

    private static IdSet setOf(IdsSection ids, IdSymbol symbol) {
        for (IdSet set : ids.sets()) {
            if (symbol.offset() >= set.offset && symbol.offset() < set.end()) {
                return set;
            }
        }
        return null;
    }
}
