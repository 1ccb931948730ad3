package org.btfkit.cli.btf;

import java.util.Arrays;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.SimilarNames;
import org.btfkit.btf.query.TypeQueries;

/** Finds the types that an argument names: by id, or by name whatever their kind. */
final class TypeArgument {
    private static final int NEAREST = 3;

    private TypeArgument() {}

    /**
     * Finds types.
     *
     * @param text a type id, or a name; {@code struct} or {@code union} may stand before it, as in C
     * @return the ids, ascending
     * @throws BtfException if there is no such type
     */
    static int[] find(Btf btf, String text) {
        if (text.matches("[0-9]{1,9}")) {
            int typeId = Integer.parseInt(text);
            if (typeId == 0 || typeId >= btf.typeCount()) {
                throw new BtfException(
                        btf.source() + ": no type [" + typeId + "], expected 1 to " + (btf.typeCount() - 1));
            }
            return new int[] {typeId};
        }
        int[] found = named(btf, text);
        if (found.length == 0) {
            throw new BtfException(btf.source() + ": no type named '" + text + "'; " + advice(btf, text));
        }
        return found;
    }

    private static String advice(Btf btf, String text) {
        if (text.indexOf('*') >= 0 || text.indexOf('?') >= 0) {
            return "btf find takes patterns";
        }
        String name = text.substring(text.indexOf(' ') + 1);
        int[] others = TypeQueries.findAll(btf, name);
        if (others.length > 0) {
            return "there is " + btf.describe(others[0]);
        }
        List<String> near = SimilarNames.of(btf, name, NEAREST);
        return near.isEmpty()
                ? "btf find '*" + name + "*' FILE lists similar ones"
                : "there is " + String.join(", ", near);
    }

    /** Finds types of a file or of its base, as {@link #find}, but none where there is no such type. */
    static int[] findAny(Btf btf, String text) {
        return text.matches("[0-9]{1,9}") ? findOwn(btf, text) : named(btf, text);
    }

    /** Finds own types, not those of the base; none if there is no such type. */
    static int[] findOwn(Btf btf, String text) {
        int first = btf.firstTypeId();
        int[] found = text.matches("[0-9]{1,9}") ? new int[] {Integer.parseInt(text)} : named(btf, text);
        return Arrays.stream(found)
                .filter(typeId -> typeId >= first && typeId < btf.typeCount())
                .toArray();
    }

    private static int[] named(Btf btf, String text) {
        if (text.startsWith("struct ")) {
            return btf.findAll(BtfKind.STRUCT, text.substring("struct ".length()));
        }
        if (text.startsWith("union ")) {
            return btf.findAll(BtfKind.UNION, text.substring("union ".length()));
        }
        return TypeQueries.findAll(btf, text);
    }
}
