package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;

/**
 * The sizes of types as DWARF has them, each question with the answer that pahole gives to it.
 *
 * <p>Types can refer to each other in a circle if the input is damaged, so chains are followed for so many steps only.
 */
final class EntrySizes {
    /** What has no size, for it is a circle, or of a type outside of the unit. */
    static final long NO_SIZE = -1;

    private static final int MAX_STEPS = 512;
    private static final int DEFAULT_ENUM_BYTES = 4;

    private final DieCursor aside;

    /** By entry that a parameter's type begins with. */
    private final IntMap parameterSizes = new IntMap();

    EntrySizes(UnitScope scope) {
        this.aside = scope.aside;
    }

    void clear() {
        parameterSizes.clear();
    }

    /**
     * Returns the size of the first type with a size that a type leads to ({@code __get_type_byte_size}): a pointer has
     * that of an address, an array that of its element.
     *
     * @param type index of an entry, or 0
     * @return the size in bytes, 0 if there is none
     */
    int parameterSize(int type) {
        if (type <= 0) {
            return 0;
        }
        int known = parameterSizes.get(type);
        if (known != IntMap.ABSENT) {
            return known;
        }
        int entry = type;
        int size = 0;
        for (int step = 0; step < MAX_STEPS && entry > 0 && size == 0; step++) {
            aside.seek(entry);
            if (aside.isNull()) {
                break;
            }
            if (aside.tag() == DwTag.POINTER_TYPE) {
                size = aside.unit().addressSize();
                break;
            }
            size = (int) aside.number(DwAt.BYTE_SIZE);
            entry = aside.reference(DwAt.TYPE);
        }
        parameterSizes.put(type, size);
        return size;
    }

    /** Returns the first type with a size that a type leads to; 0 if there is none. */
    int firstSized(int type) {
        int entry = type;
        for (int step = 0; step < MAX_STEPS && entry > 0; step++) {
            aside.seek(entry);
            if (aside.isNull()) {
                return 0;
            }
            if (aside.number(DwAt.BYTE_SIZE) != 0) {
                return entry;
            }
            entry = aside.reference(DwAt.TYPE);
        }
        return 0;
    }

    /**
     * Returns the type behind typedefs and qualifiers.
     *
     * @param type index of an entry, or 0
     * @return index of an entry; 0 if there is none
     */
    int stripped(int type) {
        int entry = type;
        for (int step = 0; step < MAX_STEPS && entry > 0; step++) {
            aside.seek(entry);
            if (aside.isNull()) {
                return 0;
            }
            switch (aside.tag()) {
                case DwTag.TYPEDEF, DwTag.CONST_TYPE, DwTag.VOLATILE_TYPE, DwTag.RESTRICT_TYPE, DwTag.ATOMIC_TYPE -> {
                    entry = aside.reference(DwAt.TYPE);
                }
                default -> {
                    return entry;
                }
            }
        }
        return 0;
    }

    /**
     * Returns the size of a type ({@code tag__size}).
     *
     * @param type index of an entry, or 0
     * @return the size in bytes, {@link #NO_SIZE} if it has none
     */
    long size(int type) {
        long factor = 1;
        int entry = type;
        for (int step = 0; step < MAX_STEPS; step++) {
            if (entry <= 0) {
                return entry == 0 ? 0 : NO_SIZE;
            }
            aside.seek(entry);
            if (aside.isNull()) {
                return NO_SIZE;
            }
            switch (aside.tag()) {
                case DwTag.POINTER_TYPE, DwTag.REFERENCE_TYPE -> {
                    return factor * aside.unit().addressSize();
                }
                case DwTag.BASE_TYPE -> {
                    return factor * (aside.number(DwAt.BYTE_SIZE) & 0xffffffffL);
                }
                case DwTag.ENUMERATION_TYPE -> {
                    return factor * enumSize(aside.number(DwAt.BYTE_SIZE));
                }
                case DwTag.SUBROUTINE_TYPE -> {
                    long own = aside.number(DwAt.BYTE_SIZE);
                    return factor * (own != 0 ? own : aside.unit().addressSize());
                }
                case DwTag.STRUCTURE_TYPE, DwTag.CLASS_TYPE, DwTag.UNION_TYPE -> {
                    return factor * compositeSize();
                }
                default -> {
                    if (aside.tag() == DwTag.ARRAY_TYPE) {
                        factor *= elementCount(entry);
                        aside.seek(entry);
                    }
                    entry = aside.reference(DwAt.TYPE);
                }
            }
        }
        return NO_SIZE;
    }

    static long enumSize(long byteSize) {
        return byteSize == 0 ? DEFAULT_ENUM_BYTES : byteSize & 0xffffffffL;
    }

    /** The size of the entry that is looked at; one byte that only makes an empty class's objects differ is none. */
    private long compositeSize() {
        long size = aside.number(DwAt.BYTE_SIZE) & 0xffffffffL;
        if (size != 1 || !aside.hasChildren()) {
            return size == 1 ? 0 : size;
        }
        boolean isUnion = aside.tag() == DwTag.UNION_TYPE;
        for (aside.seek(aside.end()); !aside.isNull(); aside.seek(aside.afterTree())) {
            boolean isMember = aside.tag() == DwTag.MEMBER || aside.tag() == DwTag.INHERITANCE;
            boolean isPlaced = isUnion || aside.has(DwAt.DATA_MEMBER_LOCATION) || aside.has(DwAt.DATA_BIT_OFFSET);
            if (isMember && isPlaced) {
                return size;
            }
        }
        return 0;
    }

    /** Returns the product of an array's dimensions; 1 if it has none. */
    long elementCount(int array) {
        aside.seek(array);
        long count = 1;
        if (aside.hasChildren()) {
            for (aside.seek(aside.end()); !aside.isNull(); aside.seek(aside.afterTree())) {
                if (aside.tag() == DwTag.SUBRANGE_TYPE) {
                    count *= dimension(aside) & 0xffffffffL;
                }
            }
        }
        return count;
    }

    /** Returns how many elements a dimension has: 0 if it does not say so in a number. */
    static int dimension(DieCursor subrange) {
        int slot = subrange.slot(DwAt.UPPER_BOUND);
        if (slot >= 0) {
            return (int) (subrange.number(slot, -1) + 1);
        }
        return (int) subrange.number(DwAt.COUNT);
    }

    /** Tells whether a type is a struct, also behind typedefs and const. */
    boolean isStruct(int type) {
        int entry = type;
        for (int step = 0; step < MAX_STEPS && entry > 0; step++) {
            aside.seek(entry);
            if (aside.isNull()) {
                return false;
            }
            switch (aside.tag()) {
                case DwTag.STRUCTURE_TYPE -> {
                    return true;
                }
                case DwTag.CONST_TYPE, DwTag.TYPEDEF -> entry = aside.reference(DwAt.TYPE);
                default -> {
                    return false;
                }
            }
        }
        return false;
    }
}
