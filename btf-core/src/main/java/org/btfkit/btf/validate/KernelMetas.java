package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * What the kernel asks of each type on its own, whatever it refers to ({@code btf_check_all_metas} of
 * kernel/bpf/btf.c): flags, sizes, names, offsets.
 *
 * <p>One pass over the words and, for their names, over the strings. {@link Btf#parse} has checked before that lengths,
 * name offsets and type ids are in range.
 */
final class KernelMetas {
    private static final int BITS_OF_128 = 128;
    private static final int FUNC_GLOBAL = 1;
    private static final int VAR_GLOBAL_ALLOCATED = 1;

    private final FlatTypes types;
    private final KernelNames names;

    private KernelMetas(FlatTypes types, KernelNames names) {
        this.types = types;
        this.names = names;
    }

    /** Checks every own type. */
    static void check(FlatTypes types, KernelNames names) {
        KernelMetas metas = new KernelMetas(types, names);
        for (int typeId = types.firstTypeId(); typeId < types.typeCount(); typeId++) {
            metas.checkType(typeId);
        }
    }

    private void checkType(int typeId) {
        BtfKind kind = types.kind(typeId);
        if (kind == null || kind == BtfKind.VOID) {
            throw types.fault(typeId, 1, "kind " + Words.kind(types.info(typeId)) + ", which the kernel does not know");
        }
        checkNameOff(typeId, 0, types.nameOff(typeId));
        switch (kind) {
            case INT -> checkInt(typeId);
            case PTR, CONST, VOLATILE, RESTRICT -> checkPlain(typeId, false);
            case ARRAY -> checkArray(typeId);
            case STRUCT, UNION -> checkComposite(typeId, kind == BtfKind.UNION);
            case ENUM, ENUM64 -> checkEnum(typeId);
            case FWD -> checkForward(typeId);
            case TYPEDEF -> {
                requireNoVlen(typeId);
                requireNoKflag(typeId);
                requireIdentifier(typeId);
            }
            case FUNC -> checkFunc(typeId);
            case FUNC_PROTO -> {
                requireNoName(typeId);
                requireNoKflag(typeId);
            }
            case VAR -> checkVar(typeId);
            case DATASEC -> checkDatasec(typeId);
            case FLOAT -> checkFloat(typeId);
            case DECL_TAG -> checkDeclTag(typeId);
            case TYPE_TAG -> checkTag(typeId);
            case VOID -> throw new IllegalStateException();
        }
    }

    private void checkInt(int typeId) {
        requireNoVlen(typeId);
        requireNoKflag(typeId);
        int data = types.intData(typeId);
        if (data >>> 28 != 0) {
            throw types.fault(typeId, 3, "undefined bits in 0x" + Integer.toHexString(data));
        }
        int offset = Words.intOffsetBits(data);
        int bits = Words.intBits(data);
        if (offset + bits > BITS_OF_128) {
            throw types.fault(typeId, 3, bits + " bits from bit " + offset + ", expected no more than 128 in all");
        }
        int bytes = (offset + bits + 7) / 8;
        if (Integer.compareUnsigned(bytes, types.sizeOrType(typeId)) > 0) {
            throw types.fault(
                    typeId, 3, bits + " bits from bit " + offset + " in a size of " + size(typeId) + " bytes");
        }
        // Signed, char, bool: one at most.
        int encoding = Words.intEncoding(data);
        if (encoding > 4 || Integer.bitCount(encoding) > 1) {
            throw types.fault(typeId, 3, "encoding " + encoding + ", expected 0, 1, 2 or 4");
        }
    }

    /** A type that is nothing but a reference. */
    private void checkPlain(int typeId, boolean mayHaveKflag) {
        requireNoVlen(typeId);
        if (!mayHaveKflag) {
            requireNoKflag(typeId);
        }
        requireNoName(typeId);
    }

    private void checkArray(int typeId) {
        checkPlain(typeId, false);
        if (types.sizeOrType(typeId) != 0) {
            throw types.fault(typeId, 2, "size " + size(typeId) + ", expected 0");
        }
        if (types.elementType(typeId) == 0) {
            throw types.fault(typeId, 3, "elements of type void");
        }
        if (types.indexType(typeId) == 0) {
            throw types.fault(typeId, 4, "index of type void");
        }
    }

    private void checkComposite(int typeId, boolean isUnion) {
        requireIdentifierOrNone(typeId);
        int vlen = types.vlen(typeId);
        boolean kflag = types.kflag(typeId);
        int sizeBytes = types.sizeOrType(typeId);
        int last = 0;
        for (int i = 0; i < vlen; i++) {
            checkElementName(typeId, i, types.memberNameOff(typeId, i), true);
            if (types.memberType(typeId, i) == 0) {
                throw types.elementFault(typeId, i, 1, "type void");
            }
            int offsetBits = Words.offsetBits(types.memberOffset(typeId, i), kflag);
            if (isUnion && offsetBits != 0) {
                throw types.elementFault(typeId, i, 2, "offset " + bits(offsetBits) + " in a union, expected 0");
            }
            if (Integer.compareUnsigned(last, offsetBits) > 0) {
                throw types.elementFault(
                        typeId,
                        i,
                        2,
                        "offset " + bits(offsetBits) + " before that of the member before, " + bits(last));
            }
            int offsetBytes = (offsetBits >>> 3) + ((offsetBits & 7) != 0 ? 1 : 0);
            if (Integer.compareUnsigned(offsetBytes, sizeBytes) > 0) {
                throw types.elementFault(
                        typeId,
                        i,
                        2,
                        "offset " + bits(offsetBits) + " past the end of the type (" + size(typeId) + " bytes)");
            }
            last = offsetBits;
        }
    }

    private void checkEnum(int typeId) {
        int size = types.sizeOrType(typeId);
        if (size < 1 || size > 8 || Integer.bitCount(size) != 1) {
            throw types.fault(typeId, 2, "size " + size(typeId) + ", expected 1, 2, 4 or 8");
        }
        requireIdentifierOrNone(typeId);
        int vlen = types.vlen(typeId);
        for (int i = 0; i < vlen; i++) {
            checkElementName(typeId, i, types.enumeratorNameOff(typeId, i), false);
        }
    }

    private void checkForward(int typeId) {
        requireNoVlen(typeId);
        if (types.sizeOrType(typeId) != 0) {
            throw types.fault(typeId, 2, "third word " + size(typeId) + ", expected 0");
        }
        requireIdentifier(typeId);
    }

    private void checkFunc(int typeId) {
        requireIdentifier(typeId);
        if (types.vlen(typeId) > FUNC_GLOBAL) {
            throw types.fault(typeId, 1, "linkage " + types.vlen(typeId) + ", expected 0 (static) or 1 (global)");
        }
        requireNoKflag(typeId);
    }

    private void checkVar(int typeId) {
        requireNoVlen(typeId);
        requireNoKflag(typeId);
        requireIdentifier(typeId);
        if (types.sizeOrType(typeId) == 0) {
            throw types.fault(typeId, 2, "type void");
        }
        int linkage = types.varLinkage(typeId);
        if (linkage < 0 || linkage > VAR_GLOBAL_ALLOCATED) {
            throw types.fault(
                    typeId, 3, "linkage " + Integer.toUnsignedString(linkage) + ", expected 0 (static) or 1 (global)");
        }
    }

    private void checkDatasec(int typeId) {
        long sectionSize = types.sizeBytes(typeId);
        if (sectionSize == 0) {
            throw types.fault(typeId, 2, "size 0");
        }
        requireNoKflag(typeId);
        int nameOff = types.nameOff(typeId);
        if (nameOff == 0 || !names.isSection(nameOff)) {
            throw types.fault(
                    typeId, 0, "name is no section's: 1 to " + Limits.MAX_NAME_LENGTH + " printable characters");
        }
        int vlen = types.vlen(typeId);
        long end = 0;
        for (int i = 0; i < vlen; i++) {
            if (types.sectionVar(typeId, i) == 0) {
                throw types.elementFault(typeId, i, 0, "type void");
            }
            long offset = types.sectionVarOffset(typeId, i);
            long size = types.sectionVarSize(typeId, i);
            if (offset < end) {
                throw types.elementFault(
                        typeId, i, 1, "offset " + offset + " before the end of the variable before, " + end);
            }
            end = offset + size;
            if (size == 0 || end > sectionSize) {
                throw types.elementFault(
                        typeId,
                        i,
                        size == 0 || size > sectionSize ? 2 : 1,
                        "bytes " + offset + " to " + end + " of a section of " + sectionSize + " bytes");
            }
        }
    }

    private void checkFloat(int typeId) {
        requireNoVlen(typeId);
        requireNoKflag(typeId);
        int size = types.sizeOrType(typeId);
        boolean usual = size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
        if (!usual) {
            throw types.fault(typeId, 2, "size " + size(typeId) + ", expected 2, 4, 8, 12 or 16");
        }
    }

    private void checkDeclTag(int typeId) {
        checkTag(typeId);
        int component = types.tagComponent(typeId);
        if (component < -1) {
            throw types.fault(typeId, 3, "component index " + component + ", expected -1 or more");
        }
    }

    /** The value may be any text. With kflag the tag is an attribute; kernels before 6.15 take none of these. */
    private void checkTag(int typeId) {
        if (names.isEmpty(types.nameOff(typeId))) {
            throw types.fault(typeId, 0, "no value");
        }
        requireNoVlen(typeId);
    }

    private void requireNoVlen(int typeId) {
        int vlen = types.vlen(typeId);
        if (vlen != 0) {
            throw types.fault(typeId, 1, "vlen " + vlen + ", expected 0");
        }
    }

    private void requireNoKflag(int typeId) {
        if (types.kflag(typeId)) {
            throw types.fault(typeId, 1, "kflag set, which has no meaning for this kind");
        }
    }

    private void requireNoName(int typeId) {
        int nameOff = types.nameOff(typeId);
        if (nameOff != 0) {
            throw types.fault(typeId, 0, "name_off " + nameOff + ", expected 0: this kind has no name");
        }
    }

    private void requireIdentifier(int typeId) {
        if (types.nameOff(typeId) == 0) {
            throw types.fault(typeId, 0, "no name");
        }
        requireIdentifierOrNone(typeId);
    }

    private void requireIdentifierOrNone(int typeId) {
        int nameOff = types.nameOff(typeId);
        if (nameOff != 0 && !names.isIdentifier(nameOff)) {
            throw types.fault(typeId, 0, "name is no identifier of up to " + Limits.MAX_NAME_LENGTH + " characters");
        }
    }

    private void checkElementName(int typeId, int element, int nameOff, boolean optional) {
        if (nameOff > Limits.MAX_NAME_OFFSET) {
            throw types.elementFault(typeId, element, 0, nameOffPastLimit(nameOff));
        }
        if (nameOff == 0 && !optional) {
            throw types.elementFault(typeId, element, 0, "no name");
        }
        if (nameOff != 0 && !names.isIdentifier(nameOff)) {
            throw types.elementFault(
                    typeId, element, 0, "name is no identifier of up to " + Limits.MAX_NAME_LENGTH + " characters");
        }
    }

    private void checkNameOff(int typeId, int word, int nameOff) {
        if (nameOff > Limits.MAX_NAME_OFFSET) {
            throw types.fault(typeId, word, nameOffPastLimit(nameOff));
        }
    }

    private static String nameOffPastLimit(int nameOff) {
        return "name_off " + nameOff + ", expected no more than the kernel's limit of " + Limits.MAX_NAME_OFFSET;
    }

    private String size(int typeId) {
        return Integer.toUnsignedString(types.sizeOrType(typeId));
    }

    private static String bits(int offsetBits) {
        return Integer.toUnsignedString(offsetBits);
    }
}
