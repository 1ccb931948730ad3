package org.btfkit.btf.relo;

import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * What a relocation comes to by one side's types: the object's own, or a type of the target that matches. The rules are
 * those of libbpf's {@code bpf_core_calc_relo}; sums are those of its 32-bit arithmetic where they stay within it.
 */
final class CoreValue {
    private static final long WIDEST = Long.BYTES;

    /** The value, of 64 bits. */
    long value;

    /** How many bytes an instruction has to access, 0 if it need not access that many. */
    long accessBytes;

    /** The type of what is accessed, behind typedefs and modifiers; 0 if {@link #accessBytes} is. */
    int accessType;

    /** Whether the instruction has to hold the value that it was built with. */
    boolean isChecked;

    /** Sets the value where nothing matches. */
    void none() {
        value = 0;
        accessBytes = 0;
        accessType = 0;
    }

    /**
     * Computes the value.
     *
     * @param kind what is asked
     * @param types the types of that side
     * @param spec where the path leads there
     * @param isBig whether its byte order is big-endian
     * @return 0, or a fault's code
     */
    int compute(CoreKind kind, CoreTypes types, CoreSpec spec, boolean isBig) {
        none();
        isChecked = true;
        if (kind.isField()) {
            return field(kind, types, spec, isBig);
        }
        if (kind.isEnumerator()) {
            value = kind == CoreKind.ENUMVAL_EXISTS ? 1 : enumerator(types, spec);
            return 0;
        }
        return type(kind, types, spec);
    }

    private int type(CoreKind kind, CoreTypes types, CoreSpec spec) {
        switch (kind) {
            case TYPE_ID_LOCAL, TYPE_ID_TARGET -> {
                value = spec.rootId;
                // A linker changes ids without looking into instructions.
                isChecked = false;
            }
            case TYPE_SIZE -> {
                value = types.size(spec.rootId);
                return value < 0 ? (int) value : 0;
            }
            default -> value = 1;
        }
        return 0;
    }

    private static long enumerator(CoreTypes types, CoreSpec spec) {
        int enumId = spec.types[0];
        int word = types.flat().elementWord(enumId, spec.indexes[0]);
        int low = types.flat().word(enumId, word + 1);
        // Signed or not, libbpf extends the sign of 32 bits.
        return types.is(enumId, BtfKind.ENUM64)
                ? Words.enum64Value(low, types.flat().word(enumId, word + 2))
                : low;
    }

    private int field(CoreKind kind, CoreTypes types, CoreSpec spec, boolean isBig) {
        if (kind == CoreKind.FIELD_EXISTS) {
            value = 1;
            return 0;
        }
        int last = spec.length - 1;
        if (spec.endsInElement()) {
            return element(kind, types, spec, spec.types[last]);
        }
        int holder = spec.types[last];
        int fieldType = types.skip(types.flat().memberType(holder, spec.indexes[last]));
        if (fieldType < 0) {
            return fieldType;
        }
        int bitfield = types.flat().bitfieldSize(holder, spec.indexes[last]);
        isChecked = bitfield == 0 || kind == CoreKind.FIELD_SIGNED || kind == CoreKind.FIELD_RSHIFT;
        if (bitfield != 0) {
            return bitField(kind, types, fieldType, spec.bits, bitfield, isBig);
        }
        long size = types.size(fieldType);
        if (size < 0) {
            return (int) size;
        }
        if (kind == CoreKind.FIELD_BYTE_OFFSET) {
            value = spec.bits / 8;
            return access(types, fieldType);
        }
        set(kind, types, fieldType, spec.bits, size * 8, spec.bits / 8, size, isBig);
        return 0;
    }

    private int element(CoreKind kind, CoreTypes types, CoreSpec spec, int type) {
        switch (kind) {
            case FIELD_BYTE_OFFSET -> {
                value = spec.bits / 8;
                return access(types, type);
            }
            case FIELD_BYTE_SIZE -> {
                value = types.size(type);
                return value < 0 ? (int) value : 0;
            }
            default -> {
                return CoreFault.ELEMENT.code();
            }
        }
    }

    /** Tells how many bytes to access: of an array those of an element. */
    private int access(CoreTypes types, int type) {
        accessType = type;
        int element = types.skip(type);
        for (int i = 0; element >= 0 && types.is(element, BtfKind.ARRAY); i++) {
            element = i < CoreTypes.MAX_CHAIN ? types.skip(types.flat().elementType(element)) : CoreFault.CHAIN.code();
        }
        accessBytes = element < 0 ? element : types.size(element);
        return accessBytes < 0 ? (int) accessBytes : 0;
    }

    /** Finds the smallest window that holds a bit field: of its type's size, or twice that, and so on up to 8 bytes. */
    private int bitField(CoreKind kind, CoreTypes types, int type, long bits, int size, boolean isBig) {
        boolean hasWidth = types.flat().is(type, KindSet.ENUMS) || types.is(type, BtfKind.INT);
        long window = hasWidth ? types.flat().sizeBytes(type) : 0;
        if (window == 0) {
            return CoreFault.WINDOW.code();
        }
        long start = bits / 8 / window * window;
        while (bits + size - start * 8 > window * 8) {
            if (window >= WIDEST) {
                return CoreFault.WINDOW.code();
            }
            window *= 2;
            start = bits / 8 / window * window;
        }
        set(kind, types, type, bits, size, start, window, isBig);
        return 0;
    }

    private void set(
            CoreKind kind,
            CoreTypes types,
            int type,
            long bits,
            long sizeBits,
            long start,
            long window,
            boolean isBig) {
        value = switch (kind) {
            case FIELD_BYTE_OFFSET -> start;
            case FIELD_BYTE_SIZE -> window;
            case FIELD_SIGNED -> isSigned(types, type) ? 1 : 0;
            case FIELD_LSHIFT ->
                Words.unsigned(
                        (int) (isBig ? (8 - window) * 8 + bits - start * 8 : 64 - (bits + sizeBits - start * 8)));
            case FIELD_RSHIFT -> Words.unsigned((int) (64 - sizeBits));
            default -> throw new IllegalStateException("not a kind of fields: " + kind);
        };
    }

    private static boolean isSigned(CoreTypes types, int type) {
        if (types.flat().is(type, KindSet.ENUMS)) {
            return types.flat().kflag(type);
        }
        return types.is(type, BtfKind.INT) && (Words.intEncoding(types.flat().intData(type)) & Words.INT_SIGNED) != 0;
    }

    /**
     * Tells whether an instruction that accesses what the object has can be made to access what the target has: both
     * are pointers, whose upper half is zero, or both are integers that are not extended by their sign.
     */
    static boolean canResize(CoreTypes local, int localType, CoreTypes target, int targetType) {
        if (local.is(localType, BtfKind.PTR) && target.is(targetType, BtfKind.PTR)) {
            return true;
        }
        return isPlainInt(local, localType) && isPlainInt(target, targetType);
    }

    private static boolean isPlainInt(CoreTypes types, int type) {
        return types.is(type, BtfKind.INT) && (Words.intEncoding(types.flat().intData(type)) & 15) != Words.INT_SIGNED;
    }
}
