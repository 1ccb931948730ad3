package org.btfkit.internal.flat;

import org.btfkit.btf.Btf;

/**
 * The arrays a {@link Btf} consists of, for this project's own transformations of whole BTFs.
 *
 * <p>They are the arrays themselves, not copies: a BTF has hundreds of megabytes before deduplication. So nobody may
 * write to them. This package is not exported to users of the library.
 */
public final class FlatBtf {
    private static Access access;

    /** What {@link Btf} lets this class see. */
    public interface Access {
        /**
         * Returns the own types' words.
         *
         * @param btf the BTF
         * @return its type section in the byte order of the machine
         */
        int[] words(Btf btf);

        /**
         * Returns where the own types begin.
         *
         * @param btf the BTF
         * @return for each own type the index of its first word, then the number of words
         */
        int[] typeOffsets(Btf btf);

        /**
         * Returns the own strings.
         *
         * @param btf the BTF
         * @return its string section
         */
        byte[] strings(Btf btf);
    }

    private FlatBtf() {}

    /**
     * Is called by the class that implements the access when it is initialized.
     *
     * @param implementation the access
     */
    public static synchronized void install(Access implementation) {
        access = implementation;
    }

    /**
     * Returns the access. Its implementation is loaded at the first call, not whenever BTF is read.
     *
     * @return the access
     */
    public static synchronized Access access() {
        if (access == null) {
            try {
                Class.forName("org.btfkit.btf.FlatAccess", true, Btf.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        return access;
    }
}
