package org.btfkit.transform;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.flat.TypeRewriter;
import org.btfkit.btf.flat.Unfolding;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

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
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Distiller {
    private static final int HEADER_LENGTH = 32;
    private static final int NOT_CARRIED = -1;
    private static final int CARRIED = 0;
    private static final int MAX_ENUM_SIZE = 8;

    /** What always goes into the distilled base: what it is found by again is its name. */
    private static final KindSet NAMED = KindSet.of(BtfKind.INT, BtfKind.FLOAT, BtfKind.FWD);

    /** What goes into the distilled base, without its elements, if it has a name. */
    private static final KindSet SHORTENED = KindSet.COMPOSITES.with(KindSet.ENUMS);

    /** What split BTF has no use for in a base. */
    private static final KindSet NEVER_CARRIED =
            KindSet.of(BtfKind.VOID, BtfKind.FUNC, BtfKind.VAR, BtfKind.DATASEC, BtfKind.DECL_TAG);

    private final Btf src;
    private final JoinedTypes types;
    private final int[] words;
    private final FlatStrings strings;

    /** First id of the split BTF's own types. */
    private final int firstOwn;

    private final int[] idMap;

    /** Types of the base whose references have not been followed yet. */
    private final int[] open;

    private int openCount;

    private Distiller(Btf src) {
        this.src = src;
        this.types = JoinedTypes.of(FlatAccess.of(src));
        this.words = types.words();
        this.strings = types.flat().strings();
        this.firstOwn = types.firstOwn();
        this.idMap = new int[types.typeCount()];
        this.open = new int[firstOwn];
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
        if (typeId <= 0 || typeId >= firstOwn || !isNamedComposite(typeId)) {
            throw new IllegalArgumentException(src.source() + ": "
                    + (typeId > 0 && typeId < types.typeCount() ? types.describe(typeId) : "id " + typeId)
                    + " to be kept, expected a named struct or union of the base, ids 1 to " + (firstOwn - 1));
        }
        idMap[typeId] = CARRIED;
    }

    private boolean isNamedComposite(int typeId) {
        return KindSet.COMPOSITES.hasInfo(types.info(typeId)) && types.nameOff(typeId) != 0;
    }

    private void findNeeded() {
        for (int id = firstOwn; id < types.typeCount(); id++) {
            follow(id);
            while (openCount > 0) {
                follow(open[--openCount]);
            }
        }
    }

    private void follow(int typeId) {
        BtfKind kind = types.kind(typeId);
        if (kind == null || kind == BtfKind.VOID) {
            throw fault(typeId, "of unknown kind, cannot be distilled");
        }
        int at = types.at(typeId);
        int count = kind.typeIdCount(types.vlen(typeId));
        for (int i = 0; i < count; i++) {
            int needed = words[at + kind.typeIdWord(i)];
            if (needed != 0 && needed < firstOwn && idMap[needed] == NOT_CARRIED) {
                requireKind(needed, typeId);
                idMap[needed] = CARRIED;
                if (!isNamedComposite(needed)) {
                    open[openCount++] = needed;
                }
            }
        }
    }

    private void requireKind(int needed, int user) {
        BtfKind kind = types.kind(needed);
        if (kind == null || NEVER_CARRIED.has(kind)) {
            throw fault(needed, "of the base, cannot be distilled, but " + types.describe(user) + " refers to it");
        }
    }

    private BtfException fault(int typeId, String what) {
        return new BtfException(src.source() + ": " + types.describe(typeId) + ": " + what);
    }

    /** Tells whether a type goes to the distilled base; else it goes to the split BTF. */
    private boolean isForBase(int typeId) {
        int info = types.info(typeId);
        return NAMED.hasInfo(info) || SHORTENED.hasInfo(info) && types.nameOff(typeId) != 0;
    }

    private int wordCount(int typeId) {
        return types.end(typeId) - types.at(typeId);
    }

    /** Returns the number of words of a type in the distilled base. */
    private int wordsInBase(int typeId) {
        return SHORTENED.hasInfo(types.info(typeId)) ? Words.HEADER : wordCount(typeId);
    }

    /** Returns the types of the base that are needed, in the order of their ids. */
    private int[] needed() {
        return IntStream.range(1, firstOwn).filter(id -> idMap[id] == CARRIED).toArray();
    }

    private Distilled write() {
        int[] needed = needed();
        int baseTypes = 1;
        int baseWords = 0;
        int splitWords = 0;
        for (int id : needed) {
            if (isForBase(id)) {
                idMap[id] = baseTypes++;
                baseWords += wordsInBase(id);
            } else {
                splitWords += wordCount(id);
            }
        }
        int next = baseTypes;
        for (int id = firstOwn; id < types.typeCount(); id++) {
            idMap[id] = next++;
            splitWords += wordCount(id);
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
        int[] result = new int[length];
        int at = 0;
        for (int id : needed) {
            if (isForBase(id)) {
                int count = wordsInBase(id);
                System.arraycopy(words, types.at(id), result, at, count);
                shorten(id, result, at);
                TypeRewriter.mapNames(result, at, names);
                at += count;
            }
        }
        return result;
    }

    /** Takes away that a type has elements, and what a distilled base does not say. */
    private void shorten(int typeId, int[] result, int at) {
        BtfKind kind = types.kind(typeId);
        if (KindSet.COMPOSITES.has(kind)) {
            result[at + 1] = Words.info(kind, false, 0);
        } else if (KindSet.ENUMS.has(kind)) {
            result[at + 1] = Words.info(BtfKind.ENUM, false, 0);
            requireEnumSize(typeId, result[at + 2]);
        } else if (kind == BtfKind.FWD) {
            result[at + 2] = 0; // means nothing, though gcc 12 writes something there
        }
    }

    private void requireEnumSize(int typeId, int size) {
        if (size < 1 || size > MAX_ENUM_SIZE || Integer.bitCount(size) != 1) {
            throw fault(typeId, "of the base, size " + Integer.toUnsignedString(size) + ", expected 1, 2, 4 or 8");
        }
    }

    private int[] splitTypes(int[] needed, int length, Names names) {
        int[] result = new int[length];
        int at = 0;
        for (int id = firstOwn; id < types.typeCount(); id++) {
            at = copy(id, result, at, names);
        }
        for (int id : needed) {
            if (!isForBase(id)) {
                at = copy(id, result, at, names);
            }
        }
        return result;
    }

    /** Writes a type of the split BTF; returns where it ends. */
    private int copy(int typeId, int[] result, int at, Names names) {
        int count = wordCount(typeId);
        System.arraycopy(words, types.at(typeId), result, at, count);
        TypeRewriter.mapNames(result, at, names);
        TypeRewriter.mapIds(result, at, idMap);
        return at + count;
    }

    /** The strings of one of the two results, in the order of their first use. */
    private final class Names implements TypeRewriter.Names {
        private final StringTable below;
        private final StringTable table;

        /** Starts a section; strings that the base has, if it is not null, are used from there. */
        Names(StringTable below) {
            this.below = below;
            this.table = Unfolding.table(src.stringEnd());
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
                throw Unfolding.fault(src.source(), src.stringEnd());
            }
            return below == null ? added : below.length() + added;
        }

        Btf btf(int[] ownWords, Btf base, String suffix) {
            BtfHeader form = BtfHeader.of(src.order(), HEADER_LENGTH);
            return Btf.of(form, null, ownWords, table.toBytes(), base, src.source() + suffix);
        }
    }
}
