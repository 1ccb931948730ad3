package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;

/** Encodes the types that have no other types within: base types, enumerations, arrays, modifiers and typedefs. */
final class LeafTypes {
    private static final int DW_ATE_BOOLEAN = 2;
    private static final int DW_ATE_COMPLEX_FLOAT = 3;
    private static final int DW_ATE_FLOAT = 4;
    private static final int DW_ATE_SIGNED = 5;
    private static final int DW_ATE_SIGNED_CHAR = 6;
    private static final int DW_ATE_IMAGINARY_FLOAT = 9;

    private static final int MAX_INT_BYTES = 16;

    /** What stands for an integer of a size that BTF has not. */
    private static final String FAKE_INT = "__SANITIZED_FAKE_INT__";

    private static final int FAKE_INT_BYTES = 4;

    private final UnitScope scope;
    private final DieCursor cursor;
    private final Annotations annotations;
    private final boolean hasFloats;
    private final boolean hasEnum64;

    /** The id of the first base type called "int", 0 if there is none. */
    private int intId;

    private boolean hasArrays;

    LeafTypes(UnitScope scope, Annotations annotations) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.annotations = annotations;
        this.hasFloats = scope.has(Feature.FLOAT);
        this.hasEnum64 = scope.has(Feature.ENUM64);
    }

    void clear() {
        intId = 0;
        hasArrays = false;
    }

    int intId() {
        return intId;
    }

    boolean hasArrays() {
        return hasArrays;
    }

    /** Appends the base type that the cursor is on. */
    void base() {
        int entry = cursor.entry();
        int key = scope.strings.key(cursor, DwAt.NAME);
        int bits = (int) (cursor.number(DwAt.BYTE_SIZE) * 8) & 0xffff;
        int bytes = bits + 7 >> 3;
        int encoding = (int) cursor.number(DwAt.ENCODING);
        boolean isFloat =
                encoding == DW_ATE_FLOAT || encoding == DW_ATE_COMPLEX_FLOAT || encoding == DW_ATE_IMAGINARY_FLOAT;
        if (isFloat && hasFloats) {
            if (encoding != DW_ATE_FLOAT) {
                throw scope.fault(entry, "complex and imaginary numbers have no form in BTF");
            }
            floating(entry, key, bytes);
        } else {
            integer(entry, key, bytes, encoding);
        }
        if (intId == 0 && scope.strings.equals(key, "int")) {
            intId = scope.types.count();
        }
    }

    private void floating(int entry, int key, int bytes) {
        if (bytes != 2 && bytes != 4 && bytes != 8 && bytes != 12 && bytes != 16) {
            throw scope.fault(entry, "float of " + bytes + " bytes, expected 2, 4, 8, 12 or 16");
        }
        requireName(entry, key);
        scope.becomes(entry, scope.types.add(scope.strings.use(key), BtfWords.info(BtfWords.FLOAT, 0, false), bytes));
    }

    private void integer(int entry, int key, int bytes, int encoding) {
        int data = switch (encoding) {
            case DW_ATE_SIGNED, DW_ATE_SIGNED_CHAR -> BtfWords.INT_SIGNED;
            case DW_ATE_BOOLEAN -> BtfWords.INT_BOOL;
            default -> 0;
        };
        int size = bytes;
        int itsKey = key;
        if (Integer.bitCount(bytes) != 1 || bytes > MAX_INT_BYTES) {
            size = FAKE_INT_BYTES;
            itsKey = scope.strings.key(FAKE_INT);
        }
        requireName(entry, itsKey);
        int id = scope.types.add(scope.strings.use(itsKey), BtfWords.info(BtfWords.INT, 0, false), size);
        scope.types.word(data | size * 8);
        scope.becomes(entry, id);
    }

    void requireName(int entry, int key) {
        if (scope.strings.isEmpty(key)) {
            throw scope.fault(entry, "has no name, which BTF requires");
        }
    }

    /** Appends a type that only refers to another one. */
    void reference(int kind) {
        scope.becomes(cursor.entry(), scope.types.reference(kind, 0, scope.typeOf(cursor)));
    }

    /** Appends the typedef that the cursor is on; its annotations are pending then. */
    void typedef() {
        int entry = cursor.entry();
        int key = scope.strings.key(cursor, DwAt.NAME);
        requireName(entry, key);
        int type = scope.typeOf(cursor);
        if (cursor.hasChildren()) {
            annotations.addChildren(entry, Annotations.SELF);
        }
        scope.becomes(entry, scope.types.reference(BtfWords.TYPEDEF, scope.strings.use(key), type));
    }

    /** Appends the array that the cursor is on; the id of its index type is put in when the unit is placed. */
    void array() {
        int entry = cursor.entry();
        hasArrays = true;
        int element = scope.typeOf(cursor);
        int count = 1;
        if (cursor.hasChildren()) {
            for (cursor.seek(cursor.end()); !cursor.isNull(); cursor.seek(cursor.afterTree())) {
                if (cursor.tag() == DwTag.SUBRANGE_TYPE) {
                    count *= EntrySizes.dimension(cursor);
                }
            }
        }
        int id = scope.types.add(0, BtfWords.info(BtfWords.ARRAY, 0, false), 0);
        scope.types.word(element);
        scope.types.word(0);
        scope.types.word(count);
        scope.becomes(entry, id);
    }

    /** Appends the enumeration that the cursor is on. */
    void enumeration() {
        int entry = cursor.entry();
        long size = EntrySizes.enumSize(cursor.number(DwAt.BYTE_SIZE));
        if (Long.bitCount(size) != 1 || size > 8) {
            throw scope.fault(entry, "enumeration of " + size + " bytes, expected 1, 2, 4 or 8");
        }
        int name = scope.strings.use(scope.strings.key(cursor, DwAt.NAME));
        boolean is64 = size > 4 && hasEnum64;
        boolean isSigned = is64 && isSigned(scope.typeOf(cursor));
        int kind = is64 ? BtfWords.ENUM64 : BtfWords.ENUM;
        boolean hasChildren = cursor.hasChildren();
        int first = cursor.end();
        int vlen = hasChildren ? count(first) : 0;
        if (vlen > BtfWords.MAX_VLEN) {
            throw scope.fault(entry, vlen + " enumerators, expected at most " + BtfWords.MAX_VLEN);
        }
        scope.becomes(entry, scope.types.add(name, BtfWords.info(kind, vlen, isSigned), (int) size));
        if (hasChildren) {
            enumerators(first, is64);
        }
    }

    private boolean isSigned(int type) {
        if (type <= 0) {
            return false;
        }
        scope.aside.seek(type);
        long encoding = scope.aside.isNull() ? 0 : scope.aside.number(DwAt.ENCODING);
        return encoding == DW_ATE_SIGNED || encoding == DW_ATE_SIGNED_CHAR;
    }

    private int count(int first) {
        int count = 0;
        for (cursor.seek(first); !cursor.isNull(); cursor.seek(cursor.afterTree())) {
            count += cursor.tag() == DwTag.ENUMERATOR ? 1 : 0;
        }
        return count;
    }

    private void enumerators(int first, boolean is64) {
        for (cursor.seek(first); !cursor.isNull(); cursor.seek(cursor.afterTree())) {
            if (cursor.tag() != DwTag.ENUMERATOR) {
                continue;
            }
            int key = scope.strings.key(cursor, DwAt.NAME);
            requireName(cursor.entry(), key);
            long value = cursor.number(DwAt.CONST_VALUE);
            scope.types.word(scope.strings.use(key));
            scope.types.word((int) value);
            if (is64) {
                scope.types.word((int) (value >>> 32));
            } else if (hasEnum64) {
                if (value < Integer.MIN_VALUE || value > 0xffffffffL) {
                    throw scope.fault(cursor.entry(), "value " + value + " of an enumeration of 4 bytes or less");
                }
                if (value < 0) {
                    scope.types.setKflag();
                }
            }
        }
    }
}
