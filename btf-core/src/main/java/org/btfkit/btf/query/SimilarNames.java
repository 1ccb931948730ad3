package org.btfkit.btf.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * What somebody may have meant who asks for a name that is not there: {@code task_strcut} for {@code task_struct}.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class SimilarNames {
    private static final KindSet SEARCHED = KindSet.COMPOSITES.with(
            BtfKind.ENUM,
            BtfKind.ENUM64,
            BtfKind.TYPEDEF,
            BtfKind.FUNC,
            BtfKind.VAR,
            BtfKind.INT,
            BtfKind.DATASEC,
            BtfKind.FLOAT);

    /** Slips in a name, at most; fewer in short names, where two would make any of another. */
    private static final int MAX_DISTANCE = 2;

    /** Letters that allow for a slip. */
    private static final int LETTERS = 3;

    private SimilarNames() {}

    private record Candidate(int distance, String name) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return distance != other.distance ? Integer.compare(distance, other.distance) : name.compareTo(other.name);
        }
    }

    /**
     * Finds names of types that are spelled nearly alike. Takes a pass over all types.
     *
     * @param btf where to look, its base included
     * @param name the name that is not there
     * @param limit how many names to give at most
     * @return the names, nearest first: those with other case, then by the number of letters that are missing, wrong,
     *     too many, or swapped with the next; none if all names are farther than two of these
     */
    public static List<String> of(Btf btf, String name, int limit) {
        Set<Candidate> nearest = new TreeSet<>();
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.nameOff(typeId) != 0 && SEARCHED.hasInfo(btf.info(typeId))) {
                addIfNear(nearest, name, btf.name(typeId));
            }
        }
        return names(nearest, limit);
    }

    /**
     * Finds names that are spelled nearly alike.
     *
     * @param others the names that there are
     * @param name the name that is not among them
     * @param limit how many names to give at most
     * @return the names, nearest first, as {@link #of}
     */
    public static List<String> among(Iterable<String> others, String name, int limit) {
        Set<Candidate> nearest = new TreeSet<>();
        others.forEach(other -> addIfNear(nearest, name, other));
        return names(nearest, limit);
    }

    private static void addIfNear(Set<Candidate> nearest, String name, String other) {
        int most = most(name, other);
        int distance = other.equalsIgnoreCase(name) ? 0 : distance(name, other, most);
        if (distance <= most) {
            nearest.add(new Candidate(distance, other));
        }
    }

    private static List<String> names(Set<Candidate> nearest, int limit) {
        List<String> names = new ArrayList<>();
        for (Candidate candidate : nearest) {
            if (names.size() < limit) {
                names.add(candidate.name);
            }
        }
        return names;
    }

    /**
     * Tells whether somebody may have written one name for the other.
     *
     * @param one a name
     * @param other another one
     * @return whether a slip or two, as few as the shorter name allows, make one of the other
     */
    public static boolean areSimilar(String one, String other) {
        int most = most(one, other);
        return distance(one, other, most) <= most;
    }

    private static int most(String one, String other) {
        return Math.min(MAX_DISTANCE, Math.min(one.length(), other.length()) / LETTERS);
    }

    /** Counts slips by rows of a table: the cell at a column is the distance of what comes before in both names. */
    private static int distance(String name, String other, int most) {
        if (Math.abs(name.length() - other.length()) > most) {
            return most + 1;
        }
        int columns = other.length() + 1;
        int[] beforeLast = new int[columns];
        int[] last = new int[columns];
        int[] row = new int[columns];
        Arrays.setAll(last, column -> column);
        for (int i = 1; i <= name.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j < columns; j++) {
                boolean isSame = name.charAt(i - 1) == other.charAt(j - 1);
                int distance = Math.min(last[j - 1] + (isSame ? 0 : 1), Math.min(last[j], row[j - 1]) + 1);
                boolean isSwapped = i > 1
                        && j > 1
                        && name.charAt(i - 1) == other.charAt(j - 2)
                        && name.charAt(i - 2) == other.charAt(j - 1);
                row[j] = isSwapped ? Math.min(distance, beforeLast[j - 2] + 1) : distance;
                least = Math.min(least, row[j]);
            }
            if (least > most) {
                return least;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[columns - 1];
    }
}
