package org.btfkit.btf.flat;

import java.io.IOException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.internal.io.RandomInput;

/**
 * The way from a BTF to its arrays, and from a file's bytes to a BTF, for this project's packages above that of the
 * BTF. Its class stands a floor above this one, so that it is known here as {@code B} only.
 *
 * <p>What is reached here is not part of the library's interface: the arrays are those of the BTF themselves, and not
 * to be written to.
 *
 * @param <B> class of a BTF
 */
public abstract class FlatAccess<B> {
    private static volatile FlatAccess<?> installed;

    /** Is called by who implements the access. */
    protected FlatAccess() {}

    /**
     * Sets the access; is called when the class of a BTF is initialized.
     *
     * @param access the access
     */
    public static void install(FlatAccess<?> access) {
        installed = access;
    }

    /**
     * Returns the arrays of a BTF.
     *
     * @param <B> its class
     * @param btf the BTF
     * @return its types and strings; the same for each call
     */
    @SuppressWarnings("unchecked")
    public static <B> FlatTypes of(B btf) {
        return ((FlatAccess<B>) installed).types(btf);
    }

    /**
     * Returns the access. A file may be looked into before there is any BTF, so that its class may have to be
     * initialized first.
     *
     * @param <B> class of a BTF
     * @param type that class
     * @return the access
     */
    @SuppressWarnings("unchecked")
    public static <B> FlatAccess<B> to(Class<B> type) {
        if (installed == null) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        return (FlatAccess<B>) installed;
    }

    /**
     * Returns the arrays of a BTF.
     *
     * @param btf the BTF
     * @return its types and strings
     */
    protected abstract FlatTypes types(B btf);

    /**
     * Parses BTF, reading only what is needed.
     *
     * @param data the BTF data
     * @param base the base it is split on, or null
     * @param source where the data came from, for messages
     * @return the BTF
     * @throws IOException if reading fails
     */
    public abstract B parse(RandomInput data, B base, String source) throws IOException;

    /**
     * Reads the header of BTF, and checks where it says that the sections are.
     *
     * @param data the BTF data
     * @param source where the data came from, for messages
     * @return its header
     * @throws IOException if reading fails
     */
    public abstract BtfHeader readHeader(RandomInput data, String source) throws IOException;

    /**
     * Parses split BTF whose base is not at hand: cuts it into types and strings, and does not look at ids and offsets.
     *
     * @param data the BTF data
     * @param source where the data came from, for messages
     * @return its types and strings, numbered as if it had no base
     * @throws IOException if reading fails
     */
    public abstract FlatTypes parseDetached(RandomInput data, String source) throws IOException;
}
