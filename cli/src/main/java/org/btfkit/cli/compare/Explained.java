package org.btfkit.cli.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeUses;
import org.btfkit.compare.Explanation;
import org.btfkit.elf.ElfFile;
import org.btfkit.resolve.IdUse;

/**
 * What is found out about a name.
 *
 * @param name the name
 * @param kinds the types of that name, by kind; none if there is none
 * @param idUses where in {@code .BTF_ids} it stands
 * @param reasons why there is no function of that name; empty if there is one, or nothing is known of it at all
 */
record Explained(String name, List<OfKind> kinds, List<IdUse> idUses, List<String> reasons) {
    /** How many types of a name are compared with the first, and have their users named. */
    static final int MOST = 10;

    /**
     * The types of one kind.
     *
     * @param types ascending by id
     * @param differences how the first differs from each of the next ones, up to the tenth
     */
    record OfKind(BtfKind kind, List<Type> types, List<Explanation> differences) {}

    /**
     * A type.
     *
     * @param isSplit whether its BTF has a base
     * @param isOwn whether it is no type of the base
     * @param sizeBytes its size, -1 if it has none
     * @param users who uses it, each once; null if that was not looked up, as where it is the only one
     */
    record Type(int id, boolean isSplit, boolean isOwn, long sizeBytes, List<String> users) {}

    /**
     * Finds out all that is known.
     *
     * @param btf the types
     * @param stored the same as they are in the file, which may be on a distilled base: the ids there are of these
     * @param elf the file; null if it is none
     * @param base the base of its BTF, or null
     * @param err where progress is shown, as the file may have to be encoded
     */
    static Explained of(String name, Btf btf, Btf stored, ElfFile elf, Btf base, PrintStream err) throws IOException {
        int[] found = TypeQueries.findAll(btf, name);
        Map<BtfKind, List<Integer>> byKind = new TreeMap<>();
        for (int id : found) {
            byKind.computeIfAbsent(btf.kind(id), kind -> new ArrayList<>()).add(id);
        }
        TypeUses uses = found.length > 1 ? TypeUses.of(btf) : null;
        List<OfKind> kinds = new ArrayList<>();
        byKind.forEach((kind, ids) -> kinds.add(ofKind(btf, uses, kind, ids)));
        List<IdUse> idUses = elf == null ? List.of() : IdUse.of(elf, stored, name);
        boolean mayBeFunction =
                found.length == 0 || idUses.stream().anyMatch(use -> use.kind().equals("func"));
        List<String> reasons = !byKind.containsKey(BtfKind.FUNC) && elf != null && mayBeFunction
                ? new MissingFunction(elf, name, err).reasons(base)
                : List.of();
        return new Explained(name, kinds, idUses, reasons);
    }

    /** Whether there is nothing to say. */
    boolean isEmpty() {
        return kinds.isEmpty() && idUses.isEmpty() && reasons.isEmpty();
    }

    private static OfKind ofKind(Btf btf, TypeUses uses, BtfKind kind, List<Integer> ids) {
        List<Type> types = new ArrayList<>();
        List<Explanation> differences = new ArrayList<>();
        boolean isSized = KindSet.SIZED.has(kind);
        for (int i = 0; i < ids.size(); i++) {
            int id = ids.get(i);
            long size = isSized ? btf.sizeOrType(id) : -1;
            List<String> users = uses == null || i >= MOST ? null : users(btf, uses, id);
            types.add(new Type(id, btf.base() != null, id >= btf.firstTypeId(), size, users));
            if (i > 0 && i < MOST) {
                differences.add(Explanation.of(btf, ids.get(0), id));
            }
        }
        return new OfKind(kind, types, differences);
    }

    private static List<String> users(Btf btf, TypeUses uses, int id) {
        return uses.to(id).stream()
                .map(use -> btf.name(use.userId()) + (use.path().isEmpty() ? "" : "." + use.path()))
                .distinct()
                .toList();
    }
}
