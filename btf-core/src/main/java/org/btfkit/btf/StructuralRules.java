package org.btfkit.btf;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.btfkit.btf.flat.Batch;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * What the types of parsed data are asked: what libbpf's {@code btf_sanity_check} relies on, and that a FUNC_PROTO
 * returns a type that exists, which libbpf does not look at. Linear time, no allocation.
 *
 * <p>Every file that is opened comes through here, most often in a JVM that has just started. So types are checked
 * twice: {@link #nextSuspect} runs over them in loops that call nothing, and only asks whether all numbers are in
 * range; what it stops at is looked at properly.
 */
final class StructuralRules {
    /** Types from which on a second thread pays. */
    private static final int PARALLEL_FROM = 1 << 19;

    private final FlatTypes types;
    private final int stringEnd;
    private final int typeCount;

    StructuralRules(FlatTypes types) {
        this.types = types;
        this.stringEnd = types.strings().end();
        this.typeCount = types.typeCount();
    }

    void check() {
        int count = types.offsets().length - 1;
        int i = count < PARALLEL_FROM ? firstSuspect(0, count) : firstSuspectByTwo(count);
        while (i < count) {
            checkType(types.firstTypeId() + i);
            i = firstSuspect(i + 1, count);
        }
    }

    /** As {@link #firstSuspect} of all types, each half on a thread. */
    private int firstSuspectByTwo(int count) {
        int middle = count / 2;
        FutureTask<Integer> second = new FutureTask<>(() -> firstSuspect(middle, count));
        Thread thread = new Thread(second, "btf-parse");
        thread.setDaemon(true);
        thread.start();
        int first = firstSuspect(0, middle);
        if (first < middle) {
            return first;
        }
        try {
            return second.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return firstSuspect(middle, count);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause()); // nothing there can fail
        }
    }

    /** As {@link #nextSuspect}, a batch at a time. */
    private int firstSuspect(int from, int to) {
        for (int i = from; i < to; ) {
            int end = Math.min(i + Batch.TYPES, to);
            i = nextSuspect(i, end);
            if (i < end) {
                return i;
            }
        }
        return to;
    }

    /**
     * Finds an own type that may break a rule; one that refers to a prototype of the base may be taken for one.
     *
     * @param from position of the first type to look at
     * @param to position after the last one
     * @return its position, or {@code to}
     */
    private int nextSuspect(int from, int to) {
        int[] words = types.words();
        int[] offsets = types.offsets();
        int lastString = stringEnd - 1;
        int lastType = typeCount - 1;
        int firstTypeId = types.firstTypeId();
        int func = BtfKind.FUNC.number();
        int prototype = BtfKind.FUNC_PROTO.number();
        for (int i = from; i < to; i++) {
            int start = offsets[i];
            int end = offsets[i + 1];
            int kind = Words.kind(words[start + 1]);
            // A number n is in range if neither n nor last - n is negative; one negative one makes all negative.
            int signs = words[start] | lastString - words[start];
            if (kind < KindTable.COUNT) {
                int firstId = KindTable.FIRST_FIXED_ID[kind];
                for (int at = start + firstId; at < start + KindTable.FIXED_IDS_END[kind]; at++) {
                    signs |= words[at] | lastType - words[at];
                }
                int step = KindTable.ELEMENT_WORDS[kind];
                if (KindTable.ELEMENT_NAMES[kind] != 0) {
                    for (int at = start + KindTable.ELEMENT_NAMES[kind]; at < end; at += step) {
                        signs |= words[at] | lastString - words[at];
                    }
                }
                if (KindTable.ELEMENT_IDS[kind] != 0) {
                    for (int at = start + KindTable.ELEMENT_IDS[kind]; at < end; at += step) {
                        signs |= words[at] | lastType - words[at];
                    }
                }
                if (kind == func && signs >= 0) {
                    int own = words[start + 2] - firstTypeId;
                    signs = own >= 0 && Words.kind(words[offsets[own] + 1]) == prototype ? 0 : -1;
                }
            }
            if (signs < 0) {
                return i;
            }
        }
        return to;
    }

    private void checkType(int typeId) {
        checkString(typeId, 0, -1);
        BtfKind kind = types.kind(typeId);
        if (kind == null || kind == BtfKind.VOID) {
            return;
        }
        if (kind.refersToType()) {
            checkTypeId(typeId, 2, -1);
        }
        for (int i = 0; i < kind.fixedTypeIds(); i++) {
            checkTypeId(typeId, Words.HEADER + i, -1);
        }
        if (kind.elementWords() != 0) {
            checkElements(typeId, kind);
        } else if (kind == BtfKind.FUNC && types.kind(types.sizeOrType(typeId)) != BtfKind.FUNC_PROTO) {
            throw types.fault(
                    typeId, 2, "refers to " + types.describe(types.sizeOrType(typeId)) + ", expected a FUNC_PROTO");
        }
    }

    private void checkElements(int typeId, BtfKind kind) {
        int nameWord = kind.elementNameWord();
        int typeWord = kind.elementTypeWord();
        int vlen = types.vlen(typeId);
        for (int i = 0, at = Words.HEADER + kind.fixedWords(); i < vlen; i++, at += kind.elementWords()) {
            if (nameWord >= 0) {
                checkString(typeId, at + nameWord, i);
            }
            if (typeWord >= 0) {
                checkTypeId(typeId, at + typeWord, i);
            }
        }
    }

    private void checkString(int typeId, int word, int element) {
        // Unsigned, so that an offset above 2 GiB is past the end as well.
        int nameOff = types.word(typeId, word);
        if (nameOff < 0 || nameOff >= stringEnd) {
            throw fault(
                    typeId,
                    word,
                    element,
                    "name_off " + Integer.toUnsignedString(nameOff) + " past string section (" + stringEnd + " bytes)");
        }
    }

    private void checkTypeId(int typeId, int word, int element) {
        int referred = types.word(typeId, word);
        if (referred < 0 || referred >= typeCount) {
            throw fault(
                    typeId,
                    word,
                    element,
                    "type id " + Integer.toUnsignedString(referred) + " of no type (there are " + typeCount + ")");
        }
    }

    private BtfFormatException fault(int typeId, int word, int element, String what) {
        if (element < 0) {
            return types.fault(typeId, word, what);
        }
        int first = types.elementWord(typeId, element);
        return types.elementFault(typeId, element, word - first, what);
    }
}
