package org.btfkit.dedup;

/** Finds the only struct or union of a name; both share one name space here, as in libbpf. */
final class UniqueNames {
    /** The value of a name that several types have. */
    private static final int AMBIGUOUS = -1;

    /** Name offsets, and the type of each or 0 where the slot is free. */
    private int[] names;

    private int[] typeIds;
    private int count;

    /** Makes an empty table. */
    UniqueNames() {
        names = new int[1 << 10];
        typeIds = new int[1 << 10];
    }

    /** Makes a copy, to be added to. */
    UniqueNames(UniqueNames other) {
        names = other.names.clone();
        typeIds = other.typeIds.clone();
        count = other.count;
    }

    /** Adds a type. */
    void add(int nameOff, int typeId) {
        int slot = slot(nameOff);
        if (typeIds[slot] != 0) {
            typeIds[slot] = AMBIGUOUS;
            return;
        }
        names[slot] = nameOff;
        typeIds[slot] = typeId;
        if (++count > names.length / 2) {
            grow();
        }
    }

    /** Returns the only type of a name, 0 if there is none or more than one. */
    int find(int nameOff) {
        return Math.max(typeIds[slot(nameOff)], 0);
    }

    private int slot(int nameOff) {
        int mask = names.length - 1;
        int slot = (nameOff * 0x9E3779B9 >>> 5) & mask;
        while (typeIds[slot] != 0 && names[slot] != nameOff) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldNames = names;
        int[] oldIds = typeIds;
        names = new int[oldNames.length * 4];
        typeIds = new int[oldNames.length * 4];
        for (int i = 0; i < oldNames.length; i++) {
            if (oldIds[i] != 0) {
                int slot = slot(oldNames[i]);
                names[slot] = oldNames[i];
                typeIds[slot] = oldIds[i];
            }
        }
    }
}
