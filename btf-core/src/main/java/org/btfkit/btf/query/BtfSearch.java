package org.btfkit.btf.query;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * Searches for types whose names match a pattern. Immutable; safe for use by several threads.
 *
 * <p>Types without a name are found only by a pattern that asks for the empty name: the empty shell pattern, or an
 * expression such as {@code ^$}. One that matches every name, such as {@code *}, finds types with a name.
 */
public final class BtfSearch {
    private final Predicate<String> pattern;
    private final Set<BtfKind> kinds;

    private BtfSearch(Predicate<String> pattern, Set<BtfKind> kinds) {
        this.pattern = pattern;
        this.kinds = kinds;
    }

    /**
     * Searches by a shell pattern that must match the whole name: {@code *} stands for any characters, {@code ?} for
     * one, {@code [a-z]} for one of a range or, with {@code !} or {@code ^} first, not of it; a backslash takes the
     * next character as it is. Matching takes at most time proportional to the product of both lengths.
     *
     * @param glob the pattern
     * @return a search over all kinds
     */
    public static BtfSearch glob(String glob) {
        return new BtfSearch(new Glob(glob)::matches, EnumSet.allOf(BtfKind.class));
    }

    /**
     * Searches by a regular expression that must be found somewhere in the name.
     *
     * @param regex the expression, as in {@link Pattern}
     * @return a search over all kinds
     * @throws IllegalArgumentException if it is no regular expression
     */
    public static BtfSearch regex(String regex) {
        try {
            return new BtfSearch(Pattern.compile(regex).asPredicate(), EnumSet.allOf(BtfKind.class));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regular expression '" + regex + "': " + e.getDescription() + " at " + e.getIndex(), e);
        }
    }

    /**
     * Limits the search to some kinds.
     *
     * @param only the kinds to look at
     * @return the limited search
     */
    public BtfSearch ofKinds(Set<BtfKind> only) {
        EnumSet<BtfKind> wanted = EnumSet.noneOf(BtfKind.class);
        wanted.addAll(only);
        return new BtfSearch(pattern, wanted);
    }

    /**
     * Searches all types, those of the base included. Those without a name are found by patterns for the empty name,
     * such as the expression {@code ^$}; not by those that match any name, such as {@code *}.
     *
     * @param btf where to search
     * @return the ids of the types whose name matches, ascending
     */
    public int[] in(Btf btf) {
        return in(btf, 1);
    }

    /**
     * Searches the own types only, not those of the base.
     *
     * @param btf where to search
     * @return the ids of the types whose name matches, ascending
     */
    public int[] inOwn(Btf btf) {
        return in(btf, btf.firstTypeId());
    }

    private int[] in(Btf btf, int firstId) {
        // What matches just any name, as * does, asks for names; what matches the empty one but not any, for no name.
        boolean findsNameless = pattern.test("") && !pattern.test("\uffff");
        int[] found = new int[16];
        int count = 0;
        for (int typeId = firstId; typeId < btf.typeCount(); typeId++) {
            boolean isCandidate = findsNameless || btf.nameOff(typeId) != 0;
            if (isCandidate && kinds.contains(btf.kind(typeId)) && pattern.test(btf.name(typeId))) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = typeId;
            }
        }
        return Arrays.copyOf(found, count);
    }
}
