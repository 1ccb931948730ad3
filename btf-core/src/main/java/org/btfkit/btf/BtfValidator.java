package org.btfkit.btf;

/**
 * Checks what the types of a BTF say.
 *
 * <p>The structural level is what libbpf's {@code btf_sanity_check} relies on: name offsets within the strings, type
 * ids that exist, functions that have a prototype. Linear time, no allocation.
 */
final class BtfValidator {
    private final Btf btf;
    private final int[] words;
    private final int stringEnd;
    private final int typeCount;

    /** The type that is being checked: its id and the word offset of its first word. */
    private int typeId;

    private int start;

    private BtfValidator(Btf btf) {
        this.btf = btf;
        this.words = btf.words();
        this.stringEnd = btf.stringEnd();
        this.typeCount = btf.typeCount();
    }

    /**
     * Checks the own types of a BTF.
     *
     * @throws BtfFormatException on the first broken rule
     */
    static void structural(Btf btf) {
        BtfValidator validator = new BtfValidator(btf);
        int[] offsets = btf.typeOffsets();
        for (int i = 0; i < offsets.length - 1; i++) {
            validator.typeId = btf.firstTypeId() + i;
            validator.start = offsets[i];
            validator.checkType();
        }
    }

    private void checkType() {
        int info = words[start + 1];
        checkString(start, -1);
        BtfKind kind = BtfKind.of(Btf.kindOf(info));
        if (kind == null || kind == BtfKind.VOID) {
            return;
        }
        if (kind.refersToType()) {
            checkTypeId(start + 2, -1);
        }
        for (int i = 0; i < kind.fixedTypeIds(); i++) {
            checkTypeId(start + 3 + i, -1);
        }
        if (kind.elementWords() != 0) {
            checkElements(kind, Btf.vlenOf(info));
        } else if (kind == BtfKind.FUNC && !isPrototype(words[start + 2])) {
            throw fault(start + 2, -1, "refers to " + btf.describe(words[start + 2]) + ", expected a FUNC_PROTO");
        }
    }

    private void checkElements(BtfKind kind, int vlen) {
        int step = kind.elementWords();
        int nameWord = kind.elementNameWord();
        int typeWord = kind.elementTypeWord();
        int at = start + 3 + kind.fixedWords();
        for (int i = 0; i < vlen; i++, at += step) {
            if (nameWord >= 0) {
                checkString(at + nameWord, i);
            }
            if (typeWord >= 0) {
                checkTypeId(at + typeWord, i);
            }
        }
    }

    private boolean isPrototype(int referredId) {
        return btf.kind(referredId) == BtfKind.FUNC_PROTO;
    }

    private void checkString(int at, int element) {
        // Unsigned, so that an offset above 2 GiB is past the end as well.
        if (words[at] < 0 || words[at] >= stringEnd) {
            throw fault(
                    at,
                    element,
                    "name_off "
                            + Integer.toUnsignedString(words[at])
                            + " past string section ("
                            + stringEnd
                            + " bytes)");
        }
    }

    private void checkTypeId(int at, int element) {
        if (words[at] < 0 || words[at] >= typeCount) {
            throw fault(
                    at,
                    element,
                    "type id " + Integer.toUnsignedString(words[at]) + " of no type (there are " + typeCount + ")");
        }
    }

    private BtfFormatException fault(int at, int element, String what) {
        String where = element < 0 ? ": " : ": " + elementNoun() + " " + element + ": ";
        BtfHeader header = btf.header();
        return new BtfFormatException(
                btf.source(),
                btf.describe(typeId) + where + what,
                header.headerLength() + header.typeOff() + at * 4L,
                typeId);
    }

    private String elementNoun() {
        return switch (btf.kind(typeId)) {
            case STRUCT, UNION -> "member";
            case ENUM, ENUM64 -> "enumerator";
            case FUNC_PROTO -> "parameter";
            case DATASEC -> "variable";
            default -> "element";
        };
    }
}
