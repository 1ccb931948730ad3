package org.btfkit.cli;

import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfException;
import org.btfkit.btf.BtfQueries;

/** Finds the types that an argument names: by id, or by name whatever their kind. */
final class TypeArgument {
    private TypeArgument() {}

    /**
     * Finds types.
     *
     * @param text a type id, or a name
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
        int[] found = BtfQueries.findAll(btf, text);
        if (found.length == 0) {
            throw new BtfException(
                    btf.source() + ": no type named '" + text + "'; btf find '*" + text + "*' FILE lists similar ones");
        }
        return found;
    }
}
