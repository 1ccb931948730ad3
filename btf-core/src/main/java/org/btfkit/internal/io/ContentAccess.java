package org.btfkit.internal.io;

import java.io.IOException;

/**
 * Lets the packages above read parts of files, without any of this package in public signatures. It knows files and
 * their sections only as type parameters, so that nothing here depends on what is above.
 *
 * @param <F> class of a file
 * @param <S> class of a section of it
 */
public abstract class ContentAccess<F, S> {
    private static volatile ContentAccess<?, ?> installed;

    /** Is called by who implements the access. */
    protected ContentAccess() {}

    /**
     * Sets the access; is called when the class of a file is initialized.
     *
     * @param access the access
     */
    public static void install(ContentAccess<?, ?> access) {
        installed = access;
    }

    /**
     * Returns the access, and initializes the class of a file if that is still to be done.
     *
     * @param <F> class of a file
     * @param <S> class of a section of it
     * @param type class of a file
     * @return the access
     */
    @SuppressWarnings("unchecked")
    public static <F, S> ContentAccess<F, S> to(Class<F> type) {
        if (installed == null) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        return (ContentAccess<F, S>) installed;
    }

    /**
     * Takes over a file that was opened already.
     *
     * @param file the file; closed with the result
     * @return the open file
     * @throws IOException if it cannot be read
     */
    public abstract F open(InputFile file) throws IOException;

    /**
     * Returns a window on the bytes of a section, to read only part of them.
     *
     * @param file an open file
     * @param section a section of it that has bytes
     * @return its bytes
     */
    public abstract RandomInput content(F file, S section);
}
