package org.btfkit.btf;

/**
 * The structural level of {@link BtfValidator}: what libbpf's {@code btf_sanity_check} relies on. Linear time, no
 * allocation.
 */
final class StructuralRules {
    private final Btf btf;
    private final OwnTypes types;
    private final int stringEnd;
    private final int typeCount;

    StructuralRules(Btf btf) {
        this.btf = btf;
        this.types = new OwnTypes(btf);
        this.stringEnd = btf.stringEnd();
        this.typeCount = btf.typeCount();
    }

    void check() {
        for (int typeId = types.first(); typeId < types.end(); typeId++) {
            checkType(typeId);
        }
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
            checkTypeId(typeId, 3 + i, -1);
        }
        if (kind.elementWords() != 0) {
            checkElements(typeId, kind);
        } else if (kind == BtfKind.FUNC && btf.kind(types.word(typeId, 2)) != BtfKind.FUNC_PROTO) {
            throw types.fault(
                    typeId, 2, "refers to " + btf.describe(types.word(typeId, 2)) + ", expected a FUNC_PROTO");
        }
    }

    private void checkElements(int typeId, BtfKind kind) {
        int nameWord = kind.elementNameWord();
        int typeWord = kind.elementTypeWord();
        int vlen = types.vlen(typeId);
        for (int i = 0, at = 3 + kind.fixedWords(); i < vlen; i++, at += kind.elementWords()) {
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
        return types.elementFault(typeId, element, word - OwnTypes.elementWord(types.kind(typeId), element), what);
    }
}
