package org.btfkit.btf.relo;

/**
 * Where a path leads, in the object or on the target: each number of the raw path, and the <em>accessors</em>, which
 * are the start, and the steps over named members and elements. Anonymous members leave no accessor.
 */
final class CoreSpec {
    /** Members and elements, as in the access string; the first is an index at the start. */
    final int[] raw = new int[CoreAccess.MAX_LENGTH];

    /** For each accessor the struct or union of its member, or the type of its element. */
    final int[] types = new int[CoreAccess.MAX_LENGTH + 1];

    /** For each accessor the index of its member, element or enumerator. */
    final int[] indexes = new int[CoreAccess.MAX_LENGTH + 1];

    /** For each accessor the name offset of its member, 0 for an element. */
    final int[] names = new int[CoreAccess.MAX_LENGTH + 1];

    int rootId;
    int rawLength;
    int length;

    /** Offset from the start, in bits. */
    long bits;

    void begin(int typeId) {
        rootId = typeId;
        rawLength = 0;
        length = 0;
        bits = 0;
    }

    void add(int type, int index, int nameOff) {
        types[length] = type;
        indexes[length] = index;
        names[length++] = nameOff;
    }

    /** Whether the last step took an element, or none was taken at all. */
    boolean endsInElement() {
        return names[length - 1] == 0;
    }
}
