package org.btfkit.cli.btf;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;

/** Finds the types that an argument names: by id, or by name whatever their kind. */
final class TypeArgument {
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
            String advice = text.indexOf('*') >= 0 || text.indexOf('?') >= 0
                    ? "btf find takes patterns"
                    : "btf find '*" + text.substring(text.indexOf(' ') + 1) + "*' FILE lists similar ones";
            throw new BtfException(btf.source() + ": no type named '" + text + "'; " + advice);
        }
        return found;
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
