package org.btfkit.btf.file;

import java.util.BitSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Looks for signs that split BTF was made on another base than the one it was loaded on.
 *
 * <p>Problem: ids and string offsets of split BTF go on where those of its base end. On another base the BTF may still
 * parse, and the kernel takes it; then its types have other names and refer to other types. A module of few types, of
 * Linux 6.12, on a vmlinux of 7.2:
 *
 * <pre>
 * made:   [107332] FUNC 'exit_nls_cp437' -> [40] FUNC_PROTO
 * read:   [118488] FUNC 'erial8250_suspend_port' -> ...         the base has 'serial8250_suspend_port'
 * </pre>
 *
 * <p>What no producer makes, and what therefore shows it:
 *
 * <ol>
 *   <li>A name is the end of a string of the base. Producers look up whole strings, so they never share ends; if the
 *       base itself uses that end as a name, whoever made it does, and it shows nothing.
 *   <li>A type refers to a type of the base to which nothing of its kind can refer, such as a pointer to a FUNC.
 *   <li>The last own string is the name of nothing, or none is: names were taken from the base instead. Deduplication
 *       may leave a string that nothing names, that of a parameter of a prototype that was dropped, say (1 of 10
 *       modules of Linux 7.2 have some), but it would have to be the last one. So this shows nothing where the kernel
 *       releases agree, or where other data, as {@code .BTF.ext}, uses the strings, too.
 *   <li>A module says that it is for another kernel than the base is of. Where the number of string bytes shows that
 *       the base fits, it may have been built again under another name: then this is a reason to doubt, no more.
 * </ol>
 *
 * <p>Of 3,277 modules of Linux 6.1, 6.12 and 7.2 none shows a sign on its own base. One pass over the own types, and
 * one over all types of the base only if names look wrong.
 */
final class BaseSigns {
    /** By the number of a kind: the kinds to which it cannot refer, a bit each. */
    private static final int[] IMPOSSIBLE = impossible();

    private final Btf btf;
    private final Btf base;
    private final FlatStrings stringsOfBase;
    private final int firstTypeId;
    private final int firstStringOff;

    /** Name offsets below this are the base's; the largest one of all own types. */
    private int largestNameOff;

    /** What was found, as it ends the sentence "... was not made on the base ...: its"; null if nothing was. */
    private String found;

    /** The offsets at which the base itself has names; made when a name looks wrong. */
    private BitSet nameOffsOfBase;

    private BaseSigns(Btf btf) {
        this.btf = btf;
        this.base = btf.base();
        this.stringsOfBase = FlatAccess.of(base).strings();
        this.firstTypeId = btf.firstTypeId();
        this.firstStringOff = base.stringEnd();
    }

    /**
     * What the signs say.
     *
     * @param wrong why the base is another one, or null
     * @param doubt why it may be, or null
     */
    record Verdict(String wrong, String doubt) {}

    /**
     * Looks for signs.
     *
     * @param btf split BTF on its base
     * @param stringsAreShared whether other data than types may use the own strings
     * @param release the kernel that the split BTF is for, or null if that is not known
     */
    static Verdict find(Btf btf, boolean stringsAreShared, String release) {
        return new BaseSigns(btf).find(stringsAreShared, release);
    }

    private Verdict find(boolean stringsAreShared, String release) {
        int count = btf.typeCount() - firstTypeId;
        for (int i = 0; i < count && found == null; i++) {
            if (isSuspect(i)) {
                BtfKind kind = btf.kind(firstTypeId + i);
                checkNames(firstTypeId + i, kind);
                checkReferences(firstTypeId + i, kind);
            }
        }
        if (found != null) {
            return new Verdict(found, null);
        }
        boolean known = release != null && base.kernelRelease() != null;
        boolean sameRelease = known && release.equals(base.kernelRelease());
        byte[] strings = FlatAccess.of(btf).strings().own();
        int lastString = lastString(strings);
        boolean hasStrings = strings.length > 1 && btf.typeCount() > firstTypeId;
        boolean lastIsNamed = hasStrings && largestNameOff == firstStringOff + lastString;
        if (hasStrings && !lastIsNamed && !stringsAreShared && !sameRelease) {
            return new Verdict(
                    "its last string, " + quoted(firstStringOff + lastString) + ", would name nothing", null);
        }
        if (!known || sameRelease) {
            return new Verdict(null, null);
        }
        String text = "it is for kernel " + release + ", the base of " + base.kernelRelease();
        return lastIsNamed ? new Verdict(null, text) : new Verdict(text, null);
    }

    /** Tells whether an own type, by its position, may show a sign; right ones are passed over without more calls. */
    private boolean isSuspect(int position) {
        int[] words = FlatAccess.of(btf).words();
        int start = FlatAccess.of(btf).offsets()[position];
        int end = FlatAccess.of(btf).offsets()[position + 1];
        int kind = Words.kind(words[start + 1]);
        boolean suspect = isEndOfString(words[start]);
        if (kind >= KindTable.COUNT) {
            return suspect && BtfKind.of(kind) != null;
        }
        int bad = IMPOSSIBLE[kind];
        int firstId = KindTable.FIRST_FIXED_ID[kind];
        for (int at = start + firstId; at < start + KindTable.FIXED_IDS_END[kind]; at++) {
            suspect |= isAmong(bad, words[at]);
        }
        if (kind == BtfKind.ARRAY.number()) {
            suspect |= isAmong(~(1 << BtfKind.INT.number()), words[start + 4]);
        }
        int step = KindTable.ELEMENT_WORDS[kind];
        if (KindTable.ELEMENT_NAMES[kind] != 0) {
            for (int at = start + KindTable.ELEMENT_NAMES[kind]; at < end; at += step) {
                suspect |= isEndOfString(words[at]);
            }
        }
        if (KindTable.ELEMENT_IDS[kind] != 0) {
            for (int at = start + KindTable.ELEMENT_IDS[kind]; at < end; at += step) {
                suspect |= isAmong(bad, words[at]);
            }
        }
        return suspect;
    }

    private boolean isEndOfString(int nameOff) {
        largestNameOff = Math.max(largestNameOff, nameOff);
        return nameOff < firstStringOff && isWithinString(nameOff);
    }

    /** Tells whether a type of the base is of some kinds, given by a bit each. */
    private boolean isAmong(int kinds, int typeId) {
        return typeId != 0 && typeId < firstTypeId && (kinds >>> Words.kind(base.info(typeId)) & 1) != 0;
    }

    private static int lastString(byte[] strings) {
        int at = Math.max(0, strings.length - 1);
        while (at > 0 && strings[at - 1] != 0) {
            at--;
        }
        return at;
    }

    private void checkNames(int typeId, BtfKind kind) {
        int count = kind.nameCount(btf.vlen(typeId));
        for (int i = 0; i < count; i++) {
            int nameOff = btf.word(typeId, kind.nameWord(i));
            if (nameOff < firstStringOff && isWithinString(nameOff) && !baseNames(nameOff)) {
                int start = nameOff;
                while (isWithinString(start)) {
                    start--;
                }
                found = (i == 0 ? "the name of " : "a name in ") + TypeFaults.describe(typeId, kind.number(), "")
                        + " would be " + quoted(nameOff) + ", the end of " + quoted(start) + " in the base";
                return;
            }
        }
    }

    /** Tells whether an offset among the base's strings is not the first of a string. */
    private boolean isWithinString(int stringOff) {
        int at = stringsOfBase.index(stringOff);
        return at > 0 && stringsOfBase.section(stringOff)[at - 1] != 0;
    }

    private String quoted(int stringOff) {
        return "'" + btf.string(stringOff) + "'";
    }

    /** Tells whether the base itself has a name at an offset. */
    private boolean baseNames(int wanted) {
        return baseNameOffs().get(wanted);
    }

    private BitSet baseNameOffs() {
        if (nameOffsOfBase == null) {
            nameOffsOfBase = new BitSet(firstStringOff);
            for (int typeId = 1; typeId < firstTypeId; typeId++) {
                BtfKind kind = base.kind(typeId);
                int count = kind == null ? 0 : kind.nameCount(base.vlen(typeId));
                for (int i = 0; i < count; i++) {
                    nameOffsOfBase.set(base.word(typeId, kind.nameWord(i)));
                }
            }
        }
        return nameOffsOfBase;
    }

    private void checkReferences(int typeId, BtfKind kind) {
        int count = kind.typeIdCount(btf.vlen(typeId));
        for (int i = 0; i < count; i++) {
            checkReference(typeId, kind, btf.word(typeId, kind.typeIdWord(i)));
        }
        if (kind == BtfKind.ARRAY) {
            checkIndexType(typeId, FlatAccess.of(btf).indexType(typeId));
        }
    }

    /** What refers to an own type in a way that cannot be is damaged, not on the wrong base. */
    private void checkReference(int typeId, BtfKind kind, int referred) {
        if (referred == 0 || referred >= firstTypeId || found != null) {
            return;
        }
        BtfKind target = base.kind(referred);
        if (target != null && !canRefer(kind, target)) {
            found = btf.describe(typeId) + " would refer to " + btf.describe(referred) + " of the base";
        }
    }

    /** Tells whether a type of one kind can refer to one of another. */
    private static boolean canRefer(BtfKind from, BtfKind to) {
        return switch (to) {
            case FUNC, VAR -> from == BtfKind.DECL_TAG || from == BtfKind.DATASEC;
            case DATASEC, DECL_TAG -> false;
            default -> from != BtfKind.DATASEC;
        };
    }

    private static int[] impossible() {
        int[] result = new int[KindTable.COUNT];
        for (BtfKind from : BtfKind.values()) {
            for (BtfKind to : BtfKind.values()) {
                result[from.number()] |= canRefer(from, to) ? 0 : 1 << to.number();
            }
        }
        return result;
    }

    private void checkIndexType(int typeId, int indexId) {
        int target = indexId;
        // As deep as modifiers go in real BTF; what is deeper shows nothing.
        for (int depth = 0; depth < 32 && target != 0 && target < firstTypeId; depth++) {
            BtfKind kind = base.kind(target);
            if (kind == BtfKind.INT || kind == null) {
                return;
            }
            boolean refers = kind == BtfKind.TYPEDEF || kind == BtfKind.CONST || kind == BtfKind.VOLATILE;
            if (!refers) {
                found = found != null
                        ? found
                        : btf.describe(typeId) + " would have " + btf.describe(indexId) + " of the base as its index";
                return;
            }
            target = base.sizeOrType(target);
        }
    }
}
