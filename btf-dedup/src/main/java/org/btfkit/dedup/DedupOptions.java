package org.btfkit.dedup;

/**
 * How a {@link Deduplicator} works. But for {@link #keepsStrings}, the result does not depend on it.
 *
 * <p>Immutable; safe for use by several threads if its listener is.
 *
 * @param threads number of threads, the caller's included, at least 1
 * @param keepsStrings whether the string section stays as it is. That is what libbpf does with BTF that was built by
 *     adding one string after another and looking each up first, so that all are different: they keep their order, and
 *     those not in use stay. What is deduplicated then must have each string once, and none that its base has, or types
 *     that are equal but for the offset of their name are taken to be different.
 * @param listener is told how far it is
 */
public record DedupOptions(int threads, boolean keepsStrings, DedupListener listener) {
    /** All processors, unique strings, and nobody who is told. */
    public static final DedupOptions DEFAULT =
            new DedupOptions(Runtime.getRuntime().availableProcessors(), false, (pass, done, total) -> {});

    /**
     * Makes options.
     *
     * @param threads number of threads, the caller's included, at least 1
     * @param keepsStrings whether the string section stays as it is
     * @param listener is told how far it is
     * @throws IllegalArgumentException if the number of threads is less than 1
     */
    public DedupOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads " + threads + ", expected at least 1");
        }
    }

    /**
     * Returns these options with another number of threads.
     *
     * @param count number of threads, the caller's included
     * @return the options
     * @throws IllegalArgumentException if the number is less than 1
     */
    public DedupOptions withThreads(int count) {
        return new DedupOptions(count, keepsStrings, listener);
    }

    /**
     * Returns these options with the string section kept, or not.
     *
     * @param keep whether to, as {@link #keepsStrings} says
     * @return the options
     */
    public DedupOptions withStringsKept(boolean keep) {
        return new DedupOptions(threads, keep, listener);
    }

    /**
     * Returns these options with another listener.
     *
     * @param newListener is told how far it is
     * @return the options
     */
    public DedupOptions withListener(DedupListener newListener) {
        return new DedupOptions(threads, keepsStrings, newListener);
    }
}
