package org.btfkit.encode;

import java.nio.charset.StandardCharsets;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.format.Limits;
import org.btfkit.dedup.BaseIndex;

/**
 * The string section of the BTF that is encoded: each string once, in the order in which they are added; those that the
 * base has are taken from there.
 *
 * <p>Strings of {@code .debug_str} are looked up by their offset first, so that each is hashed once per object. Where
 * {@code ld -r} made the section there are copies of equal strings in it; the hash finds those.
 */
final class EncodedStrings {
    private final BaseIndex base;
    private final int firstOwn;
    private final byte[] debugStr;

    /** By offset in {@code .debug_str}: the string's offset here plus 1, 0 if it has not been added. */
    private final int[] known;

    private final StringTable own;

    /**
     * Makes an empty section.
     *
     * @param base the base, or null
     * @param debugStr the object's {@code .debug_str}
     */
    EncodedStrings(BaseIndex base, byte[] debugStr) {
        this.base = base;
        this.firstOwn = base == null ? 0 : base.base().stringEnd();
        this.debugStr = debugStr;
        this.known = new int[debugStr.length];
        long limit = Limits.MAX_ARRAY - (long) firstOwn;
        // Without a base the empty string comes first.
        this.own = base == null ? new StringTable(new byte[1 << 16], 1, limit) : new StringTable(limit);
    }

    /**
     * Returns the offset of a unit's string, which is added if it is new.
     *
     * @param key a key of the unit
     * @param pool the unit's pool
     */
    int add(int key, byte[] pool) {
        if (key == 0) {
            return 0;
        }
        if (key < 0) {
            return add(pool, UnitStrings.from(key));
        }
        int offset = known[key - 1];
        if (offset == 0) {
            offset = add(debugStr, key - 1) + 1;
            known[key - 1] = offset;
        }
        return offset - 1;
    }

    /** Returns the offset of a string, which is added if it is new. */
    int add(byte[] source, int from) {
        int end = StringTable.end(source, from);
        if (end == from) {
            return 0;
        }
        if (base != null) {
            int inBase = base.findString(source, from, end);
            if (inBase >= 0) {
                return inBase;
            }
        }
        int hash = StringTable.hash(source, from, end);
        int offset = own.find(source, from, end, hash);
        if (offset < 0) {
            offset = own.add(source, from, end, hash);
            if (offset < 0) {
                throw new BtfException("strings of more than 2 GiB");
            }
        }
        return firstOwn + offset;
    }

    /** Returns the offset of a string, which is added if it is new. */
    int add(String string) {
        return add((string + '\0').getBytes(StandardCharsets.UTF_8), 0);
    }

    /** Returns a copy of the own strings. */
    byte[] toBytes() {
        return own.toBytes();
    }
}
