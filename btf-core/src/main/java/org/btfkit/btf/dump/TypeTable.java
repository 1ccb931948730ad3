package org.btfkit.btf.dump;

import java.nio.charset.StandardCharsets;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;

/**
 * All types of a BTF and of its bases in three flat arrays, so that a dump reads an array element where {@link Btf}
 * would have to find the owner of an id first.
 *
 * <p>Costs a copy: four bytes per word and per type, and the strings.
 */
final class TypeTable {
    /** The words of all types; those of void, all zero, come first. */
    final int[] words;

    /** For each type id the index of its first word. */
    final int[] starts;

    /** All strings, NUL-terminated, by their offsets. */
    final byte[] strings;

    /** The lowest id that is the BTF's own and not of its base. */
    final int firstOwnId;

    TypeTable(Btf btf) {
        int wordCount = BtfKind.VOID.words(0);
        for (Btf part = btf; part != null; part = part.base()) {
            wordCount = Math.addExact(wordCount, part.wordCount());
        }
        words = new int[wordCount];
        starts = new int[btf.typeCount()];
        strings = new byte[btf.stringEnd()];
        firstOwnId = btf.firstTypeId();
        int end = wordCount;
        for (Btf part = btf; part != null; part = part.base()) {
            end -= part.wordCount();
            part.copyWords(words, end);
            part.copyStrings(strings, part.firstStringOff());
            part.copyTypeOffsets(starts, part.firstTypeId());
            for (int id = part.firstTypeId(), idEnd = part.typeCount(); id < idEnd; id++) {
                starts[id] += end;
            }
        }
    }

    /** The number of types, with void and the base's. */
    int typeCount() {
        return starts.length;
    }

    /** Throws if one of the ids is of no type. */
    void checkIds(int[] typeIds) {
        for (int id : typeIds) {
            if (id < 0 || id >= starts.length) {
                throw new IllegalArgumentException(
                        "no type [" + Integer.toUnsignedString(id) + "], there are " + starts.length);
            }
        }
    }

    int nameOff(int typeId) {
        return words[starts[typeId]];
    }

    int info(int typeId) {
        return words[starts[typeId] + 1];
    }

    int vlen(int typeId) {
        return Btf.vlenOf(info(typeId));
    }

    boolean kflag(int typeId) {
        return info(typeId) < 0;
    }

    int sizeOrType(int typeId) {
        return words[starts[typeId] + 2];
    }

    /** The kind, null if it is not known. */
    BtfKind kind(int typeId) {
        return BtfKind.of(Btf.kindOf(words[starts[typeId] + 1]));
    }

    /** The index of the first of the fixed words. */
    int fixed(int typeId) {
        return starts[typeId] + 3;
    }

    /** The index of the first word of the first element. */
    int elements(int typeId, BtfKind kind) {
        return starts[typeId] + 3 + kind.fixedWords();
    }

    /** The element type of an array. */
    int elementType(int arrayId) {
        return words[fixed(arrayId)];
    }

    /** The number of elements of an array, unsigned. */
    int elementCount(int arrayId) {
        return words[fixed(arrayId) + 2];
    }

    /** Whether the string at an offset is the given one. */
    boolean isString(int stringOff, byte[] expected) {
        if (strings.length - stringOff <= expected.length || strings[stringOff + expected.length] != 0) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (strings[stringOff + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** Compares two strings by their bytes, unsigned. */
    int compareStrings(int a, int b) {
        if (a == b) {
            return 0;
        }
        int i = a;
        int j = b;
        while (strings[i] == strings[j]) {
            if (strings[i] == 0) {
                return 0;
            }
            i++;
            j++;
        }
        return (strings[i] & 0xff) - (strings[j] & 0xff);
    }

    /** Describes a type for a message: {@code type [42] STRUCT 'foo'}. */
    String describe(int typeId) {
        int from = nameOff(typeId);
        int to = from;
        while (strings[to] != 0) {
            to++;
        }
        String name = new String(strings, from, to - from, StandardCharsets.UTF_8);
        return TypeFaults.describe(typeId, Btf.kindOf(info(typeId)), name);
    }
}
