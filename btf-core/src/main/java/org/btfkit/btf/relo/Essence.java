package org.btfkit.btf.relo;

/**
 * The essence of a name: the part before its flavour, which is what follows the last {@code ___} that stands between
 * two characters that are no underscores.
 *
 * <pre>
 * task_struct___old   task_struct
 * a___b___c           a___b
 * a____b              a____b               four underscores are none
 * a___                a___                 nothing follows
 * </pre>
 */
final class Essence {
    private static final int SEPARATOR = 3;

    private Essence() {}

    /**
     * Finds where the essence of a name ends.
     *
     * @param strings NUL-terminated strings
     * @param from where the name begins
     * @return index after the last byte of its essence
     */
    static int end(byte[] strings, int from) {
        int underscores = 0;
        int end = -1;
        int at = from;
        for (byte b = strings[at]; b != 0; b = strings[++at]) {
            if (b == '_') {
                underscores++;
            } else {
                if (underscores == SEPARATOR && at - SEPARATOR > from) {
                    end = at - SEPARATOR;
                }
                underscores = 0;
            }
        }
        return end < 0 ? at : end;
    }

    /** Computes a number that is the same for equal bytes. */
    static int hash(byte[] strings, int from, int end) {
        int hash = 0;
        for (int at = from; at < end; at++) {
            hash = hash * 31 + strings[at];
        }
        return hash;
    }
}
