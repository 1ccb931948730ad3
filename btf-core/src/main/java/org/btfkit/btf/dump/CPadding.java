package org.btfkit.btf.dump;

/**
 * Fills gaps between the members of a struct with unnamed bitfields.
 *
 * <p>A compiler leaves gaps of its own where the next member's alignment asks for it; only gaps beyond that need
 * members. A gap is first closed up to a boundary of the widest of long, int, short and char that lies within it, by
 * {@code type: 0;} where the compiler would not go there by itself, and then filled with members of that type; what
 * remains at the end takes the narrowest type that holds it. With {@code int} at bit 0 and the next {@code char} at bit
 * 200:
 *
 * <pre>
 * int a;        bits 0 to 31
 * long: 0;      to bit 64; needed only if what is left is no longer than what was skipped
 * long: 64;     bits 64 to 127
 * long: 64;     bits 128 to 191
 * char: 8;      bits 192 to 199
 * char b;
 * </pre>
 */
final class CPadding {
    /** Takes the bitfields that fill a gap. */
    interface Padding {
        /** Takes one: the bits of its type, and its own, 0 for one that only closes up. */
        void put(int width, long bits);
    }

    private final int[] widths;
    private final Padding padding;

    CPadding(int pointerSize, Padding padding) {
        this.widths = new int[] {pointerSize * 8, 32, 16, 8};
        this.padding = padding;
    }

    /**
     * Fills a gap.
     *
     * @param from first bit of the gap
     * @param to first bit after it
     * @param align alignment in bytes of what follows, 0 if it has none
     * @param inBitfield whether bitfields are before and after the gap; then its bits are always spelled out
     */
    void fill(long from, long to, int align, boolean inBitfield) {
        int type = 0;
        while (type < widths.length - 1 && roundUp(from, widths[type]) > to) {
            type++;
        }
        int width = widths[type];
        long at = from;
        long boundary = roundUp(from, width);
        if (boundary > from && boundary <= to) {
            boolean isReached = roundUp(from, Math.max(1, align) * 8L) == boundary;
            boolean isMarked = boundary == to ? !isReached : to - boundary <= boundary - from;
            if (inBitfield || isMarked) {
                padding.put(width, inBitfield ? boundary - from : 0);
            }
            at = boundary;
        }
        for (; to - at >= width; at += width) {
            padding.put(width, width);
        }
        if (at < to) {
            int narrowest = widths.length - 1;
            while (widths[narrowest] < to - at) {
                narrowest--;
            }
            padding.put(widths[narrowest], to - at);
        }
    }

    private static long roundUp(long bits, long width) {
        return (bits + width - 1) / width * width;
    }
}
