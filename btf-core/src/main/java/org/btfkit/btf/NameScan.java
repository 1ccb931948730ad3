package org.btfkit.btf;

import java.util.Arrays;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Finds a few names among the own types of a BTF in one pass, without an index of all of them.
 *
 * <p>For each type of a wanted kind the first bytes of its name are looked at; hardly any passes that is not wanted. In
 * a JVM that has just started this takes a third of the time of {@link NameIndex}, which is for who looks again.
 */
final class NameScan {
    /** How many bytes of a name are looked at before the name itself. */
    private static final int PREFIX = 4;

    private final BtfKind[] kinds;
    private final byte[][] names;
    private final int[][] found;
    private final int[] counts;

    /** For each of the first bytes which values of it a wanted name has. */
    private final boolean[] wanted = new boolean[PREFIX * 256];

    private int wantedKinds;

    /**
     * Prepares a scan.
     *
     * @param kinds what each is to be
     * @param names the names to look for; an empty one for types without a name
     */
    NameScan(BtfKind[] kinds, byte[][] names) {
        this.kinds = kinds;
        this.names = names;
        this.found = new int[names.length][];
        this.counts = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            wantedKinds |= 1 << kinds[i].number();
            for (int at = 0; at < PREFIX; at++) {
                if (at <= names[i].length) {
                    wanted[at * 256 + (at < names[i].length ? names[i][at] & 0xff : 0)] = true;
                } else {
                    Arrays.fill(wanted, at * 256, at * 256 + 256, true); // behind the end of a short name
                }
            }
        }
    }

    /**
     * Looks at all own types.
     *
     * @return for each name the ids of its kind, ascending
     */
    int[][] in(FlatTypes types) {
        int[] words = types.words();
        int[] offsets = types.offsets();
        byte[] own = types.strings().own();
        int firstStringOff = types.strings().firstOwn();
        int last = own.length - PREFIX;
        int count = offsets.length - 1;
        for (int i = 0; i < count; i++) {
            int offset = offsets[i];
            if ((wantedKinds >>> Words.kind(words[offset + 1]) & 1) == 0) {
                continue;
            }
            int at = words[offset] - firstStringOff;
            // One expression, so that a JVM that has just started compiles the whole loop at once.
            if (at < 0
                    || at > last
                    || wanted[own[at] & 0xff]
                            && wanted[256 + (own[at + 1] & 0xff)]
                            && wanted[512 + (own[at + 2] & 0xff)]
                            && wanted[768 + (own[at + 3] & 0xff)]) {
                compare(types, i);
            }
        }
        for (int i = 0; i < names.length; i++) {
            found[i] = found[i] == null ? new int[0] : Arrays.copyOf(found[i], counts[i]);
        }
        return found;
    }

    private void compare(FlatTypes types, int index) {
        int offset = types.offsets()[index];
        int nameOff = types.words()[offset];
        int kind = Words.kind(types.words()[offset + 1]);
        byte[] strings = types.strings().section(nameOff);
        int from = types.strings().index(nameOff);
        for (int i = 0; i < names.length; i++) {
            byte[] name = names[i];
            int end = from + name.length;
            if (kind == kinds[i].number()
                    && end < strings.length
                    && strings[end] == 0
                    && Arrays.equals(strings, from, end, name, 0, name.length)) {
                if (found[i] == null || counts[i] == found[i].length) {
                    found[i] = Arrays.copyOf(found[i] == null ? new int[0] : found[i], counts[i] * 2 + 1);
                }
                found[i][counts[i]++] = types.firstTypeId() + index;
            }
        }
    }
}
