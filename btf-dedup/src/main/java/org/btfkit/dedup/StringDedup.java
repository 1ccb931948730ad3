package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.flat.Unfolding;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Finds the strings in use, keeps one of each, and drops the rest.
 *
 * <p>The strings left are in the order of their first use: types in id order, of each type its own name first and then
 * those of its elements. A string that the base has is taken from there. Names that refer to the base's strings stay as
 * they are.
 *
 * <p>A kernel has ten million references to a hundred thousand strings. So it is offsets that are looked at first: a
 * bitmap tells which have been met, and only what is met for the first time is hashed. Parts of the types are scanned
 * at the same time, each into a list of its own of what it meets; going through the lists one after another then gives
 * the order of first use, however the types were cut.
 *
 * <p>Where the strings in use are different from each other already, as they are when one writer made the whole, equal
 * names have equal offsets and the words need no change before types are compared: {@link #comparableWords}.
 */
final class StringDedup {
    private final Btf btf;
    private final StringTable baseStrings;
    private final Workers workers;
    private final boolean keepsAll;
    private final int[] words;
    private final int[] offsets;
    private final byte[] strings;
    private final int firstOwn;

    /** The strings that are kept. */
    private final StringTable kept;

    /** By offset in the own strings: the new offset, 0 if it is not in use, or the string is the empty one. */
    private final int[] newOffsets;

    /** Whether two own offsets in use, or one and a base's, are the same string. */
    private boolean hasEqual;

    /**
     * Prepares to treat the own strings of a BTF.
     *
     * @param baseStrings the strings of its bases, or null if it has none
     * @param keepsAll whether the strings are known to be different, and stay as they are
     */
    StringDedup(Btf btf, StringTable baseStrings, Workers workers, boolean keepsAll) {
        this.btf = btf;
        this.keepsAll = keepsAll;
        this.baseStrings = baseStrings;
        this.workers = workers;
        this.words = FlatAccess.of(btf).words();
        this.offsets = FlatAccess.of(btf).offsets();
        this.strings = FlatAccess.of(btf).strings().own();
        this.firstOwn = btf.firstStringOff();
        this.newOffsets = keepsAll ? null : new int[strings.length];
        this.kept = keepsAll ? null : Unfolding.table(strings.length);
    }

    /**
     * Finds the strings in use.
     *
     * @param more offsets of strings that others than types use, in order
     * @throws BtfException if there is a type of unknown kind, or too many strings are tails of others
     */
    void run(int[] more) {
        if (keepsAll) {
            for (int i = 0; i < offsets.length - 1; i++) {
                knownKind(i, words[offsets[i] + 1]);
            }
            return;
        }
        if (baseStrings == null) {
            byte[] empty = {0};
            kept.add(empty, 0, 0, StringTable.hash(empty, 0, 0));
        }
        int types = offsets.length - 1;
        IntList[] met = new IntList[workers.parts(types)];
        workers.run(0, types, (index, from, to) -> met[index] = scan(from, to));
        for (IntList list : met) {
            for (int i = 0; i < list.size; i++) {
                keep(list.items[i]);
            }
        }
        for (int nameOff : more) {
            if (nameOff != 0 && nameOff >= firstOwn) {
                keep(nameOff - firstOwn);
            }
        }
    }

    /** Lists the string offsets, relative to the own strings, that some types use, in the order of first use. */
    private IntList scan(int fromType, int toType) {
        IntList met = new IntList(1 << 10);
        long[] seen = new long[(strings.length >>> 6) + 1];
        for (int i = fromType; i < toType; i++) {
            int at = offsets[i];
            int info = words[at + 1];
            BtfKind kind = knownKind(i, info);
            meet(words[at], seen, met);
            int nameWord = kind.elementNameWord();
            if (nameWord >= 0) {
                int step = kind.elementWords();
                int end = offsets[i + 1];
                for (int j = at + TypeGraph.HEADER_WORDS + kind.fixedWords() + nameWord; j < end; j += step) {
                    meet(words[j], seen, met);
                }
            }
        }
        return met;
    }

    /** Returns the kind of a type; fails if it is not known, as its names would not be either. */
    private BtfKind knownKind(int index, int info) {
        BtfKind kind = BtfKind.of(Words.kind(info));
        if (kind == null || kind == BtfKind.VOID) {
            throw new BtfException(btf.source() + ": " + btf.describe(btf.firstTypeId() + index)
                    + ": of unknown kind, expected kinds up to " + BtfKind.ENUM64.number());
        }
        return kind;
    }

    private void meet(int nameOff, long[] seen, IntList met) {
        int own = nameOff - firstOwn;
        if (own >= 0 && nameOff != 0) {
            long bits = seen[own >>> 6];
            if ((bits & 1L << own) == 0) {
                seen[own >>> 6] = bits | 1L << own;
                met.add(own);
            }
        }
    }

    private void keep(int own) {
        if (newOffsets[own] != 0) {
            return;
        }
        int end = StringTable.end(strings, own);
        int hash = StringTable.hash(strings, own, end);
        int found = baseStrings == null ? -1 : baseStrings.find(strings, own, end, hash);
        if (found < 0) {
            found = kept.find(strings, own, end, hash);
            hasEqual |= found >= 0;
            found = firstOwn + (found >= 0 ? found : add(own, end, hash));
        } else {
            hasEqual = true;
        }
        newOffsets[own] = found;
    }

    private int add(int own, int end, int hash) {
        int added = kept.add(strings, own, end, hash);
        if (added < 0) {
            throw Unfolding.fault(btf.source(), strings.length);
        }
        return added;
    }

    /**
     * Returns the own types' words with names that can be compared by offset.
     *
     * @return the words as they are, or a copy with new name offsets
     */
    int[] comparableWords() {
        if (!hasEqual) {
            return words;
        }
        int[] copy = words.clone();
        workers.run(0, offsets.length - 1, (index, from, to) -> rewrite(copy, from, to));
        return copy;
    }

    private void rewrite(int[] copy, int fromType, int toType) {
        for (int i = fromType; i < toType; i++) {
            int at = offsets[i];
            BtfKind kind = BtfKind.of(Words.kind(copy[at + 1]));
            copy[at] = newOffset(copy[at]);
            int nameWord = kind.elementNameWord();
            if (nameWord >= 0) {
                int step = kind.elementWords();
                int end = offsets[i + 1];
                for (int j = at + TypeGraph.HEADER_WORDS + kind.fixedWords() + nameWord; j < end; j += step) {
                    copy[j] = newOffset(copy[j]);
                }
            }
        }
    }

    /** Returns the new offset of a name in the {@link #comparableWords}. */
    int finalOffset(int comparable) {
        return hasEqual ? comparable : newOffset(comparable);
    }

    /** Returns the new offset of a name that is in use. */
    int newOffset(int nameOff) {
        return keepsAll || nameOff == 0 || nameOff < firstOwn ? nameOff : newOffsets[nameOff - firstOwn];
    }

    /** Returns the strings that are kept. */
    byte[] strings() {
        return keepsAll ? strings : kept.toBytes();
    }
}
