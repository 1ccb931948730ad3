package org.btfkit.btf;

import java.nio.charset.StandardCharsets;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

/** Finds the own types of a BTF by name: the first time by a scan, where that will do, then by an index. */
final class OwnNames {
    private final FlatTypes types;
    private volatile NameIndex index;

    /** Whether names were looked for without an index; the next look is worth one. */
    private volatile boolean isScanned;

    OwnNames(FlatTypes types) {
        this.types = types;
    }

    /** The index of all names; made now, if it is not there. */
    NameIndex index() {
        NameIndex made = index;
        if (made == null) {
            synchronized (this) {
                made = index;
                if (made == null) {
                    made = new NameIndex(types);
                    index = made;
                }
            }
        }
        return made;
    }

    /** Encodes names as they stand in a string section; there is to be a kind for each. */
    static byte[][] utf8(BtfKind[] kinds, String... names) {
        if (kinds.length != names.length) {
            throw new IllegalArgumentException(kinds.length + " kinds for " + names.length + " names");
        }
        byte[][] bytes = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = names[i].getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    /**
     * Finds several names.
     *
     * @param kinds what each is to be
     * @param names the names; an empty one for types without a name
     * @return for each the ids, ascending
     */
    int[][] all(BtfKind[] kinds, byte[][] names) {
        if (index == null && !isScanned) {
            isScanned = true;
            return new NameScan(kinds, names).in(types);
        }
        int[][] found = new int[names.length][];
        for (int i = 0; i < names.length; i++) {
            // The index has no types without a name, as most of them are pointers that nobody looks for.
            found[i] = names[i].length == 0
                    ? new NameScan(new BtfKind[] {kinds[i]}, new byte[][] {names[i]}).in(types)[0]
                    : index().all(kinds[i], names[i]);
        }
        return found;
    }
}
