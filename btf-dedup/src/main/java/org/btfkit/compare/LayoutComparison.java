package org.btfkit.compare;

import java.util.HashSet;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Compares two types by what a user of them sees: sizes, members and their places, parameters.
 *
 * <p>Follows what is contained by value and ends at pointers and functions, whose targets are compared by kind and name
 * only. Each pair of types is compared once, so that the cost is linear in the types reached; a chain of more than
 * {@link #MAX_DEPTH} types is taken for different.
 *
 * <p>Not safe for use by several threads.
 */
public final class LayoutComparison {
    private static final int MAX_DEPTH = 64;

    /** What refers to types that it does not contain. */
    private static final KindSet BY_NAME = KindSet.of(BtfKind.PTR, BtfKind.FUNC_PROTO);

    private final Btf btf;

    /** Pairs of types, one in the upper half. */
    private final Set<Long> compared = new HashSet<>();

    private LayoutComparison(Btf btf) {
        this.btf = btf;
    }

    /**
     * Tells whether two types have the same name and layout.
     *
     * @param btf has both
     * @param typeId type id, 0 for void
     * @param otherId type id, 0 for void
     * @return true if they have; false if they differ, are of a kind that is not known here, or are nested too deep to
     *     be compared
     * @throws IllegalArgumentException if there is no such type
     */
    public static boolean sameLayout(Btf btf, int typeId, int otherId) {
        return new LayoutComparison(btf).same(typeId, otherId, 0);
    }

    private boolean same(int a, int b, int depth) {
        if (a == b || !compared.add((long) a << Integer.SIZE | b)) {
            return true;
        }
        if (depth > MAX_DEPTH || btf.info(a) != btf.info(b) || !btf.name(a).equals(btf.name(b))) {
            return false;
        }
        BtfKind kind = btf.kind(a);
        if (kind == null || btf.wordCount(a) != btf.wordCount(b)) {
            return false;
        }
        boolean byName = BY_NAME.has(kind);
        boolean sameThird = kind.refersToType()
                ? sameReference(btf.sizeOrType(a), btf.sizeOrType(b), byName, depth)
                : btf.sizeOrType(a) == btf.sizeOrType(b);
        return sameThird && sameFixed(a, b, kind, depth) && sameElements(a, b, kind, byName, depth);
    }

    private boolean sameFixed(int a, int b, BtfKind kind, int depth) {
        for (int i = 0; i < kind.fixedWords(); i++) {
            int left = btf.word(a, Words.HEADER + i);
            int right = btf.word(b, Words.HEADER + i);
            if (i < kind.fixedTypeIds() ? !same(left, right, depth + 1) : left != right) {
                return false;
            }
        }
        return true;
    }

    private boolean sameElements(int a, int b, BtfKind kind, boolean byName, int depth) {
        int step = kind.elementWords();
        for (int at = Words.HEADER + kind.fixedWords(); step != 0 && at < btf.wordCount(a); at += step) {
            for (int word = 0; word < step; word++) {
                int left = btf.word(a, at + word);
                int right = btf.word(b, at + word);
                boolean equal;
                if (word == kind.elementNameWord()) {
                    equal = btf.string(left).equals(btf.string(right));
                } else if (word == kind.elementTypeWord()) {
                    equal = sameReference(left, right, byName, depth);
                } else {
                    equal = left == right;
                }
                if (!equal) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean sameReference(int a, int b, boolean byName, int depth) {
        if (!byName || a == b || btf.kind(a) == BtfKind.PTR) {
            return same(a, b, depth + 1);
        }
        return btf.kind(a) == btf.kind(b) && btf.name(a).equals(btf.name(b));
    }
}
