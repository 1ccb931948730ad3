package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.internal.io.RandomInput;

/**
 * Split BTF whose base is not at hand.
 *
 * <p>Its ids and string offsets continue those of a base of unknown size. Two sizes are missing: how many types and how
 * many string bytes the base has. Both can be told from the data itself:
 *
 * <ul>
 *   <li>Deduplicated BTF has no unused string, so the largest name offset in it names the last string of its string
 *       section; the difference is the base's string bytes.
 *   <li>Every FUNC refers to a FUNC_PROTO. Of all base type counts, the right one makes the references of all functions
 *       hit prototypes, of the base or own ones; another may do so only by taking fewer of them for own ones. And no
 *       type refers to one past the last.
 * </ul>
 *
 * <p>Own types are named here by their position: 0 is the first own type, whose id is the type count of the base.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class DetachedSplit {
    /** Bounds the search for the number of types, which is quadratic for input made to be so. */
    private static final int SEARCH_STEPS = 100_000_000;

    private final String source;
    private final int[] words;
    private final int[] typeOffsets;
    private final byte[] strings;
    private final int[] nameOffs;
    private final boolean selfContained;

    /** Found when asked for: only messages and proofs need them. */
    private Integer baseStringEnd;

    private Integer baseTypeCount;

    private DetachedSplit(FlatTypes parsed) {
        this.source = parsed.source();
        this.words = parsed.words();
        this.typeOffsets = parsed.offsets();
        this.strings = parsed.strings().own();
        this.nameOffs = findNameOffs();
        this.selfContained = findSelfContained();
    }

    static DetachedSplit parse(RandomInput data, String source) throws IOException {
        return new DetachedSplit(FlatAccess.to(Btf.class).parseDetached(data, source));
    }

    /**
     * Returns how many own types there are.
     *
     * @return the count
     */
    public int count() {
        return typeOffsets.length - 1;
    }

    /**
     * Returns how many string bytes the base has.
     *
     * @return the number of bytes, or -1 if it cannot be told
     */
    public int baseStringEnd() {
        if (baseStringEnd == null) {
            baseStringEnd = findBaseStringEnd();
        }
        return baseStringEnd;
    }

    /**
     * Returns how many types the base has.
     *
     * @return the count with void, or -1 if it cannot be told
     */
    public int baseTypeCount() {
        if (baseTypeCount == null) {
            baseTypeCount = findBaseTypeCount();
        }
        return baseTypeCount;
    }

    /**
     * Returns where the data came from.
     *
     * @return the source, for messages
     */
    public String source() {
        return source;
    }

    /**
     * Tells whether the data needs no base at all.
     *
     * @return true if its strings begin with an empty one and all its names and type ids are its own
     */
    public boolean isSelfContained() {
        return selfContained;
    }

    /**
     * Tells whether some own type has a name among the own strings, if the base has so many string bytes.
     *
     * @param stringEnd number of string bytes of a base
     * @return false if all names would be the base's, as they seem to be if this is no split BTF at all
     */
    public boolean usesOwnStrings(int stringEnd) {
        for (int nameOff : nameOffs) {
            if (nameOff >= stringEnd) {
                return true;
            }
        }
        return strings.length <= 1;
    }

    /**
     * Tells whether the names of the own types are whole strings if the base has so many string bytes.
     *
     * @param stringEnd number of string bytes of a base
     * @return false if some name would begin within another string, or past the last one
     */
    public boolean namesFit(int stringEnd) {
        for (int nameOff : nameOffs) {
            int at = nameOff - stringEnd;
            if (nameOff < 0 || at >= strings.length || at > 0 && strings[at - 1] != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the kind of an own type.
     *
     * @param position position of the type
     * @return its kind, or null for one that is not known here
     */
    public BtfKind kind(int position) {
        return BtfKind.of(Words.kind(words[typeOffsets[position] + 1]));
    }

    /**
     * Returns the name of an own type.
     *
     * @param position position of the type
     * @return its name, empty if it has none, or null if it is not among the own strings
     */
    public String name(int position) {
        int nameOff = words[typeOffsets[position]];
        if (nameOff == 0) {
            return "";
        }
        int from = nameOff - baseStringEnd();
        if (baseStringEnd() < 0 || from < 0 || from >= strings.length) {
            return null;
        }
        int to = from;
        while (strings[to] != 0) {
            to++;
        }
        return new String(strings, from, to - from, StandardCharsets.UTF_8);
    }

    /** Tells whether all strings are own ones, of BTF that is on no base, whatever its types refer to. */
    boolean namesAreOwn() {
        return strings.length > 1 && strings[0] == 0 && largestNameOff() == lastString() && namesFit(0);
    }

    private int findBaseStringEnd() {
        if (strings.length == 0) {
            return -1;
        }
        int end = largestNameOff() - lastString();
        return end > 0 && namesFit(end) ? end : -1;
    }

    private int lastString() {
        int lastString = strings.length - 1;
        while (lastString > 0 && strings[lastString - 1] != 0) {
            lastString--;
        }
        return lastString;
    }

    private int largestNameOff() {
        int largest = 0;
        for (int nameOff : nameOffs) {
            largest = Math.max(largest, nameOff);
        }
        return largest;
    }

    private boolean findSelfContained() {
        if (strings.length == 0 || strings[0] != 0) {
            return false;
        }
        for (int nameOff : nameOffs) {
            if (nameOff < 0 || nameOff >= strings.length) {
                return false;
            }
        }
        int end = 1 + count();
        for (int i = 0; i < count(); i++) {
            int start = typeOffsets[i];
            BtfKind kind = kind(i);
            int ids = kind == null ? 0 : kind.typeIdCount(Words.vlen(words[start + 1]));
            for (int id = 0; id < ids; id++) {
                int typeId = words[start + kind.typeIdWord(id)];
                if (typeId < 0 || typeId >= end) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The largest id that an own type refers to, 0 if none does. */
    private int largestTypeId() {
        int largest = 0;
        for (int i = 0; i < count(); i++) {
            int start = typeOffsets[i];
            BtfKind kind = kind(i);
            int ids = kind == null ? 0 : kind.typeIdCount(Words.vlen(words[start + 1]));
            for (int id = 0; id < ids; id++) {
                largest = Math.max(largest, words[start + kind.typeIdWord(id)]);
            }
        }
        return largest;
    }

    private int[] findNameOffs() {
        int[] result = new int[words.length];
        int count = 0;
        for (int i = 0; i < count(); i++) {
            int start = typeOffsets[i];
            BtfKind kind = kind(i);
            int names = kind == null ? 1 : kind.nameCount(Words.vlen(words[start + 1]));
            for (int name = 0; name < names; name++) {
                result[count++] = words[kind == null ? start : start + kind.nameWord(name)];
            }
        }
        return Arrays.copyOf(result, count);
    }

    private int findBaseTypeCount() {
        int[] protoIds = protoIds();
        if (protoIds.length == 0) {
            return -1;
        }
        int largest = protoIds[protoIds.length - 1];
        int least = largestTypeId() - count() + 1; // or ids would be past the last type
        int best = -1;
        int steps = 0;
        // From the smallest candidate up, which takes the most prototypes for own ones.
        for (int i = count() - 1; i >= 0 && steps <= SEARCH_STEPS; i--) {
            int candidate = largest - i;
            if (candidate >= Math.max(1, least) && kind(i) == BtfKind.FUNC_PROTO) {
                int own = countOwn(protoIds, candidate);
                if (own > 0 && best > 0) {
                    return own < countOwn(protoIds, best) ? best : -1;
                }
                best = own > 0 ? candidate : best;
                steps += Math.abs(own);
            }
        }
        return steps <= SEARCH_STEPS ? best : -1;
    }

    /** The ids of the prototypes of all functions, ascending, each once. */
    private int[] protoIds() {
        int[] result = new int[count()];
        int found = 0;
        for (int i = 0; i < count(); i++) {
            if (kind(i) == BtfKind.FUNC) {
                result[found++] = words[typeOffsets[i] + 2];
            }
        }
        return Arrays.stream(result, 0, found).sorted().distinct().toArray();
    }

    /**
     * Counts the prototypes that are own types if the base has {@code candidate} types; below 0, how many were looked
     * at until one was found to be no prototype.
     */
    private int countOwn(int[] protoIds, int candidate) {
        int own = 0;
        for (int i = protoIds.length - 1; i >= 0 && protoIds[i] >= candidate; i--) {
            own++;
            int position = protoIds[i] - candidate;
            if (position >= count() || kind(position) != BtfKind.FUNC_PROTO) {
                return -own;
            }
        }
        return own;
    }

    @Override
    public String toString() {
        return source + ": " + count() + " split types";
    }
}
