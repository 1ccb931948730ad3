package org.btfkit.dedup;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;

/**
 * Makes split BTF last longer than the base that it was made for.
 *
 * <p><b>Problem.</b> Split BTF names the types of its base by id, so it is worthless once the base is built anew. But
 * it needs little of the base, and most of that can be found again by name. Distilling takes along what is needed:
 *
 * <pre>
 * base                          distilled base                split
 * [1] INT 'int' size 4          [1] INT 'int' size 4          [3] PTR [4]      was own
 * [2] INT 'char' size 1         [2] STRUCT 'list' size 16     [4] CONST [2]    was own
 * [3] PTR [4]                                                 [5] ARRAY [1]    was the base's
 * [4] STRUCT 'list' size 16
 * [5] ARRAY [1]
 * </pre>
 *
 * <p><b>Passes.</b>
 *
 * <ol>
 *   <li>find the types of the base that own types refer to, and those that these refer to, but do not go on from named
 *       structs and unions;
 *   <li>number them: integers, floating point types, declarations and what is a named struct, union or enumeration form
 *       the distilled base, in id order; the rest goes behind the own types, in id order too;
 *   <li>write both. In the distilled base structs, unions and enumerations have a name and a size only, and ENUM64 is
 *       ENUM.
 * </ol>
 *
 * <p>Cost: a copy of the base's words, and otherwise linear in the words of the result.
 *
 * <p>The result is byte for byte that of libbpf's {@code btf__distill_base}, except where only types without a name are
 * needed: libbpf then loses them. {@link Relocator} is the way back.
 */
public final class Distiller {
    private static final int HEADER_LENGTH = 32;
    private static final int NOT_CARRIED = -1;
    private static final int CARRIED = 0;
    private static final int MAX_ENUM_SIZE = 8;

    private final Btf src;
    private final TypeGraph graph;
    private final FlatStrings strings;

    /** First id of the split BTF's own types. */
    private final int firstOwn;

    private final int[] idMap;

    /** The types of the base that are needed. */
    private final IntStack carried = new IntStack();

    /** Types whose references have not been followed yet. */
    private final IntStack open = new IntStack();

    private Distiller(Btf src) {
        this.src = src;
        this.graph = TypeGraph.of(src);
        this.strings = FlatStrings.of(src);
        this.firstOwn = graph.firstOwn;
        this.idMap = new int[graph.typeCount];
        Arrays.fill(idMap, 1, firstOwn, NOT_CARRIED);
    }

    /**
     * Distills the base of split BTF.
     *
     * @param split BTF that is split on a base; is not changed
     * @return the distilled base and the split BTF on it
     * @throws BtfException if the base has types that cannot be distilled: the split BTF refers to a function, a
     *     variable, a section or a tag of it, or to an enumeration whose size is not 1, 2, 4 or 8 bytes
     * @throws IllegalArgumentException if the BTF is not split
     */
    public static Distilled distill(Btf split) {
        return distill(split, new int[0]);
    }

    /**
     * Distills the base of split BTF, and keeps more of the base than the BTF itself needs: structs and unions that
     * something beside the BTF names by id. They come out as if an own type referred to them.
     *
     * @param split BTF that is split on a base; is not changed
     * @param alsoKeep ids of named structs and unions of the base, in any order, may repeat
     * @return the distilled base and the split BTF on it
     * @throws BtfException as {@link #distill(Btf)}
     * @throws IllegalArgumentException if the BTF is not split, or an id is not that of a named struct or union of its
     *     base
     */
    public static Distilled distill(Btf split, int... alsoKeep) {
        if (split.base() == null) {
            throw new IllegalArgumentException(split.source() + " has no base, expected split BTF");
        }
        Distiller distiller = new Distiller(split);
        for (int typeId : alsoKeep) {
            distiller.keep(typeId);
        }
        distiller.findNeeded();
        return distiller.write();
    }

    private void keep(int typeId) {
        if (typeId <= 0
                || typeId >= firstOwn
                || graph.role(typeId) != KindRole.COMPOSITE
                || graph.words[graph.at(typeId)] == 0) {
            throw new IllegalArgumentException(src.source() + ": type [" + typeId
                    + "] to be kept, expected a named struct or union of the base, ids 1 to " + (firstOwn - 1));
        }
        carry(typeId);
    }

    private void findNeeded() {
        for (int id = firstOwn; id < graph.typeCount; id++) {
            follow(id);
            while (!open.isEmpty()) {
                follow(open.pop());
            }
        }
    }

    private void follow(int typeId) {
        int at = graph.at(typeId);
        int info = graph.words[at + 1];
        if (KindRole.of(info) == KindRole.UNKNOWN) {
            throw graph.fault(typeId, "of unknown kind, cannot be distilled");
        }
        BtfKind kind = BtfKind.of(Btf.kindOf(info));
        int count = kind.typeIdCount(Btf.vlenOf(info));
        for (int i = 0; i < count; i++) {
            int needed = graph.words[at + kind.typeIdWord(i)];
            if (needed != 0 && needed < firstOwn && idMap[needed] == NOT_CARRIED) {
                requireKind(needed, typeId);
                carry(needed);
                if (graph.role(needed) != KindRole.COMPOSITE || graph.words[graph.at(needed)] == 0) {
                    open.push(needed);
                }
            }
        }
    }

    private void requireKind(int needed, int user) {
        int info = graph.info(needed);
        int role = KindRole.of(info);
        if (role == KindRole.UNKNOWN
                || role == KindRole.SINGULAR
                || role == KindRole.DECL_TAG
                || Btf.kindOf(info) == BtfKind.FUNC.number()) {
            throw graph.fault(needed, "of the base, cannot be distilled, but type [" + user + "] refers to it");
        }
    }

    private void carry(int typeId) {
        if (idMap[typeId] == NOT_CARRIED) {
            idMap[typeId] = CARRIED;
            carried.push(typeId);
        }
    }

    /** Tells whether a type goes to the distilled base; else it goes to the split BTF. */
    private boolean isForBase(int typeId) {
        return switch (graph.role(typeId)) {
            case KindRole.INT, KindRole.FLOAT, KindRole.FORWARD -> true;
            case KindRole.COMPOSITE, KindRole.ENUM -> graph.words[graph.at(typeId)] != 0;
            default -> false;
        };
    }

    /** Returns the number of words of a type in the distilled base. */
    private int wordsInBase(int typeId) {
        return graph.role(typeId) == KindRole.INT ? graph.end(typeId) - graph.at(typeId) : TypeGraph.HEADER_WORDS;
    }

    private Distilled write() {
        int[] needed = carried.toArray();
        Arrays.sort(needed);
        int baseTypes = 1;
        int baseWords = 0;
        int splitWords = 0;
        for (int id : needed) {
            if (isForBase(id)) {
                idMap[id] = baseTypes++;
                baseWords += wordsInBase(id);
            } else {
                splitWords += graph.end(id) - graph.at(id);
            }
        }
        int next = baseTypes;
        for (int id = firstOwn; id < graph.typeCount; id++) {
            idMap[id] = next++;
            splitWords += graph.end(id) - graph.at(id);
        }
        for (int id : needed) {
            if (!isForBase(id)) {
                idMap[id] = next++;
            }
        }
        Names baseNames = new Names(null);
        Btf base = baseNames.btf(baseTypes(needed, baseWords, baseNames), null, " (distilled base)");
        Names splitNames = new Names(baseNames.table);
        Btf split = splitNames.btf(splitTypes(needed, splitWords, splitNames), base, "");
        return new Distilled(base, split, idMap);
    }

    private int[] baseTypes(int[] needed, int length, Names names) {
        int[] words = new int[length];
        int at = 0;
        for (int id : needed) {
            if (isForBase(id)) {
                int count = wordsInBase(id);
                System.arraycopy(graph.words, graph.at(id), words, at, count);
                int role = graph.role(id);
                if (role == KindRole.COMPOSITE) {
                    words[at + 1] = Btf.kindOf(words[at + 1]) << 24;
                } else if (role == KindRole.ENUM) {
                    words[at + 1] = BtfKind.ENUM.number() << 24;
                    requireEnumSize(id, words[at + 2]);
                }
                TypeRewriter.mapNames(words, at, names);
                at += count;
            }
        }
        return words;
    }

    private void requireEnumSize(int typeId, int size) {
        if (size < 1 || size > MAX_ENUM_SIZE || Integer.bitCount(size) != 1) {
            throw graph.fault(
                    typeId, "of the base, size " + Integer.toUnsignedString(size) + ", expected 1, 2, 4 or 8");
        }
    }

    private int[] splitTypes(int[] needed, int length, Names names) {
        int[] words = new int[length];
        int at = 0;
        for (int id = firstOwn; id < graph.typeCount; id++) {
            at = copy(id, words, at, names);
        }
        for (int id : needed) {
            if (!isForBase(id)) {
                at = copy(id, words, at, names);
            }
        }
        return words;
    }

    /** Writes a type of the split BTF; returns where it ends. */
    private int copy(int typeId, int[] words, int at, Names names) {
        int count = graph.end(typeId) - graph.at(typeId);
        System.arraycopy(graph.words, graph.at(typeId), words, at, count);
        TypeRewriter.mapNames(words, at, names);
        TypeRewriter.mapIds(words, at, idMap);
        return at + count;
    }

    /** The strings of one of the two results, in the order of their first use. */
    private final class Names implements TypeRewriter.Names {
        private final StringTable below;
        private final StringTable table;

        /** Starts a section; strings that the base has, if it is not null, are used from there. */
        Names(StringTable below) {
            this.below = below;
            this.table = new StringTable(StringDedup.unfoldedLimit(src));
            if (below == null) {
                byte[] empty = {0};
                table.add(empty, 0, 0, StringTable.hash(empty, 0, 0));
            }
        }

        @Override
        public int newOffset(int stringOff) {
            int found = below == null ? -1 : strings.findIn(below, stringOff);
            if (found >= 0) {
                return found;
            }
            int added = strings.addTo(table, stringOff);
            if (added < 0) {
                throw StringDedup.unfolded(src, src.stringEnd());
            }
            return below == null ? added : below.length() + added;
        }

        Btf btf(int[] words, Btf base, String suffix) {
            BtfHeader form = BtfHeader.of(src.order(), HEADER_LENGTH);
            return Btf.of(form, null, words, table.toBytes(), base, src.source() + suffix);
        }
    }
}
