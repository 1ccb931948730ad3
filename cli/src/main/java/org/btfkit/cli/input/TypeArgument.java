package org.btfkit.cli.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.SimilarNames;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.cli.support.Nearest;

/** Finds the types that an argument names: by id, or by name whatever their kind. */
public final class TypeArgument {
    /** As many digits fit into an int, and no BTF has more types. */
    private static final int MAX_DIGITS = 9;

    /** Kinds that C names with a word before the name. */
    private static final List<BtfKind> TAGGED = List.of(BtfKind.STRUCT, BtfKind.UNION, BtfKind.ENUM);

    private TypeArgument() {}

    /**
     * Finds types.
     *
     * @param btf where to look, base included
     * @param text a type id, or a name; {@code struct}, {@code union} or {@code enum} may stand before it, as in C
     * @return the ids, ascending
     * @throws BtfException if there is no such type
     */
    public static int[] find(Btf btf, String text) {
        int[] found = findAny(btf, text);
        if (found.length == 0) {
            throw notFound(btf, text);
        }
        return found;
    }

    /**
     * Tells whether an argument is a type id, not a name.
     *
     * @param text the argument
     * @return whether it is
     */
    public static boolean isId(String text) {
        return text.matches("[0-9]+");
    }

    /**
     * Tells whether an argument is a pattern, as {@code btf find} takes them.
     *
     * @param text the argument
     * @return whether it is
     */
    public static boolean isPattern(String text) {
        return text.matches(".*[*?\\[].*");
    }

    /**
     * Returns what is said of a type that is not there: what is, that may have been meant.
     *
     * @param btf where it is not
     * @param text the argument
     * @return the failure
     */
    public static BtfException notFound(Btf btf, String text) {
        if (isId(text)) {
            return new BtfException(
                    btf.source() + ": no type has the id " + text + ", ids are 1 to " + (btf.typeCount() - 1));
        }
        return new BtfException(btf.source() + ": no type named '" + text + "'; " + advice(btf, text));
    }

    private static String advice(Btf btf, String text) {
        String name = text.strip();
        name = name.substring(name.indexOf(' ') + 1);
        if (!name.matches("[\\p{L}_.$].*")) {
            return "expected a name, or an id from 1 to " + (btf.typeCount() - 1);
        }
        if (isPattern(name)) {
            return "btf find takes patterns";
        }
        int[] others = TypeQueries.findAll(btf, name);
        if (others.length > 0) {
            return "there is " + btf.describe(others[0]);
        }
        List<String> near = near(btf, name);
        return near.isEmpty()
                ? "btf find '*" + name + "*' FILE lists similar ones"
                : "there is " + String.join(", ", near);
    }

    /**
     * Returns names that are spelled nearly alike.
     *
     * @param btf where to look
     * @param name the name that is not there
     * @return the nearest first
     */
    public static List<String> near(Btf btf, String name) {
        return SimilarNames.of(btf, name, Nearest.MOST);
    }

    /**
     * Finds types of a file or of its base, as {@link #find}, but none where there is no such type.
     *
     * @param btf where to look, base included
     * @param text a type id, or a name
     * @return the ids, ascending
     */
    public static int[] findAny(Btf btf, String text) {
        if (!isId(text)) {
            return named(btf, text);
        }
        int typeId = text.length() > MAX_DIGITS ? 0 : Integer.parseInt(text);
        return typeId == 0 || typeId >= btf.typeCount() ? new int[0] : new int[] {typeId};
    }

    /**
     * Finds own types, not those of the base; none if there is no such type.
     *
     * @param btf where to look, without its base
     * @param text a type id, or a name
     * @return the ids, ascending
     */
    public static int[] findOwn(Btf btf, String text) {
        int first = btf.firstTypeId();
        return Arrays.stream(findAny(btf, text))
                .filter(typeId -> typeId >= first)
                .toArray();
    }

    /** Types without a name are none of the name that is empty. */
    private static int[] named(Btf btf, String text) {
        String name = text.strip();
        if (name.isEmpty()) {
            return new int[0];
        }
        for (BtfKind kind : TAGGED) {
            String word = kind.name().toLowerCase(Locale.ROOT) + " ";
            if (name.startsWith(word)) {
                return btf.findAll(kind, name.substring(word.length()).strip());
            }
        }
        return TypeQueries.findAll(btf, name);
    }
}
