package org.btfkit.dedup;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Signatures of types: equal types have equal signatures.
 *
 * <p>What a signature covers depends on what the passes compare. References of structs, unions and typedefs are left
 * out, since they are compared as graphs. Enumerations without enumerators have a signature by name only.
 */
final class TypeHasher {
    /** The usual hasher. */
    static final TypeHasher STRONG = new TypeHasher(-1);

    /** Gives every type the same signature; results must not depend on it. */
    static final TypeHasher COLLIDING = new TypeHasher(0);

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final long NAMED_ENUM = 0x61;
    private static final long FORWARD_ENUM = 0x62;

    private final int mask;

    private TypeHasher(int mask) {
        this.mask = mask;
    }

    /** Returns the signature of the words of a type, references included. */
    int words(int[] words, int from, int to) {
        long hash = mix(pair(words[from], words[from + 1]), words[from + 2]);
        for (int i = from + TypeGraph.HEADER_WORDS; i < to; i++) {
            hash = mix(hash, words[i]);
        }
        return finish(hash);
    }

    /** Returns what {@link #words} returns for these three. */
    int reference(int nameOff, int info, int typeId) {
        return finish(mix(pair(nameOff, info), typeId));
    }

    /** Returns the signature of a typedef, its reference left out. */
    int typedef(int[] words, int at) {
        return finish(mix(mix(0, words[at]), words[at + 1]));
    }

    /** Returns the signature of a struct or union, the types of its members left out. */
    int composite(int[] words, int at) {
        int info = words[at + 1];
        long hash = mix(pair(words[at], info), words[at + 2]);
        int step = BtfKind.STRUCT.elementWords();
        int end = at + TypeGraph.HEADER_WORDS + Words.vlen(info) * step;
        for (int i = at + TypeGraph.HEADER_WORDS; i < end; i += step) {
            hash = mix(hash, pair(words[i], words[i + 2]));
        }
        return finish(hash);
    }

    /** Returns the signature that all enumerations of a name share. */
    int enumName(int nameOff) {
        return finish(mix(NAMED_ENUM, nameOff));
    }

    /** Returns the signature that all enumerations of a name without enumerators share. */
    int forwardEnum(int nameOff) {
        return finish(mix(FORWARD_ENUM, nameOff));
    }

    private static long pair(int high, int low) {
        return (long) high << 32 | low & 0xffffffffL;
    }

    private static long mix(long hash, long value) {
        long product = (hash ^ value) * MULTIPLIER;
        return product ^ product >>> 29;
    }

    private int finish(long hash) {
        long product = hash * MULTIPLIER;
        return (int) (product >>> 32) & mask;
    }
}
