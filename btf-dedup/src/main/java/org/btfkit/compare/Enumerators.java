package org.btfkit.compare;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/** The named values of an enumeration. */
final class Enumerators {
    private Enumerators() {}

    /**
     * Reads them.
     *
     * @return the values as C writes them, by name and in the order of the declaration; of a name that is there more
     *     than once, which C does not allow, the first has it, and later ones have a number behind it
     */
    static Map<String, String> of(JoinedTypes types, int enumId) {
        BtfKind kind = types.kind(enumId);
        boolean isSigned = types.kflag(enumId);
        int[] words = types.words();
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (int at = types.elementsAt(enumId, kind); at < types.end(enumId); at += kind.elementWords()) {
            String name = types.flat().string(words[at]);
            int times = seen.merge(name, 1, Integer::sum);
            String value = value(words, at, kind == BtfKind.ENUM64, isSigned);
            values.put(times == 1 ? name : name + "#" + times, value);
        }
        return values;
    }

    private static String value(int[] words, int at, boolean is64, boolean isSigned) {
        if (!is64) {
            return Long.toString(Words.enumValue(words[at + Words.ENUM_VALUE], isSigned));
        }
        long value = Words.enum64Value(words[at + Words.ENUM_VALUE], words[at + Words.ENUM_VALUE_HIGH]);
        return isSigned ? Long.toString(value) : Long.toUnsignedString(value);
    }
}
