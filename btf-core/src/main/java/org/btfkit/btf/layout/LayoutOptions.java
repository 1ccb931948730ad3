package org.btfkit.btf.layout;

/**
 * How {@link LayoutPrinter} shows a struct.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param expand whether structs and unions in it are shown with their members, and typedefs with what is behind them,
 *     as {@code pahole -E} does
 * @param cacheLineBytes size of a cache line, a power of two
 * @param pointerSize size of a pointer in bytes, 4 or 8, or 0 to guess it from the types
 */
public record LayoutOptions(boolean expand, int cacheLineBytes, int pointerSize) {
    /** What pahole does without options, on a machine with cache lines of 64 bytes. */
    public static final LayoutOptions DEFAULT = new LayoutOptions(false, 64, 0);

    /**
     * Shows nested structs and unions, or does not.
     *
     * @param newExpand whether to
     * @return options that say so
     */
    public LayoutOptions withExpand(boolean newExpand) {
        return new LayoutOptions(newExpand, cacheLineBytes, pointerSize);
    }
}
